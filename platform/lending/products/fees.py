"""The fees of a draw, whoever bears them (R-10, P-03). Pure."""

from kernel.money import Money, round_minor
from lending.products.terms import Collector, Fee, Payer, ProductTerms


def fees_on(*, terms: ProductTerms, amount: Money) -> tuple[tuple[Fee, Money], ...]:
    """Return each fee of the product on a draw, whoever bears it."""
    return tuple(
        (fee, Money(round_minor(fee.rate * amount.minor, terms.rounding), amount.currency))
        for fee in terms.fees
    )


def borne_by_borrower(fees: tuple[tuple[Fee, Money], ...]) -> Money:
    """Return what of the fees the borrower pays."""
    return Money.total(amount for fee, amount in fees if fee.payer is Payer.BORROWER)


def integral_fee(*, terms: ProductTerms, amount: Money) -> Money:
    """Return what the bank itself charges the borrower for a draw: part of the yield, held back (B5.4.1).

    A fee that somebody else collects is not the bank's income; the platform charges no borrower (R-10).
    """
    return Money.total(part for fee, part in fees_on(terms=terms, amount=amount) if _is_own(fee))


def is_integral(terms: ProductTerms) -> bool:
    """Tell whether a draw of the product has a fee that is part of its yield."""
    return any(_is_own(fee) for fee in terms.fees)


def _is_own(fee: Fee) -> bool:
    return fee.payer is Payer.BORROWER and fee.collector is Collector.BANK
