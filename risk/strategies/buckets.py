"""Buckets: which of ten thousand a borrower falls into, the same every time. Pure.

The key is a split's own and random: nobody outside can choose a bucket, and two splits are independent.
"""

import hashlib
import hmac
from decimal import Decimal
from typing import Final

BUCKETS: Final = 10_000


def bucket_of(key: bytes, borrower: str) -> int:
    """Return the borrower's bucket under a key, 0 to 9,999 (HMAC-SHA-256)."""
    digest = hmac.new(key, borrower.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS


def is_within(bucket: int, share: Decimal) -> bool:
    """Return whether a bucket belongs to the first `share` of all."""
    return bucket < int(share * BUCKETS)
