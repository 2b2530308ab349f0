"""The facts an assessment hands to the decision engine: what the bank may know on the day, no more.

Lending gathers, because risk asks nobody: receipts under the applicant's consent, the enterprise's
registration, and the request itself. What follows from these, and the rules in force, risk adds by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kernel.money import Money
from lending.products.terms import ProductView
from openbanking.receipts.queries import ReceiptDayView
from parties.enterprises.views import EnterpriseView
from risk.features.facts import FactValue
from risk.features.receipts import DayFigures, receipt_features


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


def gather(
    *,
    days: Iterable[ReceiptDayView],
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
    facts = receipt_features(days=day_figures(days), as_of_date=as_of_date)
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
