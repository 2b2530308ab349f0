"""What a draw costs in all, reckoned before it is made: schedule, interest, every fee, the annual cost.

Pure. The annual cost is simple interest on actual days over 365 and is labelled so (P-01, P-02); the same
figure is what a product is held to when it is published (R-11).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.apr import CashFlow, simple_by_days
from kernel.calendars import Calendar
from kernel.interest import interest_minor
from kernel.money import Money, Rounding, round_minor
from kernel.refusals import Refusal
from lending.products.terms import Fee, Payer, ProductTerms, ProductView

APR_METHOD: Final = "simple_365"
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
    """One line of the schedule."""

    due_date: date
    principal: Money
    interest: Money

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


def fees_on(*, terms: ProductTerms, amount: Money) -> tuple[tuple[Fee, Money], ...]:
    """Return each fee of the product on a draw, whoever bears it."""
    return tuple(
        (fee, Money(round_minor(fee.rate * amount.minor, terms.rounding), amount.currency))
        for fee in terms.fees
    )


def borne_by_borrower(fees: tuple[tuple[Fee, Money], ...]) -> Money:
    """Return what of the fees the borrower pays."""
    return Money.total(amount for fee, amount in fees if fee.payer is Payer.BORROWER)


def all_in_cost(
    *, amount: Money, interest: Money, borrower_fees: Money, draw_date: date, due_date: date
) -> Decimal:
    """Return the annual all-in cost of one draw repaid in one sum, fees paid out of the draw."""
    return simple_by_days(
        [
            CashFlow(draw_date, amount - borrower_fees),
            CashFlow(due_date, -(amount + interest)),
        ]
    )


def dearest_cost(*, terms: ProductTerms) -> Decimal:
    """Return the highest annual all-in cost the terms allow: fees weigh most on the shortest loan.

    Without fees it is the nominal rate over 365 days, exactly: 23.8 % on 360 is 24.13 % (2.2 F).
    """
    nominal = terms.annual_rate.on_basis(365)
    amount, days = terms.limit_max, terms.tenor_days_min
    borrower_fees = borne_by_borrower(fees_on(terms=terms, amount=amount))
    if not borrower_fees:
        return nominal
    interest = Money(
        interest_minor(product=amount.minor * days, rate=terms.annual_rate, rounding=Rounding.UP),
        amount.currency,
    )
    start = date(2026, 1, 1)  # any day: only the number of days counts
    return max(
        nominal,
        all_in_cost(
            amount=amount,
            interest=interest,
            borrower_fees=borrower_fees,
            draw_date=start,
            due_date=start + timedelta(days=days),
        ),
    )


def reckon(
    *, product: ProductView, amount: Money, tenor_days: int, draw_date: date, calendar: Calendar
) -> Quote:
    """Return the quote of a draw; refuses an amount or a tenor the product is not offered for.

    Interest runs to the rolled due date: on calendar days, holidays too (M-08).
    """
    if not product.draw_min <= amount <= product.limit_max:
        raise AmountNotOffered(
            asked=str(amount), draw_min=str(product.draw_min), limit_max=str(product.limit_max)
        )
    if not product.tenor_days_min <= tenor_days <= product.tenor_days_max:
        raise TenorNotOffered(
            tenor_days=tenor_days,
            tenor_days_min=product.tenor_days_min,
            tenor_days_max=product.tenor_days_max,
        )
    due_date = due_date_of(terms=product, draw_date=draw_date, tenor_days=tenor_days, calendar=calendar)
    days = (due_date - draw_date).days
    minor = interest_minor(product=amount.minor * days, rate=product.annual_rate, rounding=product.rounding)
    interest, fees = Money(minor, amount.currency), fees_on(terms=product, amount=amount)
    borrower_fees = borne_by_borrower(fees)
    return Quote(
        product_version_id=product.id,
        amount=amount,
        tenor_days=tenor_days,
        days=days,
        draw_date=draw_date,
        due_date=due_date,
        due_date_is_provisional=calendar.is_provisional(due_date),
        rows=(QuoteRow(due_date, amount, interest),),
        interest=interest,
        fees=fees,
        total_repayable=amount + interest + borrower_fees,
        all_in_cost=all_in_cost(
            amount=amount,
            interest=interest,
            borrower_fees=borrower_fees,
            draw_date=draw_date,
            due_date=due_date,
        ),
        nominal_360=product.annual_rate.on_basis(360),
        nominal_365=product.annual_rate.on_basis(365),
        apr_method=APR_METHOD,
        valid_until=draw_date + timedelta(days=product.quote_days),
    )
