"""SM3, the digest of the books (GB/T 32905): OpenSSL's where Python has it, else from `cryptography`."""

import hashlib
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SM3, Hash

# A started digest is copied: several times cheaper than having OpenSSL look the algorithm up for every entry.
_OPENSSL: Final[Any] = hashlib.new("sm3") if "sm3" in hashlib.algorithms_available else None


def sm3(content: bytes) -> bytes:
    """Return the 32 bytes of the digest."""
    if _OPENSSL is not None:
        digest = _OPENSSL.copy()
        digest.update(content)
        return bytes(digest.digest())
    fallback = Hash(SM3())
    fallback.update(content)
    return fallback.finalize()
