"""A strategy's document as a form without code, and back: every figure is one field named by its place.

`d:admit/rules/3/reason` is the reason of the fourth rule; `c:` fields are the parts of a plain condition and
`t:` fields those of a table's cell. The form carries the document it began with; a post applies what was
typed over it, then one act on one of its lists. Pure: what it makes is judged by the static check.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from risk.features.facts import CATALOGUE, FactType
from risk.rules.shape import MAX_NESTING

LARGEST: Final = 2_000_000
MOST_FIELDS: Final = 5_000
OPERATORS: Final = (">=", ">", "<=", "<", "is", "in", "known")
NAMES: Final = ("code", "cap", "table", "row", "signal", "grade")  # what a row of a list goes by
_LOW: Final = ("from", "over")
_HIGH: Final = ("below", "up_to")
_BLANK: Final[Mapping[str, Any]] = {
    "rules": {
        "code": "new_rule",
        "require": {"op": ">=", "fact": "receipts.history_days", "value": 1},
        "on_miss": "refer",
        "on_unknown": "refer",
        "reason": "history_short",
    },
    "caps": {
        "cap": "new_cap",
        "recipe": "fixed",
        "parameters": {"amount": "100000.00"},
        "reason": "limit_product",
    },
    "tables": {
        "table": "new_table",
        "hit": "first",
        "on_unknown": "refer",
        "columns": [{"fact": "enterprise.months_open"}],
        "rows": [
            {
                "row": "young",
                "cells": [{"below": 12}],
                "then": {"outcome": "refer", "reason": "enterprise_young"},
            }
        ],
        "otherwise": {"outcome": "pass"},
    },
    "watch": {"signal": "new_signal", "fact": "receipts.median_calendar_90d", "ratio": "0.50"},
    "steps": {"grade": "E", "pd_up_to": "0.200"},
}


class FormBroken(Refusal):
    """The form did not bring a document back that this editor can read."""

    code = "strategies.form_broken"
    kind = Kind.INVALID
    message = "The form cannot be read at {place}."


def read_form(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the document behind a posted form; refuses a document that is none, and a place that is none."""
    document = parsed(fields.get("document", ""), "document")
    if not isinstance(document, dict) or len(fields) > MOST_FIELDS:
        raise FormBroken(place="document")
    conditions: dict[str, dict[str, str]] = {}
    for name, text in fields.items():
        kind, _, place = name.partition(":")
        if kind == "d":
            _put(document, place, text.strip())
        elif kind == "j":
            _set(document, place, parsed(text, place))
        elif kind in ("c", "t"):
            whole, _, part = place.rpartition("/")
            conditions.setdefault(f"{kind}:{whole}", {})[part] = text.strip()
    for name, parts in conditions.items():
        kind, _, place = name.partition(":")
        _set(document, place, condition_of(parts) if kind == "c" else _cell(document, place, parts))
    if _is_deep(document):
        raise FormBroken(place="document")
    before = _grades(document)
    _act(document, fields.get("act", ""))
    _follow(document, before)
    _declare(document)
    return document


def _is_deep(document: Any) -> bool:
    """Tell whether a document is nested deeper than the check reads: what walks it calls itself."""
    level = [document]
    for _ in range(MAX_NESTING + 1):
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(level)


def parsed(text: str, place: str) -> Any:
    """Return JSON; refuses what is none. Fractions stay text: no two machines need print a float alike."""
    if len(text) > LARGEST:
        raise FormBroken(place=place[:80])
    try:
        return json.loads(text, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise FormBroken(place=place[:80]) from None


def at(document: Any, place: str) -> Any:
    """Return what stands at a place."""
    holder, key = _holder(document, place)
    return holder[key]


def _holder(document: Any, place: str) -> tuple[Any, Any]:
    *steps, last = place.split("/")
    holder = document
    try:
        for step in steps:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        key: Any = int(last) if isinstance(holder, list) else last
        holder[key]
    except (LookupError, TypeError, ValueError):
        raise FormBroken(place=place[:80]) from None
    return holder, key


def _set(document: Any, place: str, value: Any) -> None:
    holder, key = _holder(document, place)
    holder[key] = value


def _put(document: Any, place: str, text: str) -> None:
    """Write what was typed as the kind of value that stood there; what is not of it is left to the check."""
    before = at(document, place)
    value: Any = text
    if isinstance(before, bool):
        value = text == "true"
    elif isinstance(before, int):
        value = _whole(text)
    _set(document, place, value)


def _whole(text: str) -> int | str:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 20 else text


def is_plain(node: Any) -> bool:
    """Say whether a condition asks one fact one thing, so that three fields show all of it."""
    return isinstance(node, dict) and isinstance(node.get("fact"), str) and node.get("op") in OPERATORS


def condition_of(parts: Mapping[str, str]) -> dict[str, Any]:
    """Return the plain condition behind its three fields: the fact, the operator, the value as typed."""
    fact, op, text = parts.get("fact", ""), parts.get("op", ""), parts.get("value", "")
    if op == "known":
        return {"op": op, "fact": fact}
    if op == "in":
        return {"op": op, "fact": fact, "values": [_literal(fact, one) for one in _split(text)]}
    return {"op": op, "fact": fact, "value": _literal(fact, text)}


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.replace("，", ",").split(",") if one.strip()]


