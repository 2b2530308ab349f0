"""What of a loan's interest is exempt from VAT, and the split of an amount of it (T-01, T-02, T-05). Pure.

Rates are in millionths a year, money in fen. The loan's nominal rate is held against 150 % of the prime rate
that was the last one published before signing; both ends of a limit are inside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from kernel.money import Money, Rounding, round_minor
from kernel.rates import PPM

EXEMPT_INCOME: Final = "6011.01"
TAXABLE_INCOME: Final = "6011.02"
OUTPUT_VAT: Final = "2221.01"
QUALIFYING: Final = frozenset({"small", "micro", "individual", "farmer"})


class Treatment(StrEnum):
    """All of the interest is exempt, all is taxed, or it is exempt up to a rate (method 2)."""

    EXEMPT = "exempt"
    TAXABLE = "taxable"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """What is frozen on the day of the drawdown.

    `borrower` is the size by MIIT, or `individual` (个体工商户), `farmer`, or `unknown` without figures;
    `ceiling_ppm` is 150 % of the prime rate. A limit is None where its rule was not in force.
    """

    borrower: str
    total_credit: Money
    rate_ppm: int
    ceiling_ppm: int
    vat_ppm: int
    any_rate_limit: Money | None
    capped_rate_limit: Money | None
    farmer_limit: Money | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "TaxFacts":
        """Read what `as_json` wrote."""
        limits = {name: stored[name] for name in ("any_rate_limit", "capped_rate_limit", "farmer_limit")}
        return cls(
            borrower=stored["borrower"],
            total_credit=Money.parse(stored["total_credit"]),
            rate_ppm=stored["rate_ppm"],
            ceiling_ppm=stored["ceiling_ppm"],
            vat_ppm=stored["vat_ppm"],
            **{name: None if value is None else Money.parse(value) for name, value in limits.items()},
        )

    def as_json(self) -> dict[str, Any]:
        """Return the facts as they are stored."""
        limits = {
            "any_rate_limit": self.any_rate_limit,
            "capped_rate_limit": self.capped_rate_limit,
            "farmer_limit": self.farmer_limit,
        }
        return {
            "borrower": self.borrower,
            "total_credit": str(self.total_credit),
            "rate_ppm": self.rate_ppm,
            "ceiling_ppm": self.ceiling_ppm,
            "vat_ppm": self.vat_ppm,
            **{name: None if value is None else str(value) for name, value in limits.items()},
        }


@dataclass(frozen=True, slots=True)
class TaxTag:
    """How every amount of a loan's interest is taxed in a fiscal year.

    `exempt_ppm` of each `rate_ppm` of interest is exempt; `rule` says why (`T-01`, `T-02/2`, ...), `reason`
    what decided.
    """

    treatment: Treatment
    rule: str
    reason: str
    rate_ppm: int
    exempt_ppm: int
    vat_ppm: int

    @property
    def income_account(self) -> str:
        """Where interest accrues: exempt apart from taxed; a split loan as taxed until it is split."""
        return EXEMPT_INCOME if self.treatment is Treatment.EXEMPT else TAXABLE_INCOME


@dataclass(frozen=True, slots=True)
class InterestSplit:
    """An amount of interest in fen: `exempt + net + vat` is the whole; `vat` is inside the taxed part."""

    exempt: int
    net: int
    vat: int

    @property
    def taxed(self) -> int:
        """The part that bears VAT, VAT included."""
        return self.net + self.vat

    @property
    def credits(self) -> tuple[tuple[str, int], ...]:
        """The accounts to credit and how much, nothing left out that is not nothing."""
        parts = ((EXEMPT_INCOME, self.exempt), (TAXABLE_INCOME, self.net), (OUTPUT_VAT, self.vat))
        return tuple((account, minor) for account, minor in parts if minor)


def tag_of(facts: TaxFacts, *, method: int | None) -> TaxTag:
    """Return the tag of a loan in a fiscal year with that method (None: the bank has chosen none)."""
    if facts.borrower not in QUALIFYING:
        return _whole(facts, Treatment.TAXABLE, "none", f"borrower_{facts.borrower}")
    if facts.borrower == "farmer" and _within(facts.total_credit, facts.farmer_limit):
        return _whole(facts, Treatment.EXEMPT, "T-05", "farmer")
    if _within(facts.total_credit, facts.any_rate_limit):
        return _whole(facts, Treatment.EXEMPT, "T-01", "credit_within_limit")
    if not _within(facts.total_credit, facts.capped_rate_limit):
        return _whole(facts, Treatment.TAXABLE, "none", "credit_above_limit")
    if facts.rate_ppm <= facts.ceiling_ppm and method is not None:
        return _whole(facts, Treatment.EXEMPT, f"T-02/{method}", "rate_within_ceiling")
    if method == 2:
        return TaxTag(
            Treatment.SPLIT, "T-02/2", "rate_above_ceiling", facts.rate_ppm, facts.ceiling_ppm, facts.vat_ppm
        )
    reason = "rate_above_ceiling" if method == 1 else "method_not_chosen"
    return _whole(facts, Treatment.TAXABLE, "none" if method is None else "T-02/1", reason)


def split_interest(*, interest: int, tag: TaxTag) -> InterestSplit:
    """Split an amount of interest in fen, VAT included; negative for a reversal.

    18,000.00 at 6 %, ceiling 4.5 %, VAT 6 %: exempt 13,500.00, taxed 4,500.00, of it VAT 254.72. The exempt
    part and the VAT are rounded half up, the rest is what remains, so the parts always add up.
    """
    sign, whole = (-1, -interest) if interest < 0 else (1, interest)
    if tag.treatment is Treatment.EXEMPT:
        return InterestSplit(sign * whole, 0, 0)
    exempt = 0
    if tag.treatment is Treatment.SPLIT:
        exempt = round_minor(Decimal(whole * tag.exempt_ppm) / tag.rate_ppm, Rounding.HALF_UP)
    vat = vat_within(whole - exempt, tag.vat_ppm)
    return InterestSplit(sign * exempt, sign * (whole - exempt - vat), sign * vat)


def vat_within(gross: int, vat_ppm: int) -> int:
    """Return the VAT inside an amount, half up: of 18,000.00 at 6 % it is 1,018.87."""
    return round_minor(Decimal(gross * vat_ppm) / (PPM + vat_ppm), Rounding.HALF_UP)


def _within(amount: Money, limit: Money | None) -> bool:
    return limit is not None and amount <= limit


def _whole(facts: TaxFacts, treatment: Treatment, rule: str, reason: str) -> TaxTag:
    exempt = facts.rate_ppm if treatment is Treatment.EXEMPT else 0
    return TaxTag(treatment, rule, reason, facts.rate_ppm, exempt, facts.vat_ppm)
