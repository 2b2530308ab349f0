"""One figure, declared and observed: the robust estimate, the verdict, the weight of evidence. Pure, exact.

An estimate is the weighted median of what the sources imply: one wild source cannot move it past the others.
A source that says nothing stands at the careful end (below the rest, for what the applicant would rather have
high), so that to withhold it never helps; of two middles the careful one is taken. A figure is borne out by
the sources that imply it, or better, within the tolerance; the weight of evidence is their part of it all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from typing import Final

_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_PPM: Final = Decimal("0.000001")
_ZERO: Final = Decimal(0)


class Verdict(StrEnum):
    """What evidence says of a declared figure, best first."""

    CONFIRMED = "confirmed"
    SOFT = "soft"  # deviates, within reason
    UNVERIFIABLE = "unverifiable"  # too few sources, or nothing declared
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source implies of the figure; None when it has nothing to say. `weight` is its standing."""

    source: str
    implied: Decimal | None
    weight: int


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Deviations, as parts of the estimate: confirmed to `soft`, soft to `conflict`, then a conflict."""

    soft: Decimal
    conflict: Decimal


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on a figure; `credited` is the careful one of the declared and the estimated."""

    verdict: Verdict
    estimate: Decimal | None
    deviation: Decimal | None
    evidence: Decimal
    credited: Decimal | None


def weighted_median(readings: Sequence[Reading], *, high_is_careful: bool = False) -> Decimal | None:
    """Return the careful weighted median of what is implied; None if half the weight or more says nothing."""
    known = sorted(
        ((reading.implied, reading.weight) for reading in readings if reading.implied is not None),
        reverse=high_is_careful,
    )
    whole = sum(reading.weight for reading in readings)
    passed = whole - sum(weight for _, weight in known)
    if 2 * passed >= whole:
        return None
    for implied, weight in known:
        passed += weight
        if 2 * passed >= whole:
            return implied
    return None


def deviation_of(declared: Decimal, estimate: Decimal, *, high_is_careful: bool) -> Decimal:
    """Return how far the declared lies on the applicant's side of the estimate, as a part of the estimate.

    Negative when it lies on the careful side. Against an estimate of nothing, anything more is all too much.
    """
    apart = estimate - declared if high_is_careful else declared - estimate
    if estimate <= 0:
        return Decimal(1) if apart > 0 else _ZERO
    return _CONTEXT.divide(apart, estimate).quantize(_PPM, rounding=ROUND_HALF_EVEN)


def check(
    *,
    declared: Decimal | None,
    readings: Sequence[Reading],
    tolerance: Tolerance,
    minimum_sources: int,
    high_is_careful: bool = False,
) -> Checked:
    """Return the verdict on a declared figure; a conflict too if fewer than `minimum_sources` bear it out.

    `high_is_careful` for what the applicant would rather have low, such as debt.
    """
    known = [reading.implied for reading in readings if reading.implied is not None]
    estimate = weighted_median(readings, high_is_careful=high_is_careful)
    if declared is None or declared < 0 or estimate is None or len(known) < minimum_sources:
        return Checked(Verdict.UNVERIFIABLE, None, None, _ZERO, None)
    deviation = deviation_of(declared, estimate, high_is_careful=high_is_careful)
    bearing_out = [
        reading.weight
        for reading in readings
        if reading.implied is not None
        and deviation_of(declared, reading.implied, high_is_careful=high_is_careful) <= tolerance.conflict
    ]
    whole = sum(reading.weight for reading in readings)
    evidence = _CONTEXT.divide(Decimal(sum(bearing_out)), Decimal(whole)).quantize(_PPM)
    credited = max(declared, estimate) if high_is_careful else min(declared, estimate)
    if len(bearing_out) < minimum_sources or deviation > tolerance.conflict:
        return Checked(Verdict.CONFLICT, estimate, deviation, evidence, credited)
    verdict = Verdict.CONFIRMED if deviation <= tolerance.soft else Verdict.SOFT
    return Checked(verdict, estimate, deviation, evidence, credited)


def equity_gap(
    *, opening: Decimal, profit: Decimal, drawings: Decimal, injections: Decimal, closing: Decimal
) -> Decimal:
    """Return |opening + profit - drawings + injections - closing| as a part of closing equity.

    Of a closing equity of nothing or less any gap is a whole one.
    """
    gap = abs(opening + profit - drawings + injections - closing)
    if closing <= 0:
        return Decimal(1) if gap else _ZERO
    return _CONTEXT.divide(gap, closing).quantize(_PPM, rounding=ROUND_HALF_EVEN)
