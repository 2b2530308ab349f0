"""The one way a document, a fact sheet or a verdict becomes bytes, so that a hash means something."""

import hashlib
from collections.abc import Iterable
from typing import Final, cast

import orjson

_PLAIN: Final = frozenset({str, int, bool, type(None)})


def canonical(document: object) -> bytes:
    """Return JSON with sorted keys and no spaces; decimals must already be text; a float raises TypeError."""
    if has_float(document):
        raise TypeError("there is a float in a document that is hashed; write decimals as text")
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def canonical_own(document: object) -> bytes:
    """Return the same bytes of what the engine itself made, out of a document and facts held to be exact.

    Both are refused with a float, and stages reckon in decimals (`test_properties`): nobody looks again.
    """
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def sha256_of(document: object) -> str:
    """Return the SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()


def has_float(document: object) -> bool:
    """Return whether there is a float anywhere inside."""
    rest: list[Iterable[object]] = [(document,)]
    for parts in rest:  # grows as it is walked
        for part in parts:
            kind = type(part)
            if kind in _PLAIN:
                continue
            if kind is dict or isinstance(part, dict):
                rest.append(cast("dict[str, object]", part).values())
            elif isinstance(part, (list, tuple)):
                rest.append(part)
            elif isinstance(part, float):
                return True
    return False
