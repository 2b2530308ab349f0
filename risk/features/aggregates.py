"""How the days of a window become one value: an aggregate each, built once for a feature. Pure, exact."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from itertools import compress, pairwise
from typing import Any, Final

from risk.features.definitions import Aggregate, FeatureDef
from risk.features.facts import FactType, FactValue

_PPM: Final = Decimal("0.000001")
_ONE: Final = Decimal(1)
Figures = Sequence[int | None]


def least(figures: Figures) -> int | None:
    """Return the least figure, 0 where there is none; None if one of them is not known.

    A comparison of two numbers costs a third of one with None, so nobody looks for None.
    """
    try:
        return min(figures, default=0)  # type: ignore[type-var]
    except TypeError:
        return None


def _are_known(figures: Figures) -> bool:
    """Return whether all are: a sum stumbles over None, and costs less than any look for one."""
    try:
        sum(figures)  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


class Filtered:
    """A stream's days that pass a filter, by number (`date.toordinal`); figures wait until asked for."""

    __slots__ = ("_columns", "_figures", "_mask", "numbers")

    def __init__(self, numbers: Sequence[int], figures: Sequence[Figures], mask: list[bool] | None) -> None:
        self._mask = mask
        self._figures = figures
        self._columns: dict[int, tuple[Figures, bool]] = {}
        self.numbers = numbers if self._mask is None else list(compress(numbers, self._mask))

    def part(self, place: int, start: int, end: int) -> Sequence[int] | None:
        """Return a figure of some days, by their places; None if one of them is not known."""
        found = self._columns.get(place)
        if found is None:
            whole = self._figures[place]
            column = whole if self._mask is None else list(compress(whole, self._mask))
            found = self._columns[place] = (column, _are_known(column))
        column, is_known = found
        figures: Any = column[start:end]
        return figures if is_known or None not in figures else None


class Kept:
    """What an aggregate looks at: the days of a window that pass the filter; days are numbers."""

    __slots__ = ("_days", "_end", "_figures", "_start", "window_end", "window_start")

    def __init__(self, days: Filtered, window_start: int, window_end: int) -> None:
        self._days, self.window_start, self.window_end = days, window_start, window_end
        self._start = bisect_left(days.numbers, window_start)
        self._end = bisect_left(days.numbers, window_end)
        self._figures: dict[int, Sequence[int] | None] = {}

    def __len__(self) -> int:
        return self._end - self._start

    @property
    def window_days(self) -> int:
        """How long the window is."""
        return self.window_end - self.window_start

    @property
    def numbers(self) -> Sequence[int]:
        """The days themselves."""
        return self._days.numbers[self._start : self._end]

    @property
    def first(self) -> int | None:
        """The first of all days that pass the filter, whenever."""
        return self._days.numbers[0] if self._days.numbers else None

    @property
    def last(self) -> int | None:
        """The last of them."""
        return self._days.numbers[-1] if self._days.numbers else None

    def figures(self, place: int) -> Sequence[int] | None:
        """Return a figure of each day; None if one of them is not known."""
        known = self._figures
        if place not in known:
            known[place] = self._days.part(place, self._start, self._end)
        return known[place]

    def before(self) -> "Kept":
        """Return the same of the window before that one."""
        return Kept(self._days, self.window_start - self.window_days, self.window_start)


Compiled = Callable[[Kept, int], FactValue]


def _out(feature: FeatureDef, minor: int | None) -> FactValue:
    if minor is None:
        return None
    if feature.unit is FactType.MONEY:
        return Decimal(minor).scaleb(-2)
    return minor // feature.divisor


def _sum(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: int) -> FactValue:
        figures = kept.figures(places[0])
        return None if figures is None else _out(feature, sum(figures))

    return value


