"""What an accrual adds up to, and the entries it makes: the same for one day and for days together."""

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from ledger.journal.entry import EntryDraft
from lending.loans.entries import INTEREST_EXEMPT, OUTPUT_VAT, PENALTY_INCOME, accrual
from lending.loans.non_accrual import Apart
from lending.replay.picture import day_index


@functools.cache
def statement(name: str) -> str:
    """Return a statement of this room."""
    return (Path(__file__).parent / "sql" / name).read_text(encoding="utf-8")


def span(from_date: date, to_date: date) -> dict[str, Any]:
    """Return the parameters of `accrue.sql` for the days from one up to another."""
    indexes = {
        f"{name}_{kind}": day_index(day, thirty=kind == "thirty")
        for name, day in (("from", from_date), ("to", to_date))
        for kind in ("actual", "thirty")
    }
    return {"from_date": from_date, "to_date": to_date, **indexes}


@dataclass(frozen=True, slots=True)
class Sums:
    """What loans of one income account and product earned, fen: of the interest what is exempt, of all VAT.

    `exempt` is only that of loans which are taxed in part; the others have an account of their own.
    """

    income_account: str
    product: str
    interest: int = 0
    penalty: int = 0
    loan_count: int = 0
    exempt: int = 0
    vat: int = 0
    late_vat: int = 0
    due: int = 0
    memo: int = 0

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """Read a row of `accrue.sql`."""
        return cls(str(row[0]), str(row[1]), *map(int, row[2:]))

    def without(self, apart: Apart) -> "Sums":
        """Return the sums without what waits of loans that do not accrue; `due` of it fell due before."""
        return replace(
            self,
            interest=self.interest - apart.interest,
            penalty=self.penalty - apart.late,
            exempt=self.exempt - apart.exempt,
            vat=self.vat - apart.vat,
            late_vat=self.late_vat - apart.late_vat,
            due=-apart.not_due,
            memo=apart.memo,
        )

    def and_then(self, day: "Sums") -> "Sums":
        """Return the sums with a later day's, which says how many loans there are."""
        return replace(
            day,
            interest=self.interest + day.interest,
            penalty=self.penalty + day.penalty,
            exempt=self.exempt + day.exempt,
            vat=self.vat + day.vat,
            late_vat=self.late_vat + day.late_vat,
            due=self.due + day.due,
            memo=self.memo + day.memo,
        )


def drafts_of(rows: list[Sums], business_date: date) -> list[EntryDraft]:
    """Return the entries of an accrual: interest by income account and product, then penalty by product."""
    drafts = []
    for row in rows:
        credits = {row.income_account: row.interest - row.exempt - row.vat}
        credits |= {INTEREST_EXEMPT: row.exempt} if row.exempt else {}
        credits |= {OUTPUT_VAT: row.vat}
        if row.interest:
            drafts.append(
                accrual(
                    name="interest",
                    income_account=row.income_account,
                    credits=credits,
                    business_date=business_date,
                    product=row.product,
                    due=row.due,
                )
            )
    late: Counter[str] = Counter()
    late_vat: Counter[str] = Counter()
    for row in rows:
        late[row.product] += row.penalty
        late_vat[row.product] += row.late_vat
    for product, penalty in sorted(late.items()):
        if penalty:
            vat = late_vat[product]
            drafts.append(
                accrual(
                    name="penalty",
                    income_account=PENALTY_INCOME,
                    credits={PENALTY_INCOME: penalty - vat, OUTPUT_VAT: vat},
                    business_date=business_date,
                    product=product,
                )
            )
    return drafts
