"""The outer bounds of a document before anything reads it: plain JSON, not too deep, not too large. Pure."""

from collections.abc import Iterator
from typing import Final

from risk.rules.numbers import MOST_COUNT

MAX_NESTING: Final = 40
MAX_VALUES: Final = 60_000
MAX_TEXT: Final = 4_000
_FLOAT: Final = "decimals are written as text: no two machines need print a float alike"


def shape_problem(document: object) -> tuple[str, str] | None:
    """Return where and why a document is not one to read: cycles, floats, giants, things JSON has not."""
    stack: list[tuple[str, object, int]] = [("document", document, 0)]
    count = 0
    while stack:
        path, value, depth = stack.pop()
        count += 1
        if depth > MAX_NESTING:
            return path, f"nested deeper than {MAX_NESTING}, or going round in a circle"
        room = MAX_VALUES - count - len(stack)
        if room < 0 or (isinstance(value, dict | list | tuple) and len(value) > room):
            return path, f"more than {MAX_VALUES} values"
        problem = _problem_of(value)
        if problem:
            return path, problem
        stack.extend((inner, part, depth + 1) for inner, part in _parts(path, value))
    return None


def _problem_of(value: object) -> str:
    if isinstance(value, float):
        return _FLOAT
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return f"a text longer than {MAX_TEXT} characters"
    if isinstance(value, int) and abs(value) > MOST_COUNT:
        return f"a whole number beyond {MOST_COUNT}"
    if not isinstance(value, str | int | bool | dict | list | tuple | None):
        return f"a {type(value).__name__} is not JSON"
    if isinstance(value, dict) and not all(isinstance(key, str) and len(key) <= MAX_TEXT for key in value):
        return "names are texts"
    return ""


def _parts(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from ((key if path == "document" else f"{path}.{key}", part) for key, part in value.items())
    elif isinstance(value, list | tuple):
        yield from ((f"{path}.{at}", part) for at, part in enumerate(value))
