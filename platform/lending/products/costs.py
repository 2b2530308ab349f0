"""What the terms of a product cost in a year, exactly: the figure the cap is held against (R-11, rules 2.2).

Pure. Without instalments it is simple interest on actual days over 365; with instalments the internal rate of
their flows, by months where they are whole months apart and by days otherwise (ADR 0010). Every party's fee
that the borrower bears counts. Amounts are reckoned in ten-thousandths of a fen: rounding to the fen is no
price, and a product at the very cap is not above it.
"""

from datetime import date
from decimal import Decimal, localcontext
from typing import Final

from kernel.apr import CashFlow, CashFlowsInvalid, Convention, annual_cost
from kernel.day_counts import DayCount
from kernel.money import Money, Rounding, round_minor
from kernel.rates import PPM, AnnualRate
from kernel.recurrence import Frequency, Unit
from kernel.schedules import Method, ScheduleTerms, Tranche, build_schedule
from lending.products.fees import borne_by_borrower, fees_on
from lending.products.terms import ProductTerms

FINE: Final = 10_000
PLACES: Final = Decimal("1E-9")
YEAR_DAYS: Final = 365
MONTH_DAYS: Final = 30
ANY_DAY: Final = date(2026, 1, 1)  # only the number of days and months counts


def cost_of(
    terms: ProductTerms,
    *,
    amount: Money,
    days: int,
    annual_rate: AnnualRate | None = None,
    start: date = ANY_DAY,
    monthly_fee: Decimal = Decimal(0),
) -> Decimal:
    """Return the annual all-in cost of one draw, exact to nine decimals; `days` count without instalments.

    `annual_rate` replaces the product's own, as a line or a repricing does. `monthly_fee` is what the
    borrower bears each month of the loan besides, a guarantor's fee for instance, as a share of the draw.
    """
    return named_cost_of(
        terms, amount=amount, days=days, annual_rate=annual_rate, start=start, monthly_fee=monthly_fee
    )[0]


def named_cost_of(
    terms: ProductTerms,
    *,
    amount: Money,
    days: int,
    annual_rate: AnnualRate | None = None,
    start: date = ANY_DAY,
    monthly_fee: Decimal = Decimal(0),
) -> tuple[Decimal, Convention]:
    """Return the same cost with the convention it is reckoned under: no figure travels without (ADR 0010)."""
    rate = annual_rate or terms.annual_rate
    fees = borne_by_borrower(fees_on(terms=terms, amount=amount))
    if terms.is_scheduled:
        return _with_instalments(terms, amount, fees, rate, start, monthly_fee=monthly_fee)
    nominal = rate.on_basis(YEAR_DAYS)
    if not fees and not monthly_fee:
        return nominal, Convention.SIMPLE
    with localcontext(prec=40):
        interest_exact = Decimal(amount.minor * days * rate.ppm) / (rate.basis * PPM)
        interest_exact += monthly_fee * amount.minor * days / MONTH_DAYS
        whole = (interest_exact + fees.minor) / (amount - fees).minor * YEAR_DAYS / days
        return max(nominal, whole).quantize(PLACES), Convention.SIMPLE


def dearest_cost_of(terms: ProductTerms) -> Decimal:
    """Return the highest annual cost the terms allow: fees weigh most on the shortest loan."""
    return cost_of(terms, amount=terms.limit_max, days=terms.tenor_days_min)


def _with_instalments(
    terms: ProductTerms,
    amount: Money,
    fees: Money,
    rate: AnnualRate,
    start: date,
    *,
    monthly_fee: Decimal,
) -> tuple[Decimal, Convention]:
    schedule = build_schedule(
        ScheduleTerms(
            tranches=(Tranche(start, amount.minor * FINE),),
            rate_ppm=rate.ppm,
            method=Method(terms.repayment_method),
            count=terms.instalment_count,
            frequency=Frequency(Unit(terms.period_unit), terms.period_every),
            anchor_day=terms.anchor_day,
            day_count=DayCount(terms.day_count),
            principal_grace=terms.grace_principal_count,
            interest_grace=terms.grace_interest_count,
            currency=amount.currency,
        )
    )
    flows = [CashFlow(start, Money((amount - fees).minor * FINE, amount.currency))]
    months = terms.period_every if terms.period_unit == Unit.MONTH else _days_of(terms) / MONTH_DAYS
    besides = round_minor(monthly_fee * months * amount.minor * FINE, Rounding.HALF_UP)
    flows += [
        CashFlow(row.due_date, Money(-row.total - besides, amount.currency))
        for row in schedule.rows
        if row.total + besides
    ]
    try:
        return annual_cost(flows, Convention.IRR_MONTHS).quantize(PLACES), Convention.IRR_MONTHS
    except CashFlowsInvalid:
        return annual_cost(flows, Convention.IRR_DAYS).quantize(PLACES), Convention.IRR_DAYS


def _days_of(terms: ProductTerms) -> Decimal:
    """Return the days of a period that is not of months."""
    return Decimal(terms.period_every * (7 if terms.period_unit == Unit.WEEK else 1))
