"""For how long a product lends: as long as asked, or as long as its instalments run. Pure."""

from datetime import date

from kernel.recurrence import Frequency, Unit, due_dates
from kernel.refusals import Kind, Refusal
from lending.products.terms import ProductTerms


class TenorMissing(Refusal):
    """A product without instalments lends for as many days as the borrower says."""

    code = "products.tenor_missing"
    kind = Kind.INVALID
    message = "The product {product} is lent by the day: say for how many days."


def nominal_due_dates(*, terms: ProductTerms, start_date: date) -> tuple[date, ...]:
    """Return the due dates of a product with instalments, before any of them rolls to a workday (L-07)."""
    return due_dates(
        start=start_date,
        frequency=Frequency(Unit(terms.period_unit), terms.period_every),
        count=terms.instalment_count,
        anchor_day=terms.anchor_day,
    )


def tenor_of(*, terms: ProductTerms, tenor_days: int | None, start_date: date) -> int:
    """Return the days a draw made on a day runs for.

    With instalments they are the product's own, whatever was named within its range; a number out of the
    range comes back as it is, for the caller to refuse. Refuses a product lent by the day without a number.
    """
    if tenor_days is None and not terms.is_scheduled:
        raise TenorMissing(product=terms.code)
    if not terms.is_scheduled or not _in_range(terms, tenor_days):
        return tenor_days or 0
    return (nominal_due_dates(terms=terms, start_date=start_date)[-1] - start_date).days


def _in_range(terms: ProductTerms, tenor_days: int | None) -> bool:
    return tenor_days is None or terms.tenor_days_min <= tenor_days <= terms.tenor_days_max
