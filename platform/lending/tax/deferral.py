"""VAT on interest that stays unpaid (E-04): booked for 90 days after settlement, then on receipt. Pure.

Days are counted from the settlement date (结息日): interest of day 1 to day 90 is taxed when it arises, from
day 91 on when it is received. Money received pays the oldest interest first.
"""

from dataclasses import dataclass

from lending.tax.tagging import TaxTag, split_interest


@dataclass(frozen=True, slots=True)
class VatState:
    """Of one loan's unpaid interest, in fen: what has arisen, of it within the 90 days, and what was paid."""

    arisen_within: int
    arisen_after: int
    received: int

    @property
    def deferred(self) -> int:
        """Interest whose VAT still waits for the money."""
        return self.arisen_after - max(0, min(self.received - self.arisen_within, self.arisen_after))


def vat_booked(state: VatState, tag: TaxTag) -> int:
    """Return the VAT that has to stand in the books: of all interest within 90 days, and of what came after.

    20.00 a day for 120 days, taxed whole at 6 %: 1,800.00 bear 101.89, the other 600.00 wait. Received on day
    120 they bear 33.96 more: VAT is always that of the whole taxed amount, so that nothing is lost by parts.
    """
    due = state.arisen_within + state.arisen_after - state.deferred
    return split_interest(interest=due, tag=tag).vat


def vat_change(before: VatState, after: VatState, tag: TaxTag) -> int:
    """Return the VAT to book for a day's interest or a receipt: the whole after less the whole before."""
    return vat_booked(after, tag) - vat_booked(before, tag)


def arisen(*, daily_exact_numerator: int, divisor: int, days: int, after_days: int = 90) -> tuple[int, int]:
    """Return interest within and after the threshold of a loan that has been unpaid for `days` days.

    Interest a day is `daily_exact_numerator / divisor` fen; both parts are rounded down from the same whole.
    """
    whole = daily_exact_numerator * days // divisor
    within = daily_exact_numerator * min(days, after_days) // divisor
    return within, whole - within
