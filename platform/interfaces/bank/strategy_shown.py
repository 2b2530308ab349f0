"""A strategy's document as rows for people: sections in order, conditions in words, fields of the editor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.utils.translation import get_language, gettext

from interfaces.bank.strategy_form import NAMES, is_plain
from interfaces.bank.templatetags.house import said
from interfaces.bank.trace import fact_name, reason_text
from risk.features.facts import CATALOGUE, FactType
from risk.rules.reasons import REASONS
from risk.rules.stages import ORDER
from risk.rules.tables import HIT_POLICIES

Choices = tuple[tuple[str, str], ...]
_SIGNS: Final = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "is": "="}
_BOUNDS: Final = {"from": "≥", "over": ">", "below": "<", "up_to": "≤"}
_OUTCOMES: Final = ("decline", "refer", "note", "pass")
CARD: Final = "card"
_LISTS: Final[Mapping[str, Mapping[str, str]]] = {  # what a stage lists, and where: watch is a list itself
    "admit": {"rules": "admit/rules", "tables": "admit/tables"},
    "fraud": {"rules": "fraud/rules", "tables": "fraud/tables"},
    "grade": {"steps": "grade/steps"},
    "limit": {"caps": "limit/caps"},
    "watch": {"watch": "watch"},
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the form, its label, its value as text, its choices when it has some."""

    name: str
    label: str
    value: str
    choices: Choices = ()

    @property
    def known(self) -> bool:
        """Say whether the value is one of the choices."""
        return any(self.value == value for value, _ in self.choices)

    @property
    def shown(self) -> str:
        """Return the value as it is read: a choice by its text."""
        return next((text for value, text in self.choices if value == self.value), self.value)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule: in words, and as fields; a condition that is not plain is edited as JSON."""

    place: str
    code: Field
    words: str
    condition: tuple[Field, ...]
    json: Any
    says: tuple[Field, ...]
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class TableGrid:
    """One decision table: its columns by name, its rows of cells, what each row says."""

    place: str
    name: str
    hit: Field
    columns: tuple[str, ...]
    rows: tuple[tuple[str, Field, tuple[tuple[str, tuple[Field, ...]], ...], tuple[Field, ...]], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One stage: rules, tables, pieces (grades, caps or signals), and its other figures as plain fields."""

    name: str
    rules: tuple[RuleRow, ...]
    tables: tuple[TableGrid, ...]
    pieces: tuple[tuple[str, tuple[Field, ...]], ...]
    fields: tuple[Field, ...]
    lists: tuple[str, ...]


def sections(document: Mapping[str, Any]) -> tuple[Section, ...]:
    """Return every stage that the document has, in the order in which they run."""
    return tuple(_section(name, document[name]) for name in ORDER if name in document)


