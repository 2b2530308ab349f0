"""SM3, the digest of the books (GB/T 32905): OpenSSL's where Python has it, else from `cryptography`."""

import hashlib
from typing import Any, Final

from cryptography.hazmat.primitives.hashes import SM3, Hash

# A started digest is copied: several times cheaper than having OpenSSL look the algorithm up for every entry.
_STARTED: Final[Any] = hashlib.new("sm3").copy if "sm3" in hashlib.algorithms_available else None


def sm3(content: bytes) -> bytes:
    """Return the 32 bytes of the digest."""
    if _STARTED is not None:
        digest = _STARTED()
        digest.update(content)
        found: bytes = digest.digest()
        return found
    fallback = Hash(SM3())
    fallback.update(content)
    return fallback.finalize()
