"""The strategy document: JSON in, a compiled strategy or the list of what is wrong with it out. Pure.

A document holds everything a decision needs but the facts: declared facts, policy rules, the card itself,
grades, caps, prices, what to watch. Nothing is looked up when it runs, so a replay needs nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar

from kernel.refusals import Refusal
from risk.features.facts import CATALOGUE, FactType
from risk.limits.recipes import Cap, RecipeInvalid, compile_cap
from risk.rules.canonical import has_float
from risk.rules.expressions import Condition, compile_condition
from risk.rules.reasons import REASONS
from risk.scoring.card import Card, card_from

FORMAT: Final = 1
STAGES: Final = ("admit", "pd", "grade", "limit", "price", "watch")
_ALWAYS_READ: Final = ("application.amount", "rules.annual_cost_cap", "rules.online_unsecured_max")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy rule: `require` must hold, else `on_miss`; when that cannot be known, `on_unknown`."""

    code: str
    require: Condition
    on_miss: str
    on_unknown: str
    reason: str


@dataclass(frozen=True, slots=True)
class GradeStep:
    """PDs up to and including this one earn the grade."""

    grade: str
    pd_up_to: Decimal


@dataclass(frozen=True, slots=True)
class LimitStage:
    """The caps, the step that the least of them is rounded down to, and the smallest limit worth granting."""

    caps: tuple[Cap, ...]
    step: Decimal
    minimum: Decimal


