"""两增两控 (I-02) over two frozen populations, by the indicator set of its year (I-03). Pure.

Growth of inclusive loans at least that of all loans; at least as many borrowers with a balance as at the
start; their NPL ratio at most three points above that of all loans; the rate of new loans not above the
start's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The sums of a frozen population; `new_rate_exact` is the weighted rate of the year's loans."""

    inclusive_balance: Money
    all_balance: Money
    borrower_count: int
    inclusive_npl: Money
    all_npl: Money
    new_rate_exact: Decimal | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: what was found, what it is held against, and whether it holds; None: nothing to hold.

    `demand` is the year's: `must`, `should` (strive for it) or `report`.
    """

    name: str
    found_exact: Decimal | None
    against_exact: Decimal | None
    holds: bool | None
    demand: str


@dataclass(frozen=True, slots=True)
class InclusiveReport:
    """The indicators, and the verdict: every `must` holds."""

    indicators: tuple[Indicator, ...]

    @property
    def passes(self) -> bool:
        """Whether every indicator that must hold does."""
        return all(found.holds is not False for found in self.indicators if found.demand == "must")

    def get(self, name: str) -> Indicator:
        """Return an indicator by its name."""
        return next(found for found in self.indicators if found.name == name)


def inclusive_report(*, base: Population, now: Population, standard: Mapping[str, Any]) -> InclusiveReport:
    """Return the report between two populations under an indicator set.

    12.0 to 15.1 against 100 to 112: +25.83 % against +12.00 %. 4,386 borrowers against 4,100. NPL 2.1 %
    against 1.4 %: a gap of 0.7 points. 4.86 % against 5.02 %.
    """
    growth = _growth(base.inclusive_balance, now.inclusive_balance)
    all_growth = _growth(base.all_balance, now.all_balance)
    npl, all_npl = _share(now.inclusive_npl, now.inclusive_balance), _share(now.all_npl, now.all_balance)
    gap = None if npl is None or all_npl is None else npl - all_npl
    gap_max = Decimal(standard["npl_gap_max"])
    borrowers, start = Decimal(now.borrower_count), Decimal(base.borrower_count)
    rate, rate_start = now.new_rate_exact, base.new_rate_exact
    return InclusiveReport(
        (
            Indicator(
                "balance_growth",
                growth,
                all_growth,
                None if growth is None or all_growth is None else growth >= all_growth,
                standard["growth_at_least_all_loans"],
            ),
            Indicator(
                "borrowers", borrowers, start, borrowers >= start, standard["borrowers_at_least_start"]
            ),
            Indicator("npl_gap", gap, gap_max, None if gap is None else gap <= gap_max, "must"),
            Indicator(
                "new_loan_rate",
                rate,
                rate_start,
                None if rate is None or rate_start is None else rate <= rate_start,
                standard["rate_not_above_start"],
            ),
        )
    )


def _growth(before: Money, after: Money) -> Decimal | None:
    return Decimal(after.minor - before.minor) / before.minor if before else None


def _share(part: Money, whole: Money) -> Decimal | None:
    return Decimal(part.minor) / whole.minor if whole else None
