"""Reads: days, a recount that proves the days, and audiences for marketing."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Max, Min, Sum

from kernel.money import Money
from kernel.periods import Period
from kernel.values import made_often
from openbanking.receipts.models import ReceiptDay
from plumbing.trip import Call

_SQL: Final = Path(__file__).with_name("sql")
SIGN_COLUMNS: Final = (
    *("plain_count", "doubtful_count", "own_count", "loop_count", "again_count", "soon_count"),
    *("night_count", "round_count", "twin_count", "rapid_count", "payer_known_count"),
    *("personal_sales", "evidenced", "evidenced_personal"),
)
KNOWN_COLUMNS: Final = (
    *("sale_count", "sales", "refund_count", "refunds", "payer_count", "late_count"),
    *SIGN_COLUMNS,
)
_DAYS_AS_KNOWN: Final = "SELECT receipts_as_known(%s, %s, %s, %s, %s, %s, true)"
_DELIVERED: Final = "SELECT receipts_delivered(%s, %s, %s, %s)"
_AUDIENCE: Final = (_SQL / "audience.sql").read_text(encoding="utf-8")
_RECOUNT: Final = (_SQL / "recount.sql").read_text(encoding="utf-8")
_DIFFERENCES: Final = (
    (_SQL / "differences.sql").read_text(encoding="utf-8").replace("/* recount */", _RECOUNT)
)
_MONTH_DIFFERENCES: Final = (_SQL / "month_differences.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class ReceiptDayView:
    """One day's takings in Asia/Shanghai; `payer_count` counts distinct payers of sales, in each scene."""

    day: date
    sale_count: int
    sales: Money
    refund_count: int
    refunds: Money
    payer_count: int


@made_often
@dataclass(frozen=True, slots=True)
class KnownDays:
    """Days as they were known by a date, oldest first, by number (`date.toordinal`).

    `figures` are of each of `columns` an array over the same days; amounts in fen.
    `late_count`: receipts known more than three days after. Of sales: `plain_count` show no sign of brushing,
    `doubtful_count` count for nothing. `evidenced`: each payer's largest sale that is not doubtful, summed;
    `evidenced_personal`: what personal codes would add to that in full. Signs are None before `signs_since`,
    and where they were not asked for.
    """

    columns: tuple[str, ...]
    numbers: Sequence[int]
    figures: Sequence[Sequence[int | None]]

    @property
    def days(self) -> tuple[tuple[date, tuple[int | None, ...]], ...]:
        """Return the same by day, each day's figures in the order of `columns`."""
        return tuple(zip(map(date.fromordinal, self.numbers), zip(*self.figures, strict=True), strict=True))


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a scene delivered about an enterprise in a span of time: rows of batches."""

    rows_read: int
    rows_rejected: int
    rows_duplicate: int


@made_often
@dataclass(frozen=True, slots=True)
class UnderConsent:
    """The data classes that consents cover, and of receipts what was asked for; None: not, or no consent."""

    classes: frozenset[str]
    known: KnownDays | None
    delivered: Delivered | None


@made_often
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is asked of consents at `now` and, if they cover them, of the receipts: one call, in any trip.

    Without `signs_since` the signs are left out, without `delivered_in` the deliveries, without `days` both
    days and signs: what nobody asks for is not read. Whole months are read, and the days themselves only
    where `known_by` lies before a month's last change; the figures are the same (`day_differences`).
    """

    enterprise_id: UUID
    scene_id: UUID
    purpose: str
    now: datetime
    known_by: date
    period: Period
    signs_since: date | None
    delivered_in: tuple[datetime, datetime] | None
    days: bool = True

    def call(self) -> Call:
        """Return the function and its arguments."""
        signs, (since, until) = self.signs_since, self.delivered_in or (None, None)
        return "receipts_under_consent", (
            str(self.enterprise_id),
            str(self.scene_id),
            self.purpose,
            self.now.isoformat(),
            "true" if self.days else "false",
            self.period.start_date.isoformat(),
            self.period.end_date.isoformat(),
            self.known_by.isoformat(),
            None if signs is None else signs.isoformat(),
            None if since is None else since.isoformat(),
            None if until is None else until.isoformat(),
        )

    def found(self, answer: str | None) -> UnderConsent:
        """Return what the function answered."""
        classes, takings, signs, as_known, counts = orjson.loads(answer or "")
        known = None
        if self.days and "receipts" in classes:
            if takings:
                known = _of_months(takings, signs, self.period, self.signs_since)
            else:
                known = _filled(as_known or [[]])
        return UnderConsent(frozenset(classes), known, None if counts is None else Delivered(*counts))


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """An enterprise's takings in a window, over its active days (those with a sale)."""

    enterprise_id: UUID
    scene_id: UUID
    active_days: int
    median_daily: Money
    sales: Money
    refunds: Money
    first_day: date


@dataclass(frozen=True, slots=True)
class DayDifference:
    """A day whose folded figures are not those of a recount: always a defect."""

    enterprise_id: UUID
    scene_id: UUID
    day: date


