"""Booking the switches of many loans at once: read together, reckoned one by one, written together.

Hundreds of loans take the statements of one: the rows of their logs, one entry each in one posting, their
projections. Only a loan that has a deferred fee, or whose instalments change, takes some of its own. A loan's
figures come from its log as ever (`folding.reckon`, `non_accrual.of_daily`); nothing here knows a rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kernel.ids import new_id
from kernel.money import Money
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft
from lending.loans import non_accrual
from lending.loans.contracts import Roll, logs_of, read_log, rolls_of, stored_of
from lending.loans.folding import Act, reckon, write_instalments
from lending.loans.log import earned_by, memo_entry, project
from lending.loans.models import Loan, LoanTransaction
from lending.loans.position import Effect, applied
from lending.loans.queries import state_of, terms_of
from lending.loans.yields import follow_fee
from lending.products.methods import RepaymentMethod
from lending.replay import AsOf, Earned, Event, NonAccrual, Picture

_SAVED: Final = [each.name for each in Loan._meta.concrete_fields if not each.primary_key]
_NOTHING: Final = Money(0)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A loan that is to switch, with what is stored of it."""

    row: Loan
    event: Event
    log: list[LoanTransaction]
    roll: Roll
    held: NonAccrual | None


@dataclass(frozen=True, slots=True)
class _Switch:
    """What a switch comes to; `redrawn` where it leaves other instalments, paid in another order since."""

    row: Loan
    written: LoanTransaction
    draft: EntryDraft | None
    was: NonAccrual | None
    is_now: NonAccrual | None
    redrawn: Picture | None = None


def write_switches(acts: Sequence[tuple[Loan, Event]], *, as_of: AsOf, now: datetime) -> None:
    """Append an event to each of these loans' logs, move their projections, and book the differences.

    The loans are locked, as they stand in the table; they are saved here.
    """
    loans = [row for row, _ in acts]
    ids = [row.id for row in loans]
    logs, rolls, held = logs_of(ids), rolls_of(loans), non_accrual.find_all(ids)
    done = [
        _reckoned(_Asked(row, event, logs[row.id], rolls[row.id], held.get(row.id)), as_of, now)
        for row, event in acts
    ]
    booked = [each for each in done if each.draft is not None]
    views = journal.post_entries(entries=[each.draft for each in booked if each.draft is not None], now=now)
    for each, view in zip(booked, views, strict=True):
        each.written.entry_id = view.id
    LoanTransaction.objects.bulk_create(each.written for each in done)
    non_accrual.keep_all((each.row, each.is_now) for each in done if each.was != each.is_now)
    for each in done:
        if each.redrawn is not None:
            write_instalments(each.row, each.redrawn, replaced_date=as_of.business_date)
        follow_fee(each.row, each.written, business_date=as_of.business_date, now=now)
    Loan.objects.bulk_create(loans, update_conflicts=True, unique_fields=["id"], update_fields=_SAVED)


def _reckoned(asked: _Asked, as_of: AsOf, now: datetime) -> _Switch:
    daily = asked.row.method == RepaymentMethod.DAILY_INTEREST
    return _daily(asked, as_of, now) if daily else _scheduled(asked, as_of, now)


def _scheduled(asked: _Asked, as_of: AsOf, now: datetime) -> _Switch:
    contract, events = read_log(asked.row, asked.log, asked.roll)
    found = reckon(asked.row, Act(asked.event), contract=contract, events=events, as_of=as_of, now=now)
    before, after = found.before, found.after
    return _Switch(
        asked.row,
        found.transaction,
        found.draft,
        before.non_accrual,
        after.non_accrual,
        redrawn=None if before.rows == after.rows else after,
    )


def _daily(asked: _Asked, as_of: AsOf, now: datetime) -> _Switch:
    """Reckon it of a daily loan: nothing it owes changes, so no day accrued is to be corrected."""
    row, event = asked.row, asked.event
    terms, state = terms_of(row), state_of(row)
    so_far = Earned(*earned_by(state, terms, as_of.accrued_through), state.interest_paid, state.penalty_paid)
    row.transaction_count += 1
    written = LoanTransaction(
        id=new_id(),
        loan=row,
        sequence=row.transaction_count,
        kind=event.kind.value,
        booking_date=as_of.business_date,
        value_date=event.value_date,
        principal_change=_NOTHING,
        interest_paid=_NOTHING,
        penalty_paid=_NOTHING,
        detail=stored_of(event),
        recorded_at=now,
    )
    project(row, applied(state, Effect(event.value_date, 0), terms))
    is_now = non_accrual.of_daily([*asked.log, written], terms)
    draft = memo_entry(row, written, was=(asked.held, so_far), is_now=(is_now, so_far))
    return _Switch(row, written, draft, asked.held, is_now)
