"""The fees of a draw, whoever bears them (R-10, P-03). Pure."""

from kernel.money import Money, round_minor
from lending.products.terms import Fee, Payer, ProductTerms


def fees_on(*, terms: ProductTerms, amount: Money) -> tuple[tuple[Fee, Money], ...]:
    """Return each fee of the product on a draw, whoever bears it."""
    return tuple(
        (fee, Money(round_minor(fee.rate * amount.minor, terms.rounding), amount.currency))
        for fee in terms.fees
    )


def borne_by_borrower(fees: tuple[tuple[Fee, Money], ...]) -> Money:
    """Return what of the fees the borrower pays."""
    return Money.total(amount for fee, amount in fees if fee.payer is Payer.BORROWER)
