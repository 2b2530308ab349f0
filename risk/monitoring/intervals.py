"""Exact intervals of a rate: Clopper and Pearson's, from the binomial distribution itself. Pure."""

from dataclasses import dataclass

from scipy.special import betaincinv


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Return whether a value lies inside."""
        return self.low <= value <= self.high

    def times(self, factor: float) -> "Interval":
        """Return the interval of a multiple."""
        return Interval(self.low * factor, self.high * factor)


def exact_interval(events: int, trials: int, *, level: float = 0.95) -> Interval:
    """Return Clopper-Pearson's interval of a rate (Biometrika 26, 1934); of no trials nothing is known.

    It covers the true rate with at least `level` for every number of trials, however rare the events.
    """
    if not 0 <= events <= trials or not 0 < level < 1:
        raise ValueError(f"{events} of {trials} at {level} is no share")
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, trials - events + 1, tail))
    high = 1.0 if events == trials else float(betaincinv(events + 1, trials - events, 1 - tail))
    return Interval(low, high)


@dataclass(frozen=True, slots=True)
class ObservedToExpected:
    """How many defaults were seen for each that was expected; above 1 the PDs were too low."""

    loans: int
    observed: int
    expected: float
    ratio: float
    interval: Interval

    @property
    def is_off(self) -> bool:
        """Whether 1 lies outside the interval: chance alone does not explain the gap."""
        return not self.interval.holds(1.0)


def observed_to_expected(
    observed: int, loans: int, expected: float, *, level: float = 0.95
) -> ObservedToExpected | None:
    """Return observed over expected with the exact interval; None where nothing was expected or seen."""
    if loans == 0 or expected <= 0:
        return None
    interval = exact_interval(observed, loans, level=level).times(loans / expected)
    return ObservedToExpected(loans, observed, expected, observed / expected, interval)