def _section(name: str, part: Any) -> Section:
    lists = _LISTS.get(name, {})
    body: Mapping[str, Any] = part if isinstance(part, dict) else {key: part for key in lists if key == name}

    def listed(*keys: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for key in keys:
            if key in lists:
                yield from _rows(body.get(key), lists[key])

    return Section(
        name,
        tuple(_rule(row, place) for place, row in listed("rules")),
        tuple(_table(row, place) for place, row in listed("tables")),
        tuple((place, _piece(row, place)) for place, row in listed("steps", "caps", "watch")),
        tuple(_leaves({key: value for key, value in body.items() if key not in lists}, name)),
        tuple(lists.values()),
    )


def _rows(rows: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the rows of a list, each with its place; what is no row is left to the check."""
    for at, row in enumerate(_list(rows)):
        if isinstance(row, dict):
            yield f"{place}/{at}", row


def _piece(row: Mapping[str, Any], place: str) -> tuple[Field, ...]:
    """Return a row's fields; what it goes by comes first, however the row was stored."""
    return tuple(_leaves(dict(sorted(row.items(), key=lambda item: item[0] not in NAMES)), place))


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _rule(row: Mapping[str, Any], place: str) -> RuleRow:
    kind = "when" if "when" in row else "require"
    node = row.get(kind)
    says = [key for key in ("on_miss", "on_hit", "on_unknown", "reason") if key in row]
    outcome = str(row.get("on_miss", row.get("on_hit", "")))
    return RuleRow(
        place,
        _field(f"{place}/code", "code", row.get("code")),
        f"{gettext('stop when') if kind == 'when' else gettext('must hold')}: {words(node)}",
        _condition(node, f"{place}/{kind}") if is_plain(node) else (),
        None if is_plain(node) else (f"j:{place}/{kind}", node),
        tuple(_field(f"{place}/{key}", key, row[key]) for key in says),
        outcome,
        reason_text(str(row.get("reason", ""))),
    )


def _condition(node: Any, place: str) -> tuple[Field, ...]:
    value = node.get("value", ", ".join(_text(one) for one in _list(node.get("values"))))
    operators = tuple((op, _SIGNS[op] if op in _SIGNS else said(op)) for op in (*_SIGNS, "in", "known"))
    return (
        Field(f"c:{place}/fact", gettext("fact"), node["fact"], _fact_choices(get_language())),
        Field(f"c:{place}/op", gettext("operator"), node["op"], operators),
        Field(f"c:{place}/value", gettext("value"), _text(value)),
    )


def _table(table: Mapping[str, Any], place: str) -> TableGrid:
    columns = [column for column in _list(table.get("columns")) if isinstance(column, dict)]
    rows = []
    for at, row in _rows(table.get("rows"), f"{place}/rows"):
        cells = tuple(
            (cell_words(cell), _cell(cell, column, f"{at}/cells/{number}"))
            for number, (cell, column) in enumerate(zip(_list(row.get("cells")), columns, strict=False))
        )
        says = tuple(_leaves(row.get("then"), f"{at}/then"))
        rows.append((at, _field(f"{at}/row", "row", row.get("row")), cells, says))
    hit = Field(
        f"d:{place}/hit",
        gettext("hit policy"),
        str(table.get("hit")),
        tuple((one, said(one)) for one in HIT_POLICIES),
    )
    names = tuple(
        fact_name(str(column["fact"])) if "fact" in column else value_words(column.get("value"))
        for column in columns
    )
    return TableGrid(place, str(table.get("table")), hit, names, tuple(rows))


def _cell(cell: Any, column: Mapping[str, Any], place: str) -> tuple[Field, ...]:
    fact = CATALOGUE.get(str(column.get("fact", "")))
    found = cell if isinstance(cell, dict) else {}
    if fact is not None and fact.type in (FactType.TEXT, FactType.FLAG):
        values = [found["is"]] if "is" in found else _list(found.get("in"))
        return (Field(f"t:{place}/in", gettext("any of"), ", ".join(_text(one) for one in values)),)
    low = next((found[key] for key in ("from", "over") if key in found), "")
    high = next((found[key] for key in ("below", "up_to") if key in found), "")
    return (
        Field(f"t:{place}/low", gettext("from"), _text(low)),
        Field(f"t:{place}/high", gettext("below"), _text(high)),
    )


def cell_words(cell: Any) -> str:
    """Return a cell in words; an empty one takes anything."""
    if not isinstance(cell, dict):
        return gettext("any")
    parts = [f"{sign} {cell[key]}" for key, sign in _BOUNDS.items() if key in cell]
    if "in" in cell:
        parts.append(", ".join(_text(one) for one in _list(cell["in"])))
    if "is" in cell:
        parts.append(said(_text(cell["is"])))
    return ", ".join(parts)


def _leaves(part: Any, place: str, label: str = "") -> Iterator[Field]:
    """Return a field for every figure under a place, in order, each named by the way to it.

    A points card is no field: it is a model's, and comes whole from the register.
    """
    if isinstance(part, dict):
        for key, value in part.items():
            if key == CARD:
                continue
            yield from _leaves(value, f"{place}/{key}", f"{label} · {said(key)}" if label else said(key))
    elif isinstance(part, list):
        for at, value in enumerate(part):
            yield from _leaves(value, f"{place}/{at}", f"{label} {at + 1}".strip())
    elif isinstance(part, str | int):
        yield _field(place, place.rpartition("/")[2], part, label)


def _field(place: str, key: str, value: Any, label: str = "") -> Field:
    return Field(f"d:{place}", label or said(key), _text(value), _choices(key, value))


def _choices(key: str, value: Any) -> Choices:
    if isinstance(value, bool):
        return tuple((one, said(one)) for one in ("true", "false"))
    if key == "reason":
        return _reason_choices(get_language())
    if key == "fact" or key.endswith("_fact"):
        return _fact_choices(get_language())
    if key in ("outcome", "on_miss", "on_hit", "on_unknown"):
        return tuple((one, said(one)) for one in _OUTCOMES)
    return ()


@cache
def _fact_choices(_language: str | None) -> Choices:
    """Return every fact of the catalogue with its text, made once a language: every rule asks."""
    return tuple((name, fact_name(name)) for name in CATALOGUE)


@cache
def _reason_choices(_language: str | None) -> Choices:
    """Return every reason with its text, made once a language."""
    return tuple((code, reason_text(code)) for code in REASONS)


def words(node: Any) -> str:
    """Return a condition in words."""
    if not isinstance(node, dict):
        return "?"
    op, parts = node.get("op"), node.get("of")
    if op in ("all", "any") and isinstance(parts, list):
        joint = gettext(" and ") if op == "all" else gettext(" or ")
        return joint.join(f"({words(part)})" if _joined(part) else words(part) for part in parts)
    if op == "not":
        return gettext("not ({})").format(words(parts))
    if op == "known":
        return gettext("{} is known").format(fact_name(str(node.get("fact"))))
    if op == "in":
        values = ", ".join(_text(one) for one in _list(node.get("values")))
        return f"{fact_name(str(node.get('fact')))} ∈ {{{values}}}"
    left = fact_name(str(node["fact"])) if "fact" in node else value_words(node.get("left"))
    right = _text(node["value"]) if "value" in node else value_words(node.get("right"))
    return f"{left} {_SIGNS.get(str(op), op)} {right}"


def _joined(node: Any) -> bool:
    return isinstance(node, dict) and node.get("op") in ("all", "any")


def value_words(node: Any) -> str:
    """Return a formula in words."""
    if not isinstance(node, dict):
        return "?"
    if "fact" in node:
        return fact_name(str(node["fact"]))
    if "op" not in node:
        return ", ".join(_text(value) for value in node.values())
    parts = [value_words(part) for part in _list(node.get("of"))]
    if node["op"] in ("min", "max", "round"):
        return f"{said(node['op'])}({', '.join(parts)})"
    sign = f" {node['op']} "
    return f"({sign.join(parts)})" if len(parts) > 1 else "".join(parts)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
