"""Person, house, enterprise (人房企): three factors of 0 to 100, weighed per product (S2-21, S2-39). Pure.

    {"factors": {"person": [{"fact": "bank.loans_settled", "weight": 1,
                             "bins": [{"up_to": 0, "score": 40}, {"up_to": null, "score": 90}]}],
                 "house": [{"fact": "collateral.community_listed", "weight": 2,
                            "values": [{"value": true, "score": 100}, {"value": false, "score": 30}]}],
                 "enterprise": [...]},
     "factor_weights": {"receipts_revolving": {"person": 40, "house": 0, "enterprise": 60}, "*": {...}},
     "bands": [{"below": "60", "outcome": "refer"}, {"below": "40", "outcome": "decline"}],
     "reason": "house_score", "on_unknown": "refer"}

A part that is not known scores nothing, and a factor is the weighted mean of all its parts: not knowing never
scores more than the worst evidence would. A factor that counts and of which nothing is known follows
`on_unknown`, whatever the others say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from risk.features.facts import Facts, FactType, FactValue, encode
from risk.rules.sections import (
    SEVERITY,
    demand,
    fact_of,
    number_of,
    outcome_of,
    rows_of,
    section_of,
)
from risk.rules.stages import DECLINE, REFER, Finding, Outcome, StageResult, demand_reason

FACTORS: Final = ("person", "house", "enterprise")
PRODUCT: Final = "product.code"
ANY_PRODUCT: Final = "*"
BEST: Final = Decimal(100)
_WHOLE: Final = 100  # what a product's weights add up to
_CONTEXT: Final = Context(prec=28)
_PPM: Final = Decimal("0.000001")
_NUMBERS: Final = (FactType.MONEY, FactType.RATIO, FactType.COUNT)


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of evidence of a factor: bins of numbers up to a bound, or the scores of listed values."""

    fact: str
    weight: int
    bins: tuple[tuple[Decimal | None, Decimal], ...]
    values: Mapping[str | bool, Decimal]

    def score(self, value: FactValue) -> Decimal | None:
        """Return the score of a value; None when it is not known, or on no list."""
        if value is None:
            return None
        if self.values:
            return self.values.get(value) if isinstance(value, str | bool) else None
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            return None
        return next(score for bound, score in self.bins if bound is None or value <= bound)


@dataclass(frozen=True, slots=True)
class HouseStage:
    """The compiled section."""

    factors: Mapping[str, tuple[Part, ...]]
    weights: Mapping[str, Mapping[str, int]]
    bands: tuple[tuple[Decimal, Outcome], ...]  # below a score, worst last
    reason: str
    on_unknown: Outcome
    reads: tuple[str, ...]
    derives: Mapping[str, FactType]

    def run(self, facts: Facts) -> StageResult:
        """Return what the weighted score says, with the three scores and their evidence."""
        product = facts.get(PRODUCT)
        weights = self.weights.get(str(product), self.weights.get(ANY_PRODUCT))
        scores, rows, known = {}, {}, {}
        for name in FACTORS:
            scores[name], known[name], rows[name] = _factor(self.factors[name], facts)
        derived: dict[str, FactValue] = {f"house.{name}": scores[name] for name in FACTORS}
        if product is None or weights is None:
            derived |= {"house.score": None, "house.known_weight": None}
            return StageResult((Finding(self.on_unknown, "fact_unknown"),), {"factors": rows}, derived)
        total = sum((scores[name] * weights[name] for name in FACTORS), Decimal(0)) / _WHOLE
        carried = sum((known[name] * weights[name] for name in FACTORS), Decimal(0)) / _WHOLE
        derived |= {"house.score": _floored(total), "house.known_weight": _floored(carried)}
        findings = [Finding(outcome, self.reason) for outcome in self._worst(_floored(total))]
        if any(weights[name] and not known[name] for name in FACTORS):
            findings.append(Finding(self.on_unknown, "fact_unknown"))
        shown = {name: encode(value) for name, value in derived.items()}
        return StageResult(
            tuple(findings), {"factors": rows, "weights": dict(weights), "scores": shown}, derived
        )

    def _worst(self, total: Decimal) -> list[Outcome]:
        return [outcome for below, outcome in self.bands if total < below][-1:]


def _factor(parts: tuple[Part, ...], facts: Facts) -> tuple[Decimal, Decimal, list[dict[str, Any]]]:
    """Return a factor's score, the part of its weight that is known, and its evidence."""
    whole, earned, known, rows = sum(part.weight for part in parts), Decimal(0), 0, []
    for part in parts:
        value = facts.get(part.fact)
        score = part.score(value)
        rows.append(
            {"fact": part.fact, "value": encode(value), "score": encode(score), "weight": part.weight}
        )
        if score is not None:
            earned += score * part.weight
            known += part.weight
    if not whole:
        return Decimal(0), Decimal(0), rows
    return _floored(_CONTEXT.divide(earned, Decimal(whole))), _floored(Decimal(known) / whole), rows


def _floored(exact: Decimal) -> Decimal:
    return exact.quantize(_PPM, rounding=ROUND_FLOOR)


