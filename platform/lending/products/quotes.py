"""What a draw costs in all, reckoned before it is made: schedule, interest, every fee, the annual cost.

Pure. The annual cost carries the name of its convention (P-01, P-02; ADR 0010): simple interest on actual
days over 365 where the draw is repaid in one sum, the internal rate of the instalments otherwise. The same
figure is what a product is held to when it is published (R-11).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.apr import CashFlow, Convention, simple_by_days
from kernel.calendars import Calendar
from kernel.day_counts import DayCount
from kernel.interest import interest_minor
from kernel.money import Money
from kernel.recurrence import Frequency, Unit
from kernel.refusals import Refusal
from kernel.schedules import Method, ScheduleTerms, Tranche, build_schedule
from lending.products.costs import named_cost_of
from lending.products.fees import borne_by_borrower, fees_on
from lending.products.tenors import tenor_of
from lending.products.terms import Fee, ProductTerms, ProductView

APR_METHODS: Final = (Convention.SIMPLE, Convention.IRR_MONTHS, Convention.IRR_DAYS)
NEXT_WORKDAY: Final = "next_workday"


class AmountNotOffered(Refusal):
    """The amount is below the smallest draw or above the largest limit."""

    code = "products.amount_out_of_range"
    message = "{asked} is not between {draw_min} and {limit_max}."


class TenorNotOffered(Refusal):
    """The tenor is not one the product is offered for."""

    code = "products.term_not_offered"
    message = "{tenor_days} days is not between {tenor_days_min} and {tenor_days_max}."


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """One line of the schedule; `balance` is the principal left once it is paid."""

    due_date: date
    principal: Money
    interest: Money
    number: int
    balance: Money

    @property
    def total(self) -> Money:
        """What is due on the day."""
        return self.principal + self.interest


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A draw, reckoned to its due date; `all_in_cost` is a fraction a year."""

    product_version_id: UUID
    amount: Money
    tenor_days: int
    days: int
    draw_date: date
    due_date: date
    due_date_is_provisional: bool
    rows: tuple[QuoteRow, ...]
    interest: Money
    fees: tuple[tuple[Fee, Money], ...]
    total_repayable: Money
    all_in_cost: Decimal
    nominal_360: Decimal
    nominal_365: Decimal
    apr_method: str
    valid_until: date


def due_date_of(*, terms: ProductTerms, draw_date: date, tenor_days: int, calendar: Calendar) -> date:
    """Return the day a draw falls due, rolled to a workday where the product says so (L-07)."""
    nominal = draw_date + timedelta(days=tenor_days)
    return calendar.next_workday(nominal) if terms.due_date_roll == NEXT_WORKDAY else nominal


def _one_row(
    product: ProductView, amount: Money, draw_date: date, tenor_days: int, calendar: Calendar
) -> tuple[QuoteRow, ...]:
    due_date = due_date_of(terms=product, draw_date=draw_date, tenor_days=tenor_days, calendar=calendar)
    days = (due_date - draw_date).days
    minor = interest_minor(product=amount.minor * days, rate=product.annual_rate, rounding=product.rounding)
    return (QuoteRow(due_date, amount, Money(minor, amount.currency), 1, Money(0, amount.currency)),)


def _instalments(
    product: ProductView, amount: Money, draw_date: date, calendar: Calendar
) -> tuple[QuoteRow, ...]:
    """Return the rows of a product with instalments, each payable on its rolled due date (L-07)."""
    built = build_schedule(
        ScheduleTerms(
            tranches=(Tranche(draw_date, amount.minor),),
            rate_ppm=product.annual_rate.ppm,
            method=Method(product.repayment_method),
            count=product.instalment_count,
            frequency=Frequency(Unit(product.period_unit), product.period_every),
            anchor_day=product.anchor_day,
            day_count=DayCount(product.day_count),
            interest_rounding=product.rounding,
            principal_grace=product.grace_principal_count,
            interest_grace=product.grace_interest_count,
            currency=amount.currency,
        )
    )
    rolls = product.due_date_roll == NEXT_WORKDAY
    return tuple(
        QuoteRow(
            calendar.next_workday(row.due_date) if rolls else row.due_date,
            Money(row.principal, amount.currency),
            Money(row.interest, amount.currency),
            row.number,
            Money(row.balance, amount.currency),
        )
        for row in built.rows
    )


def _cost(
    product: ProductView, amount: Money, borrower_fees: Money, rows: tuple[QuoteRow, ...], draw_date: date
) -> tuple[Decimal, Convention]:
    """Return the annual all-in cost, fees paid out of the draw, and its convention.

    With instalments it is the figure held against the cap: by nominal due dates, as a roll is no price.
    """
    if product.is_scheduled:
        return named_cost_of(product, amount=amount, days=product.tenor_days_min, start=draw_date)
    flows = [CashFlow(row.due_date, -row.total) for row in rows]
    return simple_by_days([CashFlow(draw_date, amount - borrower_fees), *flows]), Convention.SIMPLE


def reckon(
    *, product: ProductView, amount: Money, tenor_days: int | None, draw_date: date, calendar: Calendar
) -> Quote:
    """Return the quote of a draw; refuses an amount or a tenor the product is not offered for.

    Lent by the day, interest runs to the rolled due date: on calendar days, holidays too (M-08). With
    instalments the tenor is the product's, and each is payable on its rolled due date.
    """
    if not product.draw_min <= amount <= product.limit_max:
        raise AmountNotOffered(
            asked=str(amount), draw_min=str(product.draw_min), limit_max=str(product.limit_max)
        )
    tenor_days = tenor_of(terms=product, tenor_days=tenor_days, start_date=draw_date)
    if not product.tenor_days_min <= tenor_days <= product.tenor_days_max:
        raise TenorNotOffered(
            tenor_days=tenor_days,
            tenor_days_min=product.tenor_days_min,
            tenor_days_max=product.tenor_days_max,
        )
    rows = (
        _instalments(product, amount, draw_date, calendar)
        if product.is_scheduled
        else _one_row(product, amount, draw_date, tenor_days, calendar)
    )
    due_date = rows[-1].due_date
    days = (due_date - draw_date).days
    interest = Money.total((row.interest for row in rows), amount.currency)
    fees = fees_on(terms=product, amount=amount)
    borrower_fees = borne_by_borrower(fees)
    cost, convention = _cost(product, amount, borrower_fees, rows, draw_date)
    return Quote(
        product_version_id=product.id,
        amount=amount,
        tenor_days=tenor_days,
        days=days,
        draw_date=draw_date,
        due_date=due_date,
        due_date_is_provisional=calendar.is_provisional(due_date),
        rows=rows,
        interest=interest,
        fees=fees,
        total_repayable=amount + interest + borrower_fees,
        all_in_cost=cost,
        nominal_360=product.annual_rate.on_basis(360),
        nominal_365=product.annual_rate.on_basis(365),
        apr_method=convention.value,
        valid_until=draw_date + timedelta(days=product.quote_days),
    )
