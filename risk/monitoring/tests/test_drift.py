"""The alarm's price, by simulation: false alarms in stationary years, delay after an injected change."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np
import pytest
from scipy.special import expit, logit, ndtr

from risk.monitoring.drift import (
    Matured,
    Reading,
    alarm_threshold,
    calibration_day,
    shape_alternatives,
    shape_day,
)

MONITORS = 12  # a score, ten characteristics and the calibration
THRESHOLD = alarm_threshold(MONITORS)
A_DAY = 80  # applications
MATURED_A_DAY = 150
YEARS = 12
CALM_DAYS = 60
Draw = Callable[[np.random.Generator, bool], dict[str, int]]
PDS = np.array([0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.09, 0.12, 0.18])


@dataclass
class Population:
    """A standard normal quantity that the bank knows only from a sample of 3,000, cut into tenths."""

    alternatives: tuple
    edges: np.ndarray

    @classmethod
    def seen(cls, chance: np.random.Generator, missing: float) -> "Population":
        sample = chance.normal(size=3000)
        edges = np.quantile(sample, np.arange(1, 10) / 10)
        counts = np.bincount(np.searchsorted(edges, sample, side="right"), minlength=10)
        shares = {str(index): float(count / 3000 * (1 - missing)) for index, count in enumerate(counts)}
        return cls(shape_alternatives(shares | {"unknown": missing}), edges)

    def day(self, chance: np.random.Generator, *, shift: float = 0.0, missing: float = 0.0) -> dict[str, int]:
        below = ndtr(np.append(self.edges, np.inf) - shift)
        shares = np.diff(np.concatenate([[0.0], below])) * (1 - missing)
        counts = chance.multinomial(A_DAY, np.append(shares, missing))
        names = [*(str(index) for index in range(10)), "unknown"]
        return {name: int(count) for name, count in zip(names, counts, strict=True) if count}


def matured(chance: np.random.Generator, odds: float) -> list[Matured]:
    loans = chance.multinomial(MATURED_A_DAY, np.full(len(PDS), 1 / len(PDS)))
    bads = chance.binomial(loans, expit(logit(PDS) + odds))
    return [Matured(float(pd), int(n), int(b)) for pd, n, b in zip(PDS, loans, bads, strict=True)]


def run(day: Callable[[int, dict[str, float]], Reading], days: int) -> list[int]:
    """Return the days on which the monitor alarmed."""
    sums: dict[str, float] = {}
    alarms = []
    for number in range(days):
        reading = day(number, dict(sums))
        sums = dict(reading.log_sums)
        if reading.alarm:
            alarms.append(number)
    return alarms


def shape_alarms(
    seed: int, days: int, *, shift: float = 0.0, missing: float = 0.0, usual: float = 0.02
) -> list[int]:
    chance = np.random.default_rng(seed)
    population = Population.seen(chance, usual)

    def day(number: int, before: dict[str, float]) -> Reading:
        drifted = number >= CALM_DAYS
        counts = population.day(
            chance, shift=shift if drifted else 0.0, missing=(missing or usual) if drifted else usual
        )
        return shape_day(
            alternatives=population.alternatives, counts=counts, before=before, threshold=THRESHOLD
        )

    return run(day, days)


def calibration_alarms(seed: int, days: int, *, odds: float = 0.0) -> list[int]:
    chance = np.random.default_rng(seed)

    def day(number: int, before: dict[str, float]) -> Reading:
        found = matured(chance, odds if number >= CALM_DAYS else 0.0)
        return calibration_day(matured=found, before=before, threshold=THRESHOLD)

    return run(day, days)


def test_stationary_years_raise_no_more_than_one_false_alarm() -> None:
    """Twelve years of one shape monitor and one calibration monitor: 24 monitor-years, two of a bank.

    The module's own bound is 0.05 false alarms a year for all twelve monitors of a bank together.
    """
    shapes = [len(shape_alarms(seed, 365)) for seed in range(YEARS)]
    odds = [len(calibration_alarms(seed, 365)) for seed in range(YEARS)]

    assert sum(shapes) + sum(odds) <= 1


@pytest.mark.parametrize(
    ("drift", "seeds"),
    [({"shift": 0.5}, 20), ({"shift": -0.5}, 20), ({"missing": 0.2}, 20)],
    ids=["score up", "score down", "a source falls silent"],
)
def test_a_shifted_score_or_feature_alarms_within_ten_days(drift: dict[str, float], seeds: int) -> None:
    for seed in range(seeds):
        first = next(iter(shape_alarms(1000 + seed, CALM_DAYS + 11, **drift)), None)
        assert first is not None and CALM_DAYS <= first < CALM_DAYS + 10, (seed, first)


def test_doubled_odds_of_default_alarm_within_ten_days() -> None:
    for seed in range(20):
        first = next(iter(calibration_alarms(2000 + seed, CALM_DAYS + 11, odds=log(2))), None)
        assert first is not None and CALM_DAYS <= first < CALM_DAYS + 10, (seed, first)


def test_the_alarm_says_which_way_and_begins_anew() -> None:
    alternatives = shape_alternatives({"0": 0.5, "1": 0.5})
    reading = shape_day(alternatives=alternatives, counts={"1": 60, "0": 3}, before={}, threshold=THRESHOLD)
    assert reading.alarm and reading.log_sums == {}
    assert reading.leading in ("shift +0.70", "surge 1")

    gone = calibration_day(matured=[Matured(0.02, 200, 40)], before={}, threshold=THRESHOLD)
    assert gone.alarm and gone.leading == "odds +1.10"


def test_each_likelihood_ratio_is_an_e_value() -> None:
    """Its expectation under the reference is 1 for a single case, whatever the alternative and the bins."""
    shares = {"0": 0.2, "1": 0.3, "2": 0.4, "unknown": 0.1}
    for alternative in shape_alternatives(shares):
        mean = sum(share * np.exp(alternative.log_ratios[name]) for name, share in shares.items())
        assert mean == pytest.approx(1.0)


def test_alike_cases_are_taken_for_fewer() -> None:
    alternatives = shape_alternatives({"0": 0.5, "1": 0.5})
    alone, alike = (
        shape_day(
            alternatives=alternatives, counts={"1": 20}, before={}, threshold=1e9, dispersion=dispersion
        )
        for dispersion in (1.0, 4.0)
    )
    assert alike.log_evidence < alone.log_evidence / 2


def test_a_threshold_is_of_something() -> None:
    assert alarm_threshold(1, days=365, chance=0.05) == pytest.approx(7300)
    for monitors, chance in ((0, 0.05), (1, 0.0), (1, 1.0)):
        with pytest.raises(ValueError, match="at least one"):
            alarm_threshold(monitors, chance=chance)
