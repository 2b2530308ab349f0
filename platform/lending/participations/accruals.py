"""Interest that a shared loan has earned, as each bank's books hold its own part of it. Pure.

The loan's own rooms accrue all of it at the lead. What is earned is split like everything else of the loan:
by the booked amounts, by what totals grow to, so that a part is never rounded twice. Of the partner's part so
much was received (its rows are booked and settled), waived, or lost; the rest is what the borrower owes it:

* the lead takes that out of its own 1303.02 and 1132 and of its income, with the VAT on it: each bank's VAT
  is that of its own part (T-01);
* the partner books it, as its own tag says.

Both keep what their books hold of it beside the loan's and the rows' entries as sums by account (`held_*`):
an entry is the difference between two such pictures. Settlement follows the rows alone and is left as it was.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from kernel.money import Money
from lending.participations.entries import ALLOWANCE, PENALTY_INCOME
from lending.participations.shares import split
from lending.tax.booking import LoanTax

ACCRUED: Final = "1303.02"
RECEIVABLE: Final = "1132"


@dataclass(frozen=True, slots=True)
class Earned:
    """Of interest, or of penalty and compound interest: all that was earned, and what became of it; fen."""

    earned: int = 0
    received: int = 0
    waived: int = 0
    lost: int = 0

    @property
    def owed(self) -> int:
        """What the borrower owes of it."""
        return self.earned - self.received - self.waived - self.lost

    def part(self, party: str, weights: Mapping[str, int]) -> Self:
        """Return one party's part: of each running total, so that nothing is left once nothing is owed."""
        parts = [
            split(Money(total), weights=weights)[party].minor
            for total in (
                self.received,
                self.received + self.waived,
                self.received + self.waived + self.lost,
                self.earned,
            )
        ]
        received, waived, lost, earned = parts
        return type(self)(earned, received, waived - received, lost - waived)


@dataclass(frozen=True, slots=True)
class Accrual:
    """Interest and late interest of a shared loan, or of a party's part of it; `due` is in 1132 already."""

    interest: Earned = Earned()
    late: Earned = Earned()
    due: int = 0

    def part(self, party: str, weights: Mapping[str, int]) -> "Accrual":
        """Return one party's part."""
        due = split(Money(self.due), weights=weights)[party].minor
        return Accrual(self.interest.part(party, weights), self.late.part(party, weights), due)

    @property
    def owed(self) -> int:
        """What the borrower owes."""
        return self.interest.owed + self.late.owed

    def as_json(self) -> list[int]:
        """Return the figures for a message."""
        return [
            figure
            for one in (self.interest, self.late)
            for figure in (one.earned, one.received, one.waived, one.lost)
        ] + [self.due]

    @classmethod
    def of(cls, figures: list[int]) -> "Accrual":
        """Read what `as_json` wrote."""
        return cls(Earned(*figures[0:4]), Earned(*figures[4:8]), figures[8])


def held_by_lead(whole: Accrual, theirs: Accrual, *, tax: LoanTax, income_account: str) -> dict[str, int]:
    """Return what the lead's books hold of the partner's part, by account, debits positive; fen."""
    found = _left(theirs, income_account)
    of_all = tax.credits(
        interest=whole.interest.earned, late=whole.late.earned, income_account=income_account
    )
    of_own = tax.credits(
        interest=whole.interest.earned - theirs.interest.earned,
        late=whole.late.earned - theirs.late.earned,
        income_account=income_account,
    )
    found.subtract(of_all)
    found.update(of_own)
    return {account: -minor for account, minor in found.items() if minor}


def held_by_partner(own: Accrual, *, tax: LoanTax, income_account: str) -> dict[str, int]:
    """Return what the partner's books hold of its own part, by account, debits positive; fen."""
    found = _left(own, income_account)
    found.subtract(
        tax.credits(interest=own.interest.earned, late=own.late.earned, income_account=income_account)
    )
    return {account: minor for account, minor in found.items() if minor}


def _left(part: Accrual, income_account: str) -> Counter[str]:
    """Return what became of a part: owed in 1303.02 and 1132, what rows have booked, what was given up."""
    found = Counter({ACCRUED: part.interest.owed - part.due, RECEIVABLE: part.due + part.late.owed})
    found[income_account] += part.interest.received + part.interest.waived
    found[PENALTY_INCOME] += part.late.received + part.late.waived
    found[ALLOWANCE] += part.interest.lost + part.late.lost
    return found
