"""No act goes above the cap on the all-in annual cost in force on its day (R-11, P-01).

A product is held to it when it is published, an offer when it is made, an application when it is submitted or
approved, a quote and so an agreement when it is given, a draw and a repricing when they happen: the same act
on two dates has two outcomes. What was signed before goes on (R-16).
"""

from datetime import date
from decimal import Decimal

from kernel.money import Money
from kernel.rates import AnnualRate
from lending.products.costs import cost_of
from lending.products.publish_check import CostCapExceeded, require_at_most
from lending.products.terms import ProductTerms, ProductView
from regulation import queries as regulation


def require_within_cap(*, cost_exact: Decimal, on_date: date) -> None:
    """Refuse an annual cost (a fraction) above the lowest cap that binds on a day, with the figure."""
    cap = regulation.cost_cap(on_date=on_date)
    require_at_most(cost_exact=cost_exact, cap=cap.fraction, on_date=on_date.isoformat())


def require_draw_within_cap(
    *,
    product: ProductTerms,
    amount: Money,
    days: int,
    on_date: date,
    annual_rate: AnnualRate | None = None,
    monthly_fee: Decimal = Decimal(0),
) -> None:
    """Refuse a draw, or the rate of one, that costs more than the cap of the day it happens on."""
    cost = cost_of(product, amount=amount, days=days, annual_rate=annual_rate, monthly_fee=monthly_fee)
    require_within_cap(cost_exact=cost, on_date=on_date)


def require_product_within_cap(*, product: ProductView, on_date: date) -> None:
    """Refuse to offer a product that was lawful when it was published and is not on this day."""
    require_draw_within_cap(
        product=product, amount=product.limit_max, days=product.tenor_days_min, on_date=on_date
    )


def is_within_cap(*, product: ProductView, on_date: date) -> bool:
    """Tell whether a product may be offered on a day."""
    try:
        require_product_within_cap(product=product, on_date=on_date)
    except CostCapExceeded:
        return False
    return True
