"""Brushed receipts: the signs of a shop's days weighed into one score, and how much its receipts then count.

Self-pay loops, the owner's own payments, night bursts, round amounts, the same payer or the same ticket
again, and sales in quick succession (S1-04, S4-05). Counts are set against the sales not in doubt, so
more doubtful sales never lower a sign, and the score never falls as evidence worsens. The weights and the
honest reference are data (`brushing.json`). A shop is suspect when it stands more than so many spreads above
the median honest one; from there on its receipts count less, down to nothing. Pure, exact.
"""

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import compress
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, cast

from risk.features.definitions import STREAMS
from risk.features.evaluate import Series
from risk.features.facts import FactValue

COUNTED: Final = ("doubtful", "own", "loop", "again", "soon", "night", "round", "twin", "rapid")
_SIGNS_OF: Final = itemgetter(*(STREAMS["receipts"].columns.index(f"{name}_count") for name in COUNTED))
SUSPECT: Final = Decimal("0.5")  # scores above it are suspect
EVIDENCED: Final = "receipts.evidenced_daily_90d"
BRUSHING_FACTS: Final = (
    *("fraud.brushing_score", "fraud.brushing_signs", "fraud.evidence_weight"),
    "receipts.weighted_daily_90d",
)
_PPM: Final = Decimal("0.000001")
_FEN: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class SignDay:
    """One day: how many sales, and of these how many show each sign of COUNTED."""

    day: date
    sale_count: int
    signs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SignSeries:
    """Days with a sale by number (`date.toordinal`), oldest first; `signs` in the order of COUNTED."""

    numbers: Sequence[int]
    sale_counts: Sequence[int]
    signs: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Reference:
    """What to weigh by: the weight of each sign, and where suspicion begins."""

    windows_days: tuple[int, ...]
    most: Fraction
    weights: Mapping[str, Fraction]
    rapid_by_chance: Fraction  # rapid sales to be expected, per sale, for each sale a day
    suspect_from: Fraction


@dataclass(frozen=True, slots=True)
class Sign:
    """What one sign adds: so many to each sale that is not doubtful, times its weight."""

    name: str
    to_credible: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Brushing:
    """The score (0 to 1, above 0.5 is suspect), the weight left to the receipts, and the signs by points."""

    score: Decimal
    evidence_weight: Decimal
    signs: tuple[Sign, ...]

    @property
    def is_suspect(self) -> bool:
        """Whether the shop stands out from honest ones."""
        return self.score > SUSPECT


def read_reference(document: Mapping[str, Any]) -> Reference:
    """Return the reference behind its JSON; weights are zero or more, so that no sign ever helps."""
    weights = {name: Fraction(document["weights"][name]) for name in COUNTED}
    if min(weights.values()) < 0:
        raise ValueError("no sign of brushing speaks for a shop")
    chance, honest = document["rapid_by_chance"], document["honest"]
    return Reference(
        windows_days=tuple(document["windows_days"]),
        most=Fraction(document["most"]),
        weights=weights,
        rapid_by_chance=Fraction(chance["peak"]) * chance["seconds"] / chance["open_seconds"],
        suspect_from=Fraction(honest["centre"]) + Fraction(honest["spreads"]) * Fraction(honest["spread"]),
    )


REFERENCE: Final = read_reference(
    json.loads(Path(__file__).with_name("brushing.json").read_text(encoding="utf-8"))
)


def brushing(
    days: Sequence[SignDay] | SignSeries, *, as_of_date: date, reference: Reference = REFERENCE
) -> Brushing | None:
    """Return what the signs of the last days amount to; None without a sale in any window."""
    series, end = days if isinstance(days, SignSeries) else _series_of(days), as_of_date.toordinal()
    found = [
        signs
        for count in reference.windows_days
        if (signs := _window_signs(series, end - count, end, reference)) is not None
    ]
    if not found:
        return None
    worst = {name: max(signs[name] for signs in found if name in signs) for name in set().union(*found)}
    points = {name: min(worst[name], reference.most) * reference.weights[name] for name in worst}
    total = sum(points.values(), Fraction(0))
    weight = min(Fraction(1), max(Fraction(0), 2 - total / reference.suspect_from))
    ranked = sorted((name for name in points if points[name]), key=lambda name: (-points[name], name))
    return Brushing(
        score=_decimal(total / (total + reference.suspect_from), ROUND_CEILING),
        evidence_weight=_decimal(weight, ROUND_FLOOR),
        signs=tuple(
            Sign(name, _decimal(worst[name], ROUND_CEILING), _decimal(points[name], ROUND_CEILING))
            for name in ranked
        ),
    )


def sign_series(series: Series, *, as_of_date: date) -> SignSeries:
    """Return the days of receipts with a sale that the windows look at, where their signs are known."""
    start = bisect_left(series.numbers, as_of_date.toordinal() - max(REFERENCE.windows_days))
    numbers = series.numbers[start:]
    if not numbers:
        return SignSeries((), (), [()] * len(COUNTED))
    sales, signs = series.figures[0][start:], [figures[start:] for figures in _SIGNS_OF(series.figures)]
    mask = [(sold or 0) > 0 and None not in day for sold, *day in zip(sales, *signs, strict=True)]
    if not all(mask):
        numbers, sales = list(compress(numbers, mask)), list(compress(sales, mask))
        signs = [list(compress(figures, mask)) for figures in signs]
    return SignSeries(numbers, cast("Sequence[int]", sales), cast("list[Sequence[int]]", signs))


def brushing_facts(found: Brushing | None, *, evidenced_daily: FactValue) -> dict[str, FactValue]:
    """Return the facts: the score, its three heaviest signs, the weight, and the receipts that it leaves."""
    if found is None:
        return dict.fromkeys(BRUSHING_FACTS)
    weighted = None
    if isinstance(evidenced_daily, Decimal):
        weighted = (evidenced_daily * found.evidence_weight).quantize(_FEN, rounding=ROUND_FLOOR)
    return {
        "fraud.brushing_score": found.score,
        "fraud.brushing_signs": ",".join(sign.name for sign in found.signs[:3]),
        "fraud.evidence_weight": found.evidence_weight,
        "receipts.weighted_daily_90d": weighted,
    }


def _series_of(days: Sequence[SignDay]) -> SignSeries:
    kept = sorted((day for day in days if day.sale_count > 0), key=lambda day: day.day)
    return SignSeries(
        [day.day.toordinal() for day in kept],
        [day.sale_count for day in kept],
        [[day.signs[name] for day in kept] for name in COUNTED],
    )


def _window_signs(
    series: SignSeries, start: int, end: int, reference: Reference
) -> dict[str, Fraction] | None:
    """Return the signs there are, each one's count to the sales that are not doubtful (at least one)."""
    first, last = bisect_left(series.numbers, start), bisect_left(series.numbers, end)
    if first == last:
        return None
    counts = {name: sum(days[first:last]) for name, days in zip(COUNTED, series.signs, strict=True)}
    credible = max(1, sum(series.sale_counts[first:last]) - counts["doubtful"])
    signs = {name: Fraction(count, credible) for name, count in counts.items() if count}
    if "rapid" in signs:
        signs["rapid"] -= reference.rapid_by_chance * Fraction(credible, last - first)
        if signs["rapid"] <= 0:
            del signs["rapid"]
    return signs


def _decimal(exact: Fraction, rounding: str) -> Decimal:
    scaled = exact * 10**6
    whole = -(-scaled.numerator // scaled.denominator) if rounding == ROUND_CEILING else scaled.__floor__()
    return Decimal(whole).scaleb(-6).quantize(_PPM)
