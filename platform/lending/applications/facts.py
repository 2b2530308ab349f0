"""The facts an assessment hands to the decision engine: what the bank may know on the day, no more.

Lending gathers, because risk asks nobody: receipts under the applicant's consent, the enterprise's
registration, and the request itself. What follows from these, and the rules in force, risk adds by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kernel.money import Money
from kernel.periods import Period
from lending.applications.observed import SCENE_DAYS, Observed, Takings
from lending.products.terms import ProductView
from openbanking.receipts.queries import DaySigns, Delivered, ReceiptDayView
from parties.enterprises.views import EnterpriseView
from risk.features.brushing import COUNTED, SignDay, brushing, brushing_facts
from risk.features.evaluate import Parties, StreamFigures, evaluate
from risk.features.facts import FactValue
from risk.features.forecast import forecast_facts
from risk.features.receipts import SIGNS, DayFigures, stream_figures
from risk.features.scene_quality import SceneRecord, scene_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the applicant asks for."""

    amount: Money
    tenor_days: int


def day_figures(days: Iterable[ReceiptDayView]) -> tuple[DayFigures, ...]:
    """Return open banking's days as risk's own, oldest first."""
    return tuple(
        DayFigures(
            day=day.day,
            sale_count=day.sale_count,
            sales=day.sales,
            refund_count=day.refund_count,
            refunds=day.refunds,
            payer_count=day.payer_count,
        )
        for day in sorted(days, key=lambda day: day.day)
    )


def whole_years(start: date, end: date) -> int:
    """Return the whole years from `start` to `end`, as an age is counted."""
    return whole_months(start, end) // 12


def whole_months(start: date, end: date) -> int:
    """Return the whole calendar months from `start` to `end`."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(months - (end.day < start.day), 0)


def observed_facts(observed: Observed, *, as_of_date: date) -> dict[str, FactValue]:
    """Return what follows from the streams; a stream without a consent is a state of its own, not zero."""
    streams = {
        view.stream: StreamFigures(
            view.days,
            [Parties(row.role, row.period, row.distinct, row.largest, row.total) for row in view.parties],
        )
        for view in observed.streams
    }
    takings = observed.takings or Takings((), (), Delivered(0, 0, 0))
    if observed.takings is not None:
        signs = {day.day: [getattr(day, name) for name in SIGNS] for day in takings.signs}
        streams["receipts"] = stream_figures(day_figures(takings.days), signs)
    facts = dict(evaluate(streams, as_of_date=as_of_date).facts)
    found = brushing([_sign_day(day) for day in takings.signs], as_of_date=as_of_date)
    facts |= brushing_facts(found, evidenced_daily=facts["receipts.evidenced_daily_90d"])
    facts |= forecast_facts([(day.day, day.sales.minor) for day in takings.days], as_of_date=as_of_date)
    return facts | scene_facts(_scene_records(takings, as_of_date))


def _sign_day(day: DaySigns) -> SignDay:
    return SignDay(day.day, day.sale_count, {name: getattr(day, f"{name}_count") for name in COUNTED})


def _scene_records(takings: Takings, as_of_date: date) -> list[SceneRecord]:
    """Return what the scene sent in the last days; a younger shop is expected from its first day on."""
    window = Period.last_days(SCENE_DAYS, before=as_of_date)
    inside = [day for day in takings.signs if day.day in window]
    if not inside:
        return []
    first = max(window.start_date, takings.days[0].day)
    return [
        SceneRecord(
            days_expected=(as_of_date - first).days,
            days_delivered=len(inside),
            sale_count=sum(day.sale_count for day in inside),
            late_count=sum(day.late_count for day in inside),
            payer_known_count=sum(day.payer_known_count for day in inside),
            doubtful_count=sum(day.doubtful_count for day in inside),
            rows_read=takings.delivered.rows_read,
            rows_rejected=takings.delivered.rows_rejected,
        )
    ]


def gather(
    *,
    observed: Observed,
    enterprise: EnterpriseView,
    request: Request,
    product: ProductView,
    area_ok: bool,
    born_date: date | None,
    first_time: bool,
    as_of_date: date,
) -> dict[str, FactValue]:
    """Return every fact known about an application as of a date.

    Of a `first_time` borrower the bank knows that it settled and owes nothing here; of any other the loans
    would have to be asked, and until they are the figures are not known, which is never zero.
    """
    facts = observed_facts(observed, as_of_date=as_of_date)
    facts |= {
        "enterprise.months_open": whole_months(enterprise.opened_date, as_of_date),
        "enterprise.industry": enterprise.industry,
        "enterprise.area_ok": area_ok,
        "representative.age": None if born_date is None else whole_years(born_date, as_of_date),
        "application.amount": request.amount.major,
        "application.tenor_days": request.tenor_days,
        "application.revolving": True,
        "product.limit_max": product.limit_max.major,
        "product.annual_rate": product.annual_rate.fraction,
    }
    if first_time:
        facts |= {"bank.loans_settled": 0, "bank.overdue_now": False}
    return facts
