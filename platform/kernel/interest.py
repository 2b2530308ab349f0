"""Daily interest from exact integer products (积数): principal in fen times days.

Interest is a function of the product, rounded only when a posted amount is needed, so that what a
loan earned over many days never depends on how often somebody looked (`lending.md`, interest engine 1, 2).
"""

from decimal import Decimal

from kernel.money import Rounding, round_minor
from kernel.rates import PPM, AnnualRate


def interest_exact(*, product: int, rate: AnnualRate) -> Decimal:
    """Return the interest in fen, unrounded, on a product of fen x days."""
    return Decimal(product * rate.ppm) / Decimal(rate.basis * PPM)


def interest_minor(*, product: int, rate: AnnualRate, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Return the interest in whole fen on fen x days: 30,000.00 at 7.2 %/360 for 10 days is 6,000."""
    return round_minor(interest_exact(product=product, rate=rate), rounding)
