"""Points cards: bins of whole points, read from JSON, run in plain Python, exact to the point. Pure.

More points, less risk. `unknown` is a bin of its own and never scores above the neutral points, so that
withholding a fact never helps. Log-odds of default = (offset - points) / factor; its PD is a Decimal.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from kernel.values import made_often
from risk.features.facts import CATALOGUE, Facts, FactType, FactValue, encode

MAX_CHARACTERISTICS: Final = 12
REASONS_KEPT: Final = 4
_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_PPM: Final = Decimal("0.000001")


class CardInvalid(Refusal):
    """The card is not a whole one."""

    code = "scoring.card_invalid"
    kind = Kind.INVALID
    message = "The card is not valid: {problem}"


@dataclass(frozen=True, slots=True)
class Bin:
    """Values that score alike: numbers up to and including `up_to` (None: no bound), or the listed values."""

    points: int
    up_to: Decimal | int | None
    values: tuple[FactValue, ...]


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One fact's bins, the points when it is unknown, and the reason when points are lost on it."""

    fact: str
    reason: str
    bins: tuple[Bin, ...]
    unknown: int
    best: int

    def points(self, value: FactValue) -> tuple[int, str]:
        """Return the points and the name of the bin; a value no bin lists scores as unknown."""
        if value is None:
            return self.unknown, "unknown"
        for index, bin_ in enumerate(self.bins):
            if value in bin_.values if bin_.values else bin_.up_to is None or value <= bin_.up_to:  # type: ignore[operator]
                return bin_.points, str(index)
        return self.unknown, "unlisted"


@dataclass(frozen=True, slots=True)
class Card:
    """A points card; `base` are the points before any characteristic."""

    code: str
    base: int
    offset: Decimal
    factor: Decimal
    characteristics: tuple[Characteristic, ...]


@made_often
@dataclass(frozen=True, slots=True)
class PointsLost:
    """What one characteristic cost against its best bin."""

    fact: str
    value: FactValue
    bin: str
    points: int
    lost: int
    reason: str


_BY_LOSS: Final = attrgetter("lost")


@made_often
@dataclass(frozen=True, slots=True)
class ScoreResult:
    """The score, its probability of default at the card's own base rate, and each characteristic's part."""

    points: int
    log_odds_exact: Decimal
    pd_exact: Decimal
    parts: tuple[PointsLost, ...]
    unknown_count: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """At most four reason codes, most points lost first, ties in the card's order."""
        lost = sorted([part for part in self.parts if part.lost > 0], key=_BY_LOSS, reverse=True)  # stable
        return tuple(dict.fromkeys([part.reason for part in lost]))[:REASONS_KEPT]


def score(card: Card, facts: Facts) -> ScoreResult:
    """Return the score of an applicant; never refuses: what is missing scores as unknown."""
    parts, total, unknown = [], card.base, 0
    for item in card.characteristics:
        value = facts.get(item.fact)
        points, bin_ = item.points(value)
        parts.append(PointsLost(item.fact, value, bin_, points, item.best - points, item.reason))
        total += points
        unknown += bin_ in ("unknown", "unlisted")
    log_odds = _CONTEXT.divide(card.offset - total, card.factor)
    return ScoreResult(total, log_odds, default_probability(log_odds), tuple(parts), unknown)


@lru_cache(maxsize=4096)  # points are whole: a card and its shift know few log-odds
def default_probability(log_odds: Decimal) -> Decimal:
    """Return 1 / (1 + e^-x) to six decimals; decimal's exp is correctly rounded, so every machine agrees."""
    grown = _CONTEXT.exp(_CONTEXT.minus(log_odds))
    return _CONTEXT.divide(Decimal(1), _CONTEXT.add(Decimal(1), grown)).quantize(
        _PPM, rounding=ROUND_HALF_EVEN
    )


def load_card(path: Path) -> dict[str, Any]:
    """Return a committed card's JSON, ready to be signed as part of a strategy."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def card_from(document: object) -> Card:
    """Return the card behind its JSON; refuses unknown facts, wrong types, unordered bins, too many parts."""
    try:
        return _card(document)
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise CardInvalid(problem=f"{type(error).__name__} at {error}") from None


def _card(document: Any) -> Card:
    rows = document["characteristics"]
    parts = tuple(_characteristic(row) for row in rows)
    scale = document["scale"]
    card = Card(
        str(document["code"]),
        _whole(scale["base"]),
        Decimal(scale["offset"]),
        Decimal(scale["factor"]),
        parts,
    )
    _demand(1 <= len(parts) <= MAX_CHARACTERISTICS, f"1 to {MAX_CHARACTERISTICS} characteristics")
    _demand(len({part.fact for part in parts}) == len(parts), "one characteristic a fact")
    _demand(card.factor > 0, "the factor is positive")
    return card


def _characteristic(row: Any) -> Characteristic:
    definition = CATALOGUE.get(row["fact"])
    if definition is None:
        raise CardInvalid(problem=f"there is no fact {row['fact']}")
    listed = definition.type in (FactType.TEXT, FactType.FLAG)
    bins = tuple((_listed_bin if listed else _ordered_bin(definition.type))(bin_) for bin_ in row["bins"])
    unknown = _whole(row["unknown"]["points"])
    if not listed:
        bounds = [bin_.up_to for bin_ in bins]
        inner = [bound for bound in bounds if bound is not None]
        _demand(
            bounds[-1] is None and len(inner) == len(bounds) - 1, f"{row['fact']}: only the last bin is open"
        )
        _demand(inner == sorted(set(inner)), f"{row['fact']}: bins in order")
        points = [bin_.points for bin_ in bins]
        _demand(
            points in (sorted(points), sorted(points, reverse=True)), f"{row['fact']}: points are monotone"
        )
    _demand(unknown <= 0, f"{row['fact']}: unknown never scores above neutral")
    return Characteristic(
        row["fact"], str(row["reason"]), bins, unknown, max(*(bin_.points for bin_ in bins), unknown)
    )


def _listed_bin(row: Any) -> Bin:
    values = row["values"]
    _demand(
        isinstance(values, list) and bool(values) and all(type(value) in (str, bool) for value in values),
        "values",
    )
    return Bin(_whole(row["points"]), None, tuple(values))


def _ordered_bin(kind: FactType) -> Callable[[Any], Bin]:
    def ordered(row: Mapping[str, Any]) -> Bin:
        bound = row["up_to"]
        if bound is not None:
            bound = _whole(bound) if kind is FactType.COUNT else Decimal(bound)
        return Bin(_whole(row["points"]), bound, ())

    return ordered


def _whole(value: object) -> int:
    _demand(type(value) is int, f"{value} is not a whole number")
    return int(str(value))


def _demand(holds: bool, problem: str) -> None:
    if not holds:
        raise CardInvalid(problem=problem)


def part_row(part: PointsLost) -> dict[str, object]:
    """Return one characteristic's part as the trace records it."""
    return {
        "fact": part.fact,
        "value": encode(part.value),
        "bin": part.bin,
        "points": part.points,
        "lost": part.lost,
        "reason": part.reason,
    }
