"""Facts: what a strategy may read, each with its type and the class of its source (S4-13).

A fact is a `Decimal`, whole number, text, truth value, or None. None is "not known", which is never zero.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

from kernel.refusals import Kind, Refusal, brief

FactValue = Decimal | int | str | bool | None
Facts = Mapping[str, FactValue]
_FEN: Final = Decimal("0.01")
_PPM: Final = Decimal("0.000001")
_MOST_DIGITS: Final = 20  # within, what has the decimals of its type is canonical


class FactUnknown(Refusal):
    """The name is not in the catalogue."""

    code = "decisions.fact_unknown"
    kind = Kind.INVALID
    message = "There is no fact called {name}."


class FactInvalid(Refusal):
    """The value is not of the fact's type."""

    code = "decisions.fact_invalid"
    kind = Kind.INVALID
    message = "{given} is not a {type} for {name}."


class FactType(StrEnum):
    """What a fact is measured in."""

    MONEY = "money"  # yuan, exact to the fen
    RATIO = "ratio"  # a fraction, six decimals
    COUNT = "count"
    TEXT = "text"
    FLAG = "flag"


class Source(StrEnum):
    """The three classes of data (S4-13), and what is none of them."""

    SCENE = "scene"  # third-party scene data
    REGISTRY = "registry"  # business registry, courts, credit bureau
    BANK = "bank"  # the bank's own records
    REQUEST = "request"  # what the applicant asks for; evidence of nothing
    RULE = "rule"  # regulation in force on the day


@dataclass(frozen=True, slots=True)
class FactDef:
    """One entry of the catalogue."""

    name: str
    type: FactType
    source: Source
    text_en: str
    text_zh: str


def _catalogue() -> Mapping[str, FactDef]:
    rows = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            row["name"]: FactDef(
                row["name"], FactType(row["type"]), Source(row["source"]), row["text_en"], row["text_zh"]
            )
            for row in rows
        }
    )


CATALOGUE: Final = _catalogue()
_PLAIN: Final[Mapping[FactType, type]] = {FactType.COUNT: int, FactType.TEXT: str, FactType.FLAG: bool}


_TYPE_OF: Final = {name: fact.type for name, fact in CATALOGUE.items()}
_KIND_OF: Final = {name: _PLAIN.get(fact.type) for name, fact in CATALOGUE.items()}  # None: a decimal


def coerce_all(facts: Facts) -> dict[str, FactValue]:
    """Return facts of the catalogue, each canonical (`coerce`)."""
    sheet: dict[str, FactValue] = {}
    for name, value in facts.items():
        if value is None or type(value) is _KIND_OF[name]:  # most are what they should be
            sheet[name] = value
        elif _KIND_OF[name] is None:
            sheet[name] = _decimal(name, _TYPE_OF[name], value)
        else:
            sheet[name] = coerce(name, _TYPE_OF[name], value)
    return sheet


def coerce(name: str, kind: FactType, value: FactValue) -> FactValue:
    """Return the canonical value: money to the fen, ratios to six decimals; refuses another type."""
    if value is None:
        return None
    if kind is FactType.MONEY or kind is FactType.RATIO:
        return _decimal(name, kind, value)
    if type(value) is not _PLAIN[kind]:
        raise FactInvalid(name=name, type=kind.value, given=brief(value))
    return value


def _decimal(name: str, kind: FactType, value: FactValue) -> Decimal:
    quantum = _FEN if kind is FactType.MONEY else _PPM
    if type(value) is Decimal and value.same_quantum(quantum) and value and value.adjusted() < _MOST_DIGITS:
        return value
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise FactInvalid(name=name, type=kind.value, given=brief(value))
    try:
        exact = Decimal(value).quantize(quantum, rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        raise FactInvalid(name=name, type=kind.value, given=brief(value)) from None
    if not exact.is_finite() or (kind is FactType.MONEY and exact != value):
        raise FactInvalid(name=name, type=kind.value, given=brief(value))
    return exact + 0  # never a negative zero


def encode(value: FactValue) -> str | int | bool | None:
    """Return the JSON form: decimals as text, everything else as it is."""
    return str(value) if isinstance(value, Decimal) else value


def decode(name: str, kind: FactType, stored: object) -> FactValue:
    """Return the fact from its JSON form; refuses what `encode` would not have written."""
    if kind in (FactType.MONEY, FactType.RATIO) and isinstance(stored, str):
        try:
            return coerce(name, kind, Decimal(stored))
        except InvalidOperation:
            raise FactInvalid(name=name, type=kind.value, given=stored[:40]) from None
    if stored is None or isinstance(stored, str | int):
        return coerce(name, kind, stored)
    raise FactInvalid(name=name, type=kind.value, given=str(stored)[:40])