@dataclass(frozen=True, slots=True)
class PriceStage:
    """The cost of one yuan lent for a year, and each grade's rate (S0-11)."""

    cost_of_funds: Decimal
    operating_cost: Decimal
    capital_charge: Decimal
    loss_given_default: Decimal
    day_basis: int
    rates: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Signal:
    """An early warning to set at the grant: the fact falling below a part of today's figure."""

    signal: str
    fact: str
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Strategy:
    """A compiled document."""

    code: str
    types: Mapping[str, FactType]
    minimum_sources: int
    rules: tuple[Rule, ...]
    card: Card
    log_odds_shift: Decimal
    grades: tuple[GradeStep, ...]
    review_grades: frozenset[str]
    limit: LimitStage
    price: PriceStage
    watch: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document, and where."""

    path: str
    problem: str


class _Reader:
    """Reads a document once and notes every problem instead of stopping at the first."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def take(self, path: str, build: Callable[[], T]) -> T | None:
        """Return what `build` makes; a refusal or a malformed part becomes a problem at `path`."""
        try:
            return build()
        except Refusal as refusal:
            self.problems.append(Problem(path, refusal.text()))
        except (LookupError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
            self.problems.append(Problem(path, f"{type(error).__name__}: {error}"))
        return None

    def note(self, path: str, problem: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(path, problem))


def read_document(document: Mapping[str, Any]) -> Strategy | tuple[Problem, ...]:
    """Return the compiled strategy, or everything that is wrong with the document."""
    reader = _Reader(document)
    _check_shape(reader)
    if reader.problems:
        return tuple(reader.problems)
    types = reader.take("facts", lambda: _types(document["facts"])) or {}
    rules = _rules(reader, types)
    card = reader.take("pd.card", lambda: card_from(document["pd"]["card"]))
    grades = reader.take("grade", lambda: _grades(document["grade"])) or ()
    limit = _limit(reader, types, tuple(step.grade for step in grades))
    price = reader.take("price", lambda: _price(document["price"], tuple(step.grade for step in grades)))
    watch = reader.take("watch", lambda: _signals(document["watch"], types)) or ()
    shift = reader.take("pd.log_odds_shift", lambda: _number(document["pd"]["log_odds_shift"], -10, 10))
    sources = reader.take("admit.minimum_sources", lambda: int(document["admit"]["minimum_sources"])) or 0
    review = reader.take("grade.review", lambda: _review(document["grade"], grades)) or frozenset()
    _check_facts(reader, types, card)
    if reader.problems or card is None or limit is None or price is None or shift is None:
        return tuple(reader.problems)
    return Strategy(
        str(document["code"]), types, sources, rules, card, shift, grades, review, limit, price, watch
    )


def _check_shape(reader: _Reader) -> None:
    document = reader.document
    for part in ("facts", *STAGES):
        if part not in document:
            reader.note(part, "the stage is missing")
        elif not isinstance(document[part], list if part == "watch" else dict):
            reader.note(part, "the stage is not of its shape")
    if has_float(document):
        reader.note("document", "decimals are written as text: no two machines need print a float alike")
    if document.get("format") != FORMAT:
        reader.note("format", f"this engine reads format {FORMAT}")
    if not isinstance(document.get("code"), str) or not document["code"]:
        reader.note("code", "a strategy has a code")


def _check_facts(reader: _Reader, types: Mapping[str, FactType], card: Card | None) -> None:
    for part in card.characteristics if card else ():
        if part.fact not in types:
            reader.note("pd.card", f"the strategy declares no fact {part.fact}")
        if part.reason not in REASONS:
            reader.note("pd.card", f"there is no reason {part.reason}")
    for needed in _ALWAYS_READ:
        if needed not in types:
            reader.note("facts", f"every strategy reads {needed}")


def _review(stage: Mapping[str, Any], grades: tuple[GradeStep, ...]) -> frozenset[str]:
    review = frozenset(stage["review"])
    if review - {step.grade for step in grades}:
        raise ValueError("only grades that exist can be reviewed")
    return review


def _types(rows: Mapping[str, str]) -> dict[str, FactType]:
    types = {}
    for name, kind in rows.items():
        if name not in CATALOGUE or CATALOGUE[name].type.value != kind:
            raise ValueError(f"the catalogue has no {kind} fact {name}")
        types[name] = FactType(kind)
    return types


def _rules(reader: _Reader, types: Mapping[str, FactType]) -> tuple[Rule, ...]:
    rows, seen, rules = reader.document["admit"].get("rules", []), set(), []
    for row in rows:
        path = f"admit.{row.get('code')}"
        if row.get("code") in seen:
            reader.note(path, "two rules have this code")
        seen.add(row.get("code"))
        rule = reader.take(path, lambda row=row, path=path: _rule(row, types, path))  # type: ignore[misc]
        if rule is not None:
            rules.append(rule)
    if not rows:
        reader.note("admit", "a strategy has at least one rule")
    return tuple(rules)


def _rule(row: Mapping[str, Any], types: Mapping[str, FactType], path: str) -> Rule:
    if row["on_miss"] not in ("decline", "refer") or row["on_unknown"] not in ("decline", "refer"):
        raise ValueError("a miss or an unknown declines or refers; it never approves")
    if row["reason"] not in REASONS:
        raise ValueError(f"there is no reason {row['reason']}")
    condition = compile_condition(row["require"], types, path=path)
    return Rule(str(row["code"]), condition, row["on_miss"], row["on_unknown"], row["reason"])


def _grades(stage: Mapping[str, Any]) -> tuple[GradeStep, ...]:
    steps = tuple(GradeStep(str(row["grade"]), _number(row["pd_up_to"], 0, 1)) for row in stage["steps"])
    bounds = [step.pd_up_to for step in steps]
    if not steps or bounds != sorted(set(bounds)) or len({step.grade for step in steps}) != len(steps):
        raise ValueError("grades are named once and their bounds climb")
    return steps


def _limit(reader: _Reader, types: Mapping[str, FactType], grades: tuple[str, ...]) -> LimitStage | None:
    stage = reader.document["limit"]
    rows = stage.get("caps", [])
    caps = [
        reader.take(f"limit.{row.get('cap')}", lambda row=row: compile_cap(row, grades, types))  # type: ignore[misc]
        for row in rows
    ]
    for row in rows:
        if row.get("reason") not in REASONS:
            reader.note(f"limit.{row.get('cap')}", f"there is no reason {row.get('reason')}")
    if not rows or len({row.get("cap") for row in rows}) != len(rows):
        reader.note("limit", "a strategy has at least one cap, each named once")
    step = reader.take("limit.step", lambda: _number(stage["step"], "0.01", "1000000"))
    minimum = reader.take("limit.minimum", lambda: _number(stage["minimum"], "0.01", "1000000000"))
    if step is None or minimum is None or None in caps:
        return None
    return LimitStage(tuple(cap for cap in caps if cap is not None), step, minimum)


def _price(stage: Mapping[str, Any], grades: tuple[str, ...]) -> PriceStage:
    if stage["day_basis"] not in (360, 365):
        raise ValueError("the day basis is 360 or 365")
    rates = {grade: _number(stage["rates"][grade], 0, 1) for grade in grades}
    if any(rate != rate.quantize(Decimal("0.000001")) for rate in rates.values()):
        raise RecipeInvalid(cap="price", problem="rates have at most six decimals")
    return PriceStage(
        _number(stage["cost_of_funds"], 0, 1),
        _number(stage["operating_cost"], 0, 1),
        _number(stage["capital_charge"], 0, 1),
        _number(stage["loss_given_default"], 0, 1),
        stage["day_basis"],
        rates,
    )


def _signals(rows: list[Mapping[str, Any]], types: Mapping[str, FactType]) -> tuple[Signal, ...]:
    for row in rows:
        if types.get(row["fact"]) is not FactType.MONEY:
            raise ValueError(f"{row['fact']} is not a declared money fact")
    return tuple(Signal(str(row["signal"]), row["fact"], _number(row["ratio"], 0, 1)) for row in rows)


def _number(text: object, least: object, most: object) -> Decimal:
    if not isinstance(text, str) or not Decimal(str(least)) <= Decimal(text) <= Decimal(str(most)):
        raise ValueError(f"{text!r} is not a number in text between {least} and {most}")
    return Decimal(text)