def days(
    *, enterprise_id: UUID, period: Period, scene_ids: Collection[UUID] | None = None
) -> tuple[ReceiptDayView, ...]:
    """Return the days of a period that have receipts, oldest first; all scenes together, or some.

    It asks for no consent: whoever decides or shows names the scenes whose data may be used.
    """
    rows = ReceiptDay.objects.filter(
        enterprise_id=enterprise_id, day__gte=period.start_date, day__lt=period.end_date
    )
    if scene_ids is not None:
        rows = rows.filter(scene_id__in=scene_ids)
    sums = rows.values("day").annotate(
        sale_count_sum=Sum("sale_count"),
        sales_sum=Sum("sales"),
        refund_count_sum=Sum("refund_count"),
        refunds_sum=Sum("refunds"),
        payer_count_sum=Sum("payer_count"),
    )
    return tuple(
        ReceiptDayView(
            day=row["day"],
            sale_count=row["sale_count_sum"],
            sales=_money(row["sales_sum"]),
            refund_count=row["refund_count_sum"],
            refunds=_money(row["refunds_sum"]),
            payer_count=row["payer_count_sum"],
        )
        for row in sums.order_by("day")
    )


def _money(value: Money | int) -> Money:
    return value if isinstance(value, Money) else Money(int(value))


def days_as_known(
    *, enterprise_id: UUID, scene_id: UUID, period: Period, known_by: date, signs_since: date
) -> KnownDays:
    """Return an enterprise's days in a scene as they were known at the end of a date, in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            _DAYS_AS_KNOWN,
            [enterprise_id, scene_id, period.start_date, period.end_date, known_by, signs_since],
        )
        return _known_days(cursor.fetchone()[0])


def _known_days(text: str | None) -> KnownDays:
    """Return the days behind the arrays of `receipts_as_known`; figures left out are None."""
    return _filled([[]] if text is None else orjson.loads(text))


def _filled(arrays: list[Any]) -> KnownDays:
    numbers, *figures = arrays
    figures += [[None] * len(numbers)] * (len(KNOWN_COLUMNS) - len(figures))
    return KnownDays(KNOWN_COLUMNS, numbers, figures)


def _of_months(
    takings: list[list[list[int | None]]],
    signs: list[list[list[int | None]]],
    period: Period,
    signs_since: date | None,
) -> KnownDays:
    """Return the days of a period out of whole months; `signs` are those of the last of them."""
    arrays: list[Any] = [list(chain.from_iterable(parts)) for parts in zip(*takings, strict=True)]
    days = arrays[0]
    first = bisect_left(days, period.start_date.toordinal())
    last = bisect_left(days, period.end_date.toordinal())
    if first or last < len(days):
        arrays = [array[first:last] for array in arrays]
    if signs_since is not None:
        since = min(max(bisect_left(days, signs_since.toordinal()), first), last)
        before = len(days) - sum(len(month[0]) for month in signs)
        for parts in zip(*signs, strict=True):
            told = list(chain.from_iterable(parts))
            arrays.append([None] * (since - first) + told[since - before : last - before])
    return _filled(arrays)


def delivered(*, enterprise_id: UUID, scene_id: UUID, since: datetime, until: datetime) -> Delivered:
    """Return how many rows a scene sent about an enterprise from one instant to before another."""
    with connection.cursor() as cursor:
        cursor.execute(_DELIVERED, [enterprise_id, scene_id, since, until])
        return Delivered(*cursor.fetchone()[0])


def span(*, enterprise_id: UUID) -> Period | None:
    """Return the days from an enterprise's first receipt to its last, or None when there are none."""
    ends = ReceiptDay.objects.filter(enterprise_id=enterprise_id).aggregate(first=Min("day"), last=Max("day"))
    if ends["first"] is None or ends["last"] is None:
        return None
    return Period(ends["first"], date.fromordinal(ends["last"].toordinal() + 1))


def audience(*, period: Period) -> tuple[AudienceRow, ...]:
    """Return every enterprise and scene with a sale in the period, in one set-based pass."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIENCE, {"start_date": period.start_date, "end_date": period.end_date})
        rows = cursor.fetchall()
    return tuple(
        AudienceRow(
            enterprise_id=enterprise_id,
            scene_id=scene_id,
            active_days=active_days,
            median_daily=Money(int(median)),
            sales=Money(int(sales)),
            refunds=Money(int(refunds)),
            first_day=first_day,
        )
        for enterprise_id, scene_id, active_days, median, sales, refunds, first_day in rows
    )


def day_differences(*, enterprise_id: UUID | None = None) -> tuple[DayDifference, ...]:
    """Recount every receipt and return the days whose folded figures differ: none, or a defect.

    A month that is not what its days are is told by its first day.
    """
    with connection.cursor() as cursor:
        found: set[tuple[UUID, UUID, date]] = set()
        for statement in (_DIFFERENCES, _MONTH_DIFFERENCES):
            cursor.execute(statement, {"enterprise_id": enterprise_id})
            found.update(cursor.fetchall())
        return tuple(DayDifference(*row) for row in sorted(found))
