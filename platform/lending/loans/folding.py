"""Booking an act on a scheduled loan: append the event, replay, book the difference (ADR 0011).

The loan's row and its instalments are the projection of the picture; the entry is what the picture after the
event holds on each account less what the one before did, booked today with the event's value date. A receipt
keyed late, a reversal, a bounced payment or a change of terms differ in nothing but the event.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F

from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft
from lending.loans import entries, non_accrual
from lending.loans.contracts import log_of, stored_of, tax_of
from lending.loans.models import Instalment, Loan, LoanTransaction, PastInstalment
from lending.loans.states import AccrualDays
from lending.loans.yields import follow_fee
from lending.replay import AsOf, Contract, Event, Parts, Picture, Row, replay, replay_both
from lending.replay.picture import day_index


@dataclass(frozen=True, slots=True)
class Act:
    """An event to book, and where its money went."""

    event: Event
    cash_account: str = entries.SETTLEMENT
    reference: str = ""
    reverses_id: UUID | None = None
    source_account_id: UUID | None = None
    entry_id: UUID | None = None  # of an entry that somebody else has posted


@dataclass(frozen=True, slots=True)
class Booked:
    """An act as it was booked: the row of the log, and the loan before and after it."""

    transaction: LoanTransaction
    before: Picture
    after: Picture

    @property
    def freed(self) -> int:
        """The principal that is owed no more; negative if it is owed again."""
        return self.before.outstanding - self.after.outstanding

    @property
    def parts(self) -> Parts:
        """How the receipt was used."""
        return self.after.parts.get(self.transaction.sequence, Parts())


def picture_of(row: Loan, as_of: AsOf) -> Picture:
    """Return a loan as the books must hold it, from its log."""
    contract, events = log_of(row)
    return replay(contract, events, as_of)


def next_event(row: Loan) -> int:
    """Return the sequence of the event to come."""
    return row.transaction_count + 1


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What an act on a scheduled loan comes to: its row of the log and its entry, neither written yet."""

    transaction: LoanTransaction
    draft: EntryDraft | None
    before: Picture
    after: Picture


def reckon(
    row: Loan, act: Act, *, contract: Contract, events: list[Event], as_of: AsOf, now: datetime
) -> Reckoned:
    """Reckon one act on a locked loan from its log, and move the loan's row by it, in memory."""
    before, after = replay_both(contract, events, act.event, as_of)
    transaction_id = new_id()
    changes = entries.changes_of(
        before,
        after,
        income_account=row.income_account,
        cash_account=act.cash_account,
        tax=tax_of(row),
    )
    draft = entries.difference(
        loan_id=row.id,
        transaction_id=transaction_id,
        kind=act.event.kind.value,
        changes={} if act.entry_id else changes,
        booking_date=as_of.business_date,
        value_date=act.event.value_date,
    )
    row.transaction_count += 1
    transaction = LoanTransaction(
        id=transaction_id,
        loan=row,
        sequence=row.transaction_count,
        kind=act.event.kind.value,
        booking_date=as_of.business_date,
        value_date=act.event.value_date,
        **_changed(before, after),
        amount=Money(act.event.amount),
        detail=stored_of(act.event),
        source_account_id=act.source_account_id,
        reference=act.reference,
        entry_id=act.entry_id,
        reverses_id=act.reverses_id,
        recorded_at=now,
    )
    project(row, after, as_of)
    return Reckoned(transaction, draft, before, after)


def book(row: Loan, act: Act, *, as_of: AsOf, now: datetime) -> Booked:
    """Book one act on a locked loan and move its projection; the caller saves the row."""
    contract, events = log_of(row)
    found = reckon(row, act, contract=contract, events=events, as_of=as_of, now=now)
    transaction, before, after = found.transaction, found.before, found.after
    if found.draft is not None:
        transaction.entry_id = journal.post_entry(entry=found.draft, now=now).id
    transaction.save(force_insert=True)
    write_instalments(row, after, replaced_date=as_of.business_date)
    follow_fee(row, transaction, business_date=as_of.business_date, now=now)
    if before.non_accrual != after.non_accrual:
        non_accrual.keep(row, after.non_accrual)
    return Booked(transaction, before, after)


def _changed(before: Picture, after: Picture) -> dict[str, Money]:
    was, is_now = before.totals, after.totals
    return {
        "principal_change": Money(after.outstanding - before.outstanding),
        "interest_paid": Money(is_now.interest_paid - was.interest_paid),
        "penalty_paid": Money(is_now.penalty_paid - was.penalty_paid),
        "compound_paid": Money(is_now.compound_paid - was.compound_paid),
        "fee_paid": Money(is_now.fee_paid - was.fee_paid),
        "excess": Money(is_now.credit - was.credit),
    }