def _mean(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: int) -> FactValue:
        figures = kept.figures(places[0])
        return _out(feature, sum(figures) // len(figures)) if figures else None

    return value


def _median_of_days(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: int) -> FactValue:
        figures = kept.figures(places[0])
        return None if figures is None else _out(feature, _median(figures) if figures else 0)

    return value


def _median_calendar(feature: FeatureDef, places: list[int]) -> Compiled:
    """All days of the window, closed ones as zero: a receipt added never lowers it."""

    def value(kept: Kept, _as_of: int) -> FactValue:
        figures = kept.figures(places[0])
        return None if figures is None else _out(feature, _calendar(figures, kept.window_days))

    return value


def _credited_median(feature: FeatureDef, places: list[int]) -> Compiled:
    """Each payer counts once a day, at the day's average ticket (S1-04).

    Against brushing: another sale to a payer already counted that day, at the average ticket or less, adds
    nothing; a sale to a new payer never takes anything away. None when payers are not known.
    """
    sales, payers, count = places

    def value(kept: Kept, _as_of: int) -> FactValue:
        totals, known, sold = kept.figures(sales), kept.figures(payers), kept.figures(count)
        if totals is None or known is None or sold is None or 0 in sold:
            return None
        credited = [
            total if some >= all_of_it else total * some // all_of_it
            for total, some, all_of_it in zip(totals, known, sold, strict=True)
        ]
        return _out(feature, _calendar(credited, kept.window_days))

    return value


def _evidenced_median(feature: FeatureDef, places: list[int]) -> Compiled:
    """Take what evidence backs; what only a personal code shows counts less the haircut (S4-06)."""
    keep = _ONE - Decimal(feature.parameter)
    if not 0 <= keep <= 1:
        raise ValueError("a haircut lies between 0 and 1")

    def value(kept: Kept, _as_of: int) -> FactValue:
        full, personal = kept.figures(places[0]), kept.figures(places[1])
        if full is None or personal is None:
            return None
        days = [plain + int(more * keep) for plain, more in zip(full, personal, strict=True)]
        return _out(feature, _calendar(days, kept.window_days))

    return value


def _variation(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: int) -> FactValue:
        figures = kept.figures(places[0])
        if figures is None or len(figures) < 2 or not sum(figures):
            return None
        with localcontext(prec=28):
            mean = Decimal(sum(figures)) / len(figures)
            variance = sum(((figure - mean) ** 2 for figure in figures), Decimal(0)) / len(figures)
            return (variance.sqrt() / mean).quantize(_PPM, rounding=ROUND_HALF_EVEN)

    return value


def _share(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: int) -> FactValue:
        part, whole = kept.figures(places[0]), kept.figures(places[1])
        return None if part is None or whole is None else ratio(sum(part), sum(whole))

    return value


def _change(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: int) -> FactValue:
        now, before = kept.figures(places[0]), kept.before().figures(places[0])
        return None if now is None or before is None else ratio(sum(now) - sum(before), sum(before))

    return value


def _count(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, _as_of: len(kept)


def _months(_feature: FeatureDef, _places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: int) -> FactValue:
        numbers, at, months = kept.numbers, 0, 0
        while at < len(numbers):
            day, months = date.fromordinal(numbers[at]), months + 1
            after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
            at = bisect_left(numbers, after.toordinal(), at)
        return months

    return value


def _max_gap(_feature: FeatureDef, _places: list[int]) -> Compiled:
    """Count from the first day ever seen, if that lies in the window: a young stream has no gap before it."""

    def value(kept: Kept, _as_of: int) -> FactValue:
        if kept.first is None or kept.first >= kept.window_end:
            return None
        ends = [max(kept.window_start, kept.first) - 1, *kept.numbers, kept.window_end]
        return max(b - a for a, b in pairwise(ends)) - 1

    return value


def _age(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, as_of: None if kept.first is None else as_of - kept.first


def _silence(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, as_of: None if kept.last is None else as_of - kept.last


def _latest(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: int) -> FactValue:
        columns = [kept.figures(place) or (0,) * len(kept) for place in places]
        for day in zip(*(reversed(column) for column in columns), strict=True):
            shown = [label for label, figure in zip(feature.parameter, day, strict=True) if figure > 0]
            if shown:
                return shown[-1]
        return None

    return value


def _median(figures: Sequence[int]) -> int:
    ordered, middle = sorted(figures), len(figures) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def _calendar(figures: Sequence[int], window_days: int) -> int:
    return _median([*figures, *[0] * (window_days - len(figures))])


def ratio(part: int, whole: int) -> Decimal | None:
    """Return part / whole to six decimals; None when there is no whole."""
    return (Decimal(part) / Decimal(whole)).quantize(_PPM, rounding=ROUND_HALF_EVEN) if whole > 0 else None


AGGREGATES: Final[Mapping[Aggregate, Callable[[FeatureDef, list[int]], Compiled]]] = {
    Aggregate.SUM: _sum,
    Aggregate.COUNT: _count,
    Aggregate.MONTHS: _months,
    Aggregate.MEAN: _mean,
    Aggregate.MEDIAN: _median_of_days,
    Aggregate.MEDIAN_CALENDAR: _median_calendar,
    Aggregate.CREDITED_MEDIAN: _credited_median,
    Aggregate.EVIDENCED_MEDIAN: _evidenced_median,
    Aggregate.VARIATION: _variation,
    Aggregate.MAX_GAP: _max_gap,
    Aggregate.SHARE: _share,
    Aggregate.CHANGE: _change,
    Aggregate.AGE: _age,
    Aggregate.SILENCE: _silence,
    Aggregate.LATEST: _latest,
}
