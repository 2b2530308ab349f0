"""Renewal without repaying principal (无还本续贷, R-14): a new loan pays the old one, no money moves."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from kernel.ids import new_id, public_id
from kernel.money import Money, Rounding
from kernel.refusals import Refusal
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from lending.credit_lines import operations as lines
from lending.loans import entries
from lending.loans.contracts import tax_of
from lending.loans.models import Loan
from lending.loans.operations.beginning import LoanTerms, activate_loan, book_loan
from lending.loans.operations.locking import begin
from lending.loans.operations.receiving import receive
from lending.loans.queries import LoanView, loan_position
from lending.loans.states import AccrualDays, LoanStatus, TransactionKind
from lending.products.methods import RepaymentMethod
from plumbing.fields import rate_of
from plumbing.sql import in_transaction


@dataclass(frozen=True, slots=True)
class RenewalFacts:
    """The five conditions under which a renewed loan may stay normal (金规〔2024〕13号), as found in data."""

    lawful: bool
    operating: bool
    good_credit: bool
    honest: bool  # no misuse of the money, no evasion of the debt
    meets_standards: bool


class RenewalRefused(Refusal):
    """A condition does not hold, or interest is unpaid: it is never capitalised silently."""

    code = "lending.renewal_refused"
    message = "The loan cannot be renewed: {reasons}."


def unmet(facts: RenewalFacts | None, *, unpaid: Money) -> tuple[str, ...]:
    """Return the conditions that do not hold; one yuan of unpaid interest is enough."""
    names = () if facts is None else tuple(each.name for each in fields(facts))
    missing = tuple(name for name in names if not getattr(facts, name))
    return (*missing, "interest_unpaid") if unpaid > Money(0) else missing


@in_transaction
def renew(
    *, loan_id: UUID, tenor_days: int, business_date: date, now: datetime, facts: RenewalFacts | None = None
) -> LoanView:
    """Lend again what is owed, on the same day and terms, and let it pay the old loan; return the new one.

    Dr 1303.01 new / Cr 3001, Dr 3001 / Cr 1303.01 old: the internal clearing is empty again at once. Interest
    and penalty to the day must be paid first. With `facts` every condition is demanded; without, whoever asks
    has judged them and sees to the tier that follows (`lending.renewals`, C-07).
    """
    _, row = begin(loan_id, business_date, (LoanStatus.ACTIVE,))
    owed = loan_position(loan_id=loan_id, on_date=business_date)
    reasons = unmet(facts, unpaid=owed.interest + owed.penalty)
    if reasons:
        raise RenewalRefused(reasons=", ".join(reasons))
    renewed_id = new_id()
    draft = _lent_again(renewed_id, owed.principal, business_date)
    entry_id = journal.post_entry(entry=draft, now=now).id
    receive(
        loan_id=loan_id,
        amount=owed.total,
        kind=TransactionKind.RENEWAL,
        value_date=business_date,
        reference=public_id("lon", renewed_id),
        business_date=business_date,
        now=now,
        cash_account=entries.IN_FLIGHT,
    )
    lines.take_back(line_id=row.line_id, amount=owed.principal)
    book_loan(
        loan_id=renewed_id,
        drawdown_id=renewed_id,
        line_id=row.line_id,
        enterprise_id=row.enterprise_id,
        scene_id=row.scene_id,
        principal=owed.principal,
        terms=_same_terms(row, tenor_days),
        now=now,
        renews_loan_id=row.id,
    )
    return activate_loan(
        loan_id=renewed_id, value_date=business_date, entry_id=entry_id, business_date=business_date, now=now
    )


def _lent_again(loan_id: UUID, principal: Money, business_date: date) -> EntryDraft:
    return EntryDraft(
        kind="loan.renewed",
        booking_date=business_date,
        value_date=business_date,
        lines=(Line.debit(entries.PRINCIPAL, principal), Line.credit(entries.IN_FLIGHT, principal)),
        idempotency_key=f"{public_id('lon', loan_id)}:renewal",
        reference=public_id("lon", loan_id),
    )


def _same_terms(row: Loan, tenor_days: int) -> LoanTerms:
    scheduled = row.method != RepaymentMethod.DAILY_INTEREST
    return LoanTerms(
        annual_rate=rate_of(row.annual_rate, row.day_basis),
        penalty_rate=rate_of(row.penalty_rate, row.day_basis),
        rounding=Rounding(row.rounding).value,
        tenor_days=tenor_days,
        due_date_roll=row.due_date_roll,
        income_account=row.income_account,
        product_version_id=row.product_version_id,
        method=row.method,
        instalment_count=int(row.instalment_count) if scheduled else 1,
        counts_thirty=row.accrual_days == AccrualDays.THIRTY,
        compounds=row.compounds,
        tax=tax_of(row),
    )
