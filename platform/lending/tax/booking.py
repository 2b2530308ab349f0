"""What a loan keeps of its tag, and the parts of what it earned: exempt, net, VAT (T-01, T-02). Pure.

Each part is that of everything earned from the first day on, so what a day or a correction books is the
whole after less the whole before, and the days add up to the fen. Penalty and compound interest are exempt
where the loan is; of a loan taxed in part they bear VAT whole, because their rate lies above the ceiling.
What is waived or written off keeps the VAT that was booked of it.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.money import Rounding, round_minor
from lending.tax.tagging import EXEMPT_INCOME, OUTPUT_VAT, TaxTag, Treatment, vat_within

PENALTY_INCOME: Final = "6011.03"


@dataclass(frozen=True, slots=True)
class LoanTax:
    """A tag in three numbers: `exempt_ppm` of each `rate_ppm` of interest is exempt, the rest bears VAT.

    `vat_ppm` is nothing where all of the interest is exempt.
    """

    vat_ppm: int = 0
    rate_ppm: int = 0
    exempt_ppm: int = 0

    @classmethod
    def of(cls, tag: TaxTag) -> "LoanTax":
        """Return what a loan keeps of its drawdown's tag."""
        if tag.treatment is Treatment.EXEMPT:
            return cls()
        if tag.treatment is Treatment.TAXABLE:
            return cls(tag.vat_ppm)
        return cls(tag.vat_ppm, tag.rate_ppm, tag.exempt_ppm)

    def exempt(self, interest: int) -> int:
        """Return what of a split loan's interest is exempt, fen."""
        if not self.exempt_ppm:
            return 0
        return round_minor(Decimal(interest * self.exempt_ppm) / self.rate_ppm, Rounding.HALF_UP)

    def interest_vat(self, interest: int) -> int:
        """Return the VAT inside all interest earned, fen."""
        return vat_within(interest - self.exempt(interest), self.vat_ppm) if self.vat_ppm else 0

    def late_vat(self, late: int) -> int:
        """Return the VAT inside all penalty and compound interest earned, fen."""
        return vat_within(late, self.vat_ppm) if self.vat_ppm else 0

    def credits(
        self,
        *,
        interest: int,
        late: int,
        income_account: str,
        taxable: tuple[int, int] | None = None,
    ) -> Counter[str]:
        """Return where what a loan has earned stands, by account, fen; the parts add up to the whole.

        `taxable` says of how much interest and late interest VAT is asked, if not of all of it (E-04).
        """
        of_interest, of_late = taxable or (interest, late)
        exempt, vat, late_vat = self.exempt(interest), self.interest_vat(of_interest), self.late_vat(of_late)
        found = Counter({income_account: interest - exempt - vat})
        found[EXEMPT_INCOME] += exempt
        found[PENALTY_INCOME] += late - late_vat
        found[OUTPUT_VAT] += vat + late_vat
        return found


UNTAXED: Final = LoanTax()