def project(row: Loan, picture: Picture, as_of: AsOf) -> None:
    """Write a picture into the loan's row, in memory."""
    totals, products, running = picture.totals, picture.products, picture.running
    thirty = row.accrual_days == AccrualDays.THIRTY
    start, end = (day_index(day, thirty=thirty) for day in (running.start, running.end))
    row.outstanding = Money(picture.outstanding)
    row.segment_date = as_of.accrued_through
    row.interest_paid, row.penalty_paid = Money(totals.interest_paid), Money(totals.penalty_paid)
    row.compound_paid, row.fee_paid = Money(totals.compound_paid), Money(totals.fee_paid)
    row.credit_balance = Money(totals.credit)
    row.penalty_product, row.compound_product = products.penalty, products.compound
    row.penalty_earlier, row.compound_earlier = products.penalty_earlier, products.compound_earlier
    row.overdue_principal = Money(picture.overdue_principal)
    row.overdue_interest = Money(picture.overdue_interest)
    row.span_start_date, row.span_end_date = running.start, running.end
    row.span_start_index, row.span_days = start, end - start
    row.span_interest, row.earlier_interest = Money(running.interest), Money(picture.earlier_interest)
    row.annual_rate = AnnualRate(picture.rate_ppm, row.day_basis).fraction
    row.penalty_rate = AnnualRate(picture.penalty_ppm, row.day_basis).fraction
    row.instalment_count = len(picture.rows)
    row.oldest_due_date, row.next_roll_date = picture.oldest_due_date, picture.next_roll_date
    row.maturity_date, row.due_date = picture.last_end, picture.last_due
    row.written_off = Money(totals.written_off - totals.recovered)


def _shape(row: Instalment) -> tuple[object, ...]:
    return (
        row.start_date,
        row.nominal_due_date,
        row.due_date,
        row.principal_due.minor,
        row.interest_due.minor,
        row.fee_due.minor,
    )


def _paid(row: Instalment) -> tuple[int, int, int]:
    return row.principal_paid.minor, row.interest_paid.minor, row.fee_paid.minor


def write_instalments(row: Loan, picture: Picture, *, replaced_date: date | None) -> None:
    """Make the table hold the picture's instalments; rows with other terms are kept as a past version."""
    held = {each.number: each for each in Instalment.objects.filter(loan_id=row.id)}
    wanted = {each.number: each for each in picture.rows}
    fresh = {number: _instalment(row, each) for number, each in wanted.items()}
    replaced = [
        old for number, old in held.items() if number not in fresh or _shape(old) != _shape(fresh[number])
    ]
    changed = [
        new
        for number, new in fresh.items()
        if number not in held or _shape(held[number]) != _shape(new) or _paid(held[number]) != _paid(new)
    ]
    if replaced and replaced_date is not None:
        version = row.schedule_version
        PastInstalment.objects.bulk_create([_past(old, version, replaced_date) for old in replaced])
    if replaced or not held:
        row.schedule_version += 1
        for new in changed:
            new.schedule_version = row.schedule_version
    gone = [number for number in held if number not in fresh] + [new.number for new in changed]
    Instalment.objects.filter(loan_id=row.id, number__in=gone).delete()
    Instalment.objects.bulk_create(changed)


def _instalment(row: Loan, each: Row) -> Instalment:
    return Instalment(
        loan_id=row.id,
        number=each.number,
        schedule_version=row.schedule_version,
        start_date=each.start,
        nominal_due_date=each.end,
        due_date=each.due,
        principal_due=Money(each.principal),
        interest_due=Money(each.interest),
        fee_due=Money(each.fee),
        principal_paid=Money(each.principal_paid),
        interest_paid=Money(each.interest_paid),
        fee_paid=Money(each.fee_paid),
    )


def _past(old: Instalment, version: int, replaced_date: date) -> PastInstalment:
    return PastInstalment(
        loan_id=old.loan_id,
        schedule_version=version,
        number=old.number,
        start_date=old.start_date,
        nominal_due_date=old.nominal_due_date,
        due_date=old.due_date,
        principal_due=old.principal_due,
        interest_due=old.interest_due,
        fee_due=old.fee_due,
        replaced_date=replaced_date,
    )


def unpaid_rows(loan_id: UUID) -> list[Instalment]:
    """Return the instalments of a loan that are not fully paid, in order."""
    rows = Instalment.objects.filter(loan_id=loan_id).exclude(
        principal_due=F("principal_paid"), interest_due=F("interest_paid"), fee_due=F("fee_paid")
    )
    return list(rows.order_by("number"))
