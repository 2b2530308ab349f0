"""The two hashes of a document: SHA-256 for everybody, SM3 (GM/T 0004) for whoever must use it. Pure."""

import hashlib

from cryptography.hazmat.primitives import hashes


def digests(document: str) -> tuple[str, str]:
    """Return the SHA-256 and the SM3 of a text in UTF-8, in hexadecimal."""
    written = document.encode("utf-8")
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(written)
    return hashlib.sha256(written).hexdigest(), sm3.finalize().hex()
