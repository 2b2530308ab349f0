"""The beginning of what a scene's server answered, for its developer: short, printable, masked.

An answer may quote what we sent or what its own systems hold. Long runs of digits (accounts, phones, identity
numbers), addresses of mail and long unbroken texts (tokens, keys) are starred before anything is kept.
"""

import re
from typing import Final

READ_BYTES: Final = 1024
_LENGTH: Final = 300
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]+")
_MASKED: Final = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "****@****"),
    (re.compile(r"[A-Za-z0-9+/=_.-]{24,}"), "****"),
    (re.compile(r"\d(?:[ -]?\d){5,}[Xx]?"), "****"),
)


def excerpt(body: bytes) -> str:
    """Return the first characters of an answer, at most 300, masked."""
    text = _CONTROL.sub(" ", body[:READ_BYTES].decode("utf-8", "replace"))
    for pattern, mask in _MASKED:
        text = pattern.sub(mask, text)
    return text.strip()[:_LENGTH]