def _literal(fact: str, text: str) -> Any:
    kind = CATALOGUE[fact].type if fact in CATALOGUE else FactType.TEXT
    if kind is FactType.COUNT:
        return _whole(text)
    if kind is FactType.FLAG:
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _cell(document: Any, place: str, parts: Mapping[str, str]) -> dict[str, Any] | None:
    """Return a table's cell behind its fields: a range, or some values; nothing typed takes anything.

    A bound that was there before stays open or closed as it was.
    """
    found = at(document, place)
    before = found if isinstance(found, dict) else {}
    table, _, row_and_cell = place.partition("/rows/")
    column = at(document, f"{table}/columns/{row_and_cell.rpartition('/')[2]}")
    fact = str(column.get("fact", "")) if isinstance(column, dict) else ""
    if "in" in parts:
        values = [_literal(fact, one) for one in _split(parts["in"])]
        if values and isinstance(values[0], bool):
            return {"is": values[0]}
        return {"in": values} if values else None
    cell = {}
    for names, text in ((_LOW, parts.get("low", "")), (_HIGH, parts.get("high", ""))):
        if text:
            cell[next((name for name in names if name in before), names[0])] = _literal(fact, text)
    return cell or None


def _act(document: Any, act: str) -> None:
    """Do one act on a list: `add:admit/rules`, `copy:admit/rules/2`, `remove:…`, `up:…`."""
    if not act:
        return
    verb, _, place = act.partition(":")
    if verb == "add":
        _append(document, place)
        return
    acts: Mapping[str, Callable[[list[Any], int], None]] = {"copy": _copy, "remove": _remove, "up": _up}
    holder, key = _holder(document, place)
    if verb not in acts or not isinstance(holder, list):
        raise FormBroken(place=act[:80])
    acts[verb](holder, key)


def _append(document: Any, place: str) -> None:
    section, _, name = place.rpartition("/")
    blank = _BLANK.get(name)
    if section == "fraud":
        document.setdefault("fraud", {})
    holder = at(document, section) if section else document
    rows = holder.setdefault(name, []) if isinstance(holder, dict) else None
    if blank is None or not isinstance(rows, list):
        raise FormBroken(place=place[:80])
    rows.append(_renamed(copy.deepcopy(dict(blank)), rows))


def _copy(rows: list[Any], at_: int) -> None:
    rows.insert(at_ + 1, _renamed(copy.deepcopy(rows[at_]), rows))


def _remove(rows: list[Any], at_: int) -> None:
    del rows[at_]


def _up(rows: list[Any], at_: int) -> None:
    if at_ > 0:
        rows[at_ - 1], rows[at_] = rows[at_], rows[at_ - 1]


def _renamed(row: Any, rows: list[Any]) -> Any:
    """Give a new row a code that no other row of its list has."""
    named = row if isinstance(row, dict) else {}
    key = next((name for name in NAMES if name in named), None)
    if key is not None:
        taken = [one.get(key) for one in rows if isinstance(one, dict)]
        wanted, number = row[key], 2
        while row[key] in taken:
            row[key], number = f"{wanted}_{number}", number + 1
    return row


def _grades(document: Any) -> list[str]:
    part = document.get("grade")
    steps = part.get("steps") if isinstance(part, dict) else None
    named = [step.get("grade") for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    return [grade for grade in named if isinstance(grade, str)]


def _follow(document: dict[str, Any], before: list[str]) -> None:
    """Let what has a figure for every grade keep to the grades after an act: the form cannot name its keys.

    A grade that came begins with the figures of the one above it; of one that went, nothing is left.
    """
    after = _grades(document)
    if not before or not after or after == before:
        return
    for figures in _by_key(document, set(before)):
        kept, last = {}, figures[before[0]]
        for grade in after:
            kept[grade] = last = copy.deepcopy(figures.get(grade, last))
        figures.clear()
        figures.update(kept)
    review = document["grade"].get("review")
    if isinstance(review, list):
        document["grade"]["review"] = [grade for grade in review if grade in after]


def _by_key(part: Any, keys: set[str]) -> Iterator[dict[str, Any]]:
    """Yield every mapping whose keys are these, anywhere."""
    if isinstance(part, dict) and part.keys() == keys:
        yield part
    elif isinstance(part, dict | list):
        for value in part.values() if isinstance(part, dict) else part:
            yield from _by_key(value, keys)


def _declare(document: dict[str, Any]) -> None:
    """Declare the catalogue's facts that the conditions and columns read: the editor has no list to keep."""
    facts = document.get("facts")
    if isinstance(facts, dict):
        for name in sorted(facts_read({key: value for key, value in document.items() if key != "facts"})):
            facts.setdefault(name, CATALOGUE[name].type.value)


def facts_read(part: Any) -> set[str]:
    """Return the catalogue's facts that stand under a key `fact`, or one that ends in `_fact`, anywhere."""
    if isinstance(part, dict):
        named = {
            value
            for key, value in part.items()
            if (key == "fact" or key.endswith("_fact")) and isinstance(value, str) and value in CATALOGUE
        }
        return named.union(*(facts_read(value) for value in part.values()))
    return set().union(*(facts_read(value) for value in part)) if isinstance(part, list) else set()