def compile_house(section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str) -> HouseStage:
    """Return the stage behind its section; refuses, with the place, whatever it does not know."""
    needed = ("factors", "factor_weights", "bands", "reason", "on_unknown")
    parts = section_of(section, path, needed=needed)
    given = section_of(parts["factors"], f"{path}.factors", needed=FACTORS)
    factors = {name: _parts(given[name], types, f"{path}.factors.{name}") for name in FACTORS}
    products = parts["factor_weights"]
    demand(
        isinstance(products, dict) and bool(products), f"{path}.factor_weights", "each product has weights"
    )
    weights = {
        str(code): _weights(row, factors, f"{path}.factor_weights.{code}") for code, row in products.items()
    }
    fact_of(PRODUCT, types, f"{path}.factor_weights", FactType.TEXT)
    reads = [part.fact for group in factors.values() for part in group]
    return HouseStage(
        MappingProxyType(factors),
        MappingProxyType(weights),
        _bands(parts["bands"], f"{path}.bands"),
        demand_reason(parts["reason"], f"{path}.reason"),
        outcome_of(parts["on_unknown"], f"{path}.on_unknown", REFER, DECLINE),
        tuple(dict.fromkeys([PRODUCT, *reads])),
        MappingProxyType(
            dict.fromkeys(
                (*(f"house.{name}" for name in FACTORS), "house.score", "house.known_weight"), FactType.RATIO
            )
        ),
    )


def _parts(node: object, types: Mapping[str, FactType], path: str) -> tuple[Part, ...]:
    rows = rows_of(node, path, least=0)
    parts = tuple(_part(row, types, f"{path}.{index}") for index, row in enumerate(rows))
    demand(len({part.fact for part in parts}) == len(parts), path, "a fact counts once")
    return parts


def _part(row: object, types: Mapping[str, FactType], path: str) -> Part:
    part = section_of(row, path, needed=("fact", "weight"), allowed=("bins", "values"))
    demand(("bins" in part) != ("values" in part), path, "it has bins or values")
    demand(
        type(part["weight"]) is int and 1 <= part["weight"] <= 100, f"{path}.weight", "a weight of 1 to 100"
    )
    if "bins" in part:
        fact = fact_of(part["fact"], types, f"{path}.fact", *_NUMBERS)
        return Part(fact, part["weight"], _bins(part["bins"], f"{path}.bins"), {})
    fact = fact_of(part["fact"], types, f"{path}.fact", FactType.TEXT, FactType.FLAG)
    values: dict[str | bool, Decimal] = {}
    for index, item in enumerate(rows_of(part["values"], f"{path}.values")):
        at = f"{path}.values.{index}"
        one = section_of(item, at, needed=("value", "score"))
        kind = bool if types[fact] is FactType.FLAG else str
        demand(
            type(one["value"]) is kind and one["value"] not in values, f"{at}.value", "a value, listed once"
        )
        values[one["value"]] = number_of(one["score"], f"{at}.score", most=BEST)
    return Part(fact, part["weight"], (), MappingProxyType(values))


def _bins(node: object, path: str) -> tuple[tuple[Decimal | None, Decimal], ...]:
    """Return bins whose bounds climb, the last without one, and whose scores go one way."""
    bins: list[tuple[Decimal | None, Decimal]] = []
    rows = rows_of(node, path)
    for index, row in enumerate(rows):
        at, last = f"{path}.{index}", index == len(rows) - 1
        part = section_of(row, at, needed=("up_to", "score"))
        demand((part["up_to"] is None) == last, f"{at}.up_to", "only the last bin is open")
        bound = None if last else number_of(part["up_to"], f"{at}.up_to", least=-(10**15))
        bins.append((bound, number_of(part["score"], f"{at}.score", most=BEST)))
    bounds = [bound for bound, _ in bins if bound is not None]
    scores = [score for _, score in bins]
    demand(all(a < b for a, b in pairwise(bounds)), path, "bounds climb")
    demand(scores in (sorted(scores), sorted(scores, reverse=True)), path, "scores go one way")
    return tuple(bins)


def _weights(node: object, factors: Mapping[str, tuple[Part, ...]], path: str) -> Mapping[str, int]:
    row = section_of(node, path, needed=FACTORS)
    for name in FACTORS:
        demand(type(row[name]) is int and 0 <= row[name] <= _WHOLE, f"{path}.{name}", "a weight of 0 to 100")
        demand(not row[name] or bool(factors[name]), f"{path}.{name}", "this factor has no evidence")
    demand(sum(row[name] for name in FACTORS) == _WHOLE, path, f"weights add up to {_WHOLE}")
    return MappingProxyType({name: row[name] for name in FACTORS})


def _bands(node: object, path: str) -> tuple[tuple[Decimal, Outcome], ...]:
    bands: list[tuple[Decimal, Outcome]] = []
    for index, row in enumerate(rows_of(node, path)):
        at = f"{path}.{index}"
        part = section_of(row, at, needed=("below", "outcome"))
        below = number_of(part["below"], f"{at}.below", most=BEST)
        bands.append((below, outcome_of(part["outcome"], f"{at}.outcome")))
    demand(all(a[0] > b[0] for a, b in pairwise(bands)), path, "bands fall")
    milder = any(SEVERITY[b[1]] < SEVERITY[a[1]] for a, b in pairwise(bands))
    demand(not milder, path, "a worse score never ends better")
    return tuple(bands)
