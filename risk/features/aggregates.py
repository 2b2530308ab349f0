"""How the days of a window become one value: an aggregate each, built once for a feature. Pure, exact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, localcontext
from itertools import pairwise
from typing import Final

from kernel.periods import Period
from risk.features.definitions import Aggregate, FeatureDef
from risk.features.facts import FactType, FactValue

_PPM: Final = Decimal("0.000001")
_ONE: Final = Decimal(1)
Row = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What an aggregate looks at: the window's days that pass the filter, and where the stream begins."""

    days: Sequence[tuple[date, Row]]
    window: Period
    first: date | None  # of all days that pass the filter, whenever
    last: date | None
    before: Sequence[tuple[date, Row]]  # the window before that one


Compiled = Callable[[Kept, date], FactValue]


def _out(feature: FeatureDef, minor: int | None) -> FactValue:
    if minor is None:
        return None
    if feature.unit is FactType.MONEY:
        return Decimal(minor).scaleb(-2).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return minor // feature.divisor


def _column(days: Sequence[tuple[date, Row]], place: int) -> list[int] | None:
    """Return a figure of each day; None if one of them is not known."""
    found = [row[place] for _, row in days]
    return None if None in found else [figure for figure in found if figure is not None]


def _sum(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        return None if figures is None else _out(feature, sum(figures))

    return value


def _mean(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        return _out(feature, sum(figures) // len(figures)) if figures else None

    return value


def _median_of_days(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        return None if figures is None else _out(feature, _median(figures) if figures else 0)

    return value


def _median_calendar(feature: FeatureDef, places: list[int]) -> Compiled:
    """All days of the window, closed ones as zero: a receipt added never lowers it."""

    def value(kept: Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        return None if figures is None else _out(feature, _calendar(figures, kept.window))

    return value


def _credited_median(feature: FeatureDef, places: list[int]) -> Compiled:
    """Each payer counts once a day, at the day's average ticket (S1-04).

    Against brushing: another sale to a payer already counted that day, at the average ticket or less, adds
    nothing; a sale to a new payer never takes anything away. None when payers are not known.
    """
    sales, payers, count = places

    def value(kept: Kept, _as_of: date) -> FactValue:
        days = [(row[sales], row[payers], row[count]) for _, row in kept.days]
        credited = [
            total if known >= sold else total * known // sold
            for total, known, sold in days
            if total is not None and known is not None and sold
        ]
        if len(credited) < len(days):
            return None
        return _out(feature, _calendar(credited, kept.window))

    return value


def _evidenced_median(feature: FeatureDef, places: list[int]) -> Compiled:
    """Take what evidence backs; what only a personal code shows counts less the haircut (S4-06)."""
    keep = _ONE - Decimal(feature.parameter)
    if not 0 <= keep <= 1:
        raise ValueError("a haircut lies between 0 and 1")

    def value(kept: Kept, _as_of: date) -> FactValue:
        full, personal = _column(kept.days, places[0]), _column(kept.days, places[1])
        if full is None or personal is None:
            return None
        days = [plain + int(more * keep) for plain, more in zip(full, personal, strict=True)]
        return _out(feature, _calendar(days, kept.window))

    return value


def _variation(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: date) -> FactValue:
        figures = _column(kept.days, places[0])
        if figures is None or len(figures) < 2 or not sum(figures):
            return None
        with localcontext(prec=28):
            mean = Decimal(sum(figures)) / len(figures)
            variance = sum(((figure - mean) ** 2 for figure in figures), Decimal(0)) / len(figures)
            return (variance.sqrt() / mean).quantize(_PPM, rounding=ROUND_HALF_EVEN)

    return value


def _share(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: date) -> FactValue:
        part, whole = _column(kept.days, places[0]), _column(kept.days, places[1])
        return None if part is None or whole is None else ratio(sum(part), sum(whole))

    return value


def _change(_feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: date) -> FactValue:
        now, before = _column(kept.days, places[0]), _column(kept.before, places[0])
        return None if now is None or before is None else ratio(sum(now) - sum(before), sum(before))

    return value


def _count(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, _as_of: len(kept.days)


def _months(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, _as_of: len({(day.year, day.month) for day, _ in kept.days})


def _max_gap(_feature: FeatureDef, _places: list[int]) -> Compiled:
    """Count from the first day ever seen, if that lies in the window: a young stream has no gap before it."""

    def value(kept: Kept, _as_of: date) -> FactValue:
        if kept.first is None or kept.first >= kept.window.end_date:
            return None
        start = max(kept.window.start_date, kept.first) - timedelta(days=1)
        ends = [start, *(day for day, _ in kept.days), kept.window.end_date]
        return max((b - a).days - 1 for a, b in pairwise(ends))

    return value


def _age(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, as_of: None if kept.first is None else (as_of - kept.first).days


def _silence(_feature: FeatureDef, _places: list[int]) -> Compiled:
    return lambda kept, as_of: None if kept.last is None else (as_of - kept.last).days


def _latest(feature: FeatureDef, places: list[int]) -> Compiled:
    def value(kept: Kept, _as_of: date) -> FactValue:
        for _, row in reversed(kept.days):
            shown = [
                label for label, place in zip(feature.parameter, places, strict=True) if (row[place] or 0) > 0
            ]
            if shown:
                return shown[-1]
        return None

    return value


def _median(figures: Sequence[int]) -> int:
    ordered, middle = sorted(figures), len(figures) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def _calendar(figures: Sequence[int], window: Period) -> int:
    return _median([*figures, *[0] * (window.days - len(figures))])


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
