"""The fold: events in the order of their value dates, whatever order they arrived in."""

from collections.abc import Callable, Iterable
from datetime import date
from itertools import takewhile

from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from lending.replay.contract import ACCRUAL_SWITCHES, RECEIPTS, AsOf, Contract, Event, EventKind
from lending.replay.non_accrual import Earned, StopTerms, stopped
from lending.replay.picture import Picture
from lending.replay.receipts import close_rows, receive, use_credit
from lending.replay.schedule import first_state, redraw, running_row
from lending.replay.state import State


class EventInvalid(Refusal):
    """The loan, as it stood on that day, has no room for such an act."""

    code = "lending.event_invalid"
    kind = Kind.CONFLICT
    message = "This cannot be done on the loan: {reason}."


def standing(events: Iterable[Event]) -> list[Event]:
    """Return the events that stand, in the order they count: what was reversed never was.

    Whether a loan accrues is settled at the end of a day, when all receipts of the day are known.
    """
    log = list(events)
    reversed_rows = {event.reverses for event in log if event.kind is EventKind.REVERSAL}
    stand = [
        event
        for event in log
        if event.kind not in (EventKind.REVERSAL, EventKind.DISBURSEMENT)
        and event.sequence not in reversed_rows
    ]
    return sorted(stand, key=lambda event: (event.value_date, event.kind in ACCRUAL_SWITCHES, event.sequence))


def state_on(contract: Contract, events: Iterable[Event], day: date) -> State:
    """Return the loan at the start of a day, from the events valued up to it."""
    state = first_state(contract)
    for event in standing(events):
        if event.value_date <= day:
            apply(state, event)
    state.roll_to(day)
    return state


def replay(contract: Contract, events: Iterable[Event], as_of: AsOf) -> Picture:
    """Return the loan from its whole log, as the books must hold it."""
    state = first_state(contract)
    for event in standing(events):
        apply(state, event)
    return state.picture(as_of)


def replay_both(
    contract: Contract, events: Iterable[Event], event: Event, as_of: AsOf
) -> tuple[Picture, Picture]:
    """Return the loan without an event and with it: what comes before both is folded once."""
    log = list(events)
    without, whole = standing(log), standing([*log, event])
    pairs = zip(without, whole, strict=False)
    shared = [each for each, _ in takewhile(lambda pair: pair[0] is pair[1], pairs)]
    state = first_state(contract)
    for each in shared:
        apply(state, each)
    fork = state.fork()
    for each in without[len(shared) :]:
        apply(fork, each)
    for each in whole[len(shared) :]:
        apply(state, each)
    return fork.picture(as_of), state.picture(as_of)


def apply(state: State, event: Event) -> None:
    """Carry a loan to an event's value date and let it happen."""
    state.roll_to(event.value_date)
    if event.kind in RECEIPTS:
        state.parts[event.sequence] = receive(state, amount=event.amount, choice=event.choice)
        return
    _ACTS[event.kind](state, event)


def _rate_change(state: State, event: Event) -> None:
    state.new_rates(rate_ppm=event.rate_ppm, penalty_ppm=event.penalty_ppm)
    redraw(state)


def _spread(state: State, event: Event) -> None:
    """Spread what is left over `count` rows from the running one; what is overdue stays so."""
    if running_row(state, state.day) is None:
        raise EventInvalid(reason="its last period has ended")
    redraw(state, count=event.count)


def _pause(state: State, event: Event) -> None:
    """Let no interest accrue on days of whole periods, and on those that the running one has left."""
    since = event.since or event.value_date
    if running_row(state, state.day) is None:
        raise EventInvalid(reason="its last period has ended")
    state.pauses = (*state.pauses, Period(since, event.through or since))
    redraw(state)


def _move_due_dates(state: State, event: Event) -> None:
    """Move due dates that lie ahead: interest runs by nominal dates and stays as it is (L-07, M-07)."""
    ahead = {nominal: day for nominal, day in event.moves if day > state.day}
    state.moved |= ahead
    for row in state.rows:
        if row.due > state.day:
            row.due = ahead.get(row.end, row.due)
    state.version += 1


def _re_age(state: State, event: Event) -> None:
    """Move what is overdue into the rows to come: principal is spread, interest waits without interest."""
    index = running_row(state, state.day)
    if index is None:
        raise EventInvalid(reason="its last period has ended")
    for row in state.rows[:index]:
        row.principal, row.interest = row.principal_paid, row.interest_paid
    redraw(state, count=event.count or None)


def _waive(state: State, event: Event) -> None:
    """Give up interest: the oldest overdue first, then what has accrued; never more than is owed."""
    before = state.so_far
    penalty, compound = min(event.penalty, state.penalty_owed), min(event.compound, state.compound_owed)
    left = given_up = min(event.interest, max(0, state.interest_owed))
    for row in state.rows:
        part = min(left, row.interest_owed)
        row.interest_paid += part
        left -= part
    state.add(
        interest_paid=given_up,
        penalty_paid=penalty,
        compound_paid=compound,
        waived_interest=given_up,
        waived_penalty=penalty + compound,
    )
    _forgo(state, before, waived=True)


def _write_off(state: State, event: Event) -> None:
    """Take everything off the books as accrued; the claim goes on (账销案存, E-05)."""
    state.roll_to(event.through or event.value_date)
    before = state.so_far
    interest, penalty, compound = state.interest_owed, state.penalty_owed, state.compound_owed
    state.add(
        interest_paid=interest,
        penalty_paid=penalty,
        compound_paid=compound,
        written_off=state.outstanding + interest + penalty + compound,
    )
    _forgo(state, before, waived=False)
    state.outstanding = 0
    close_rows(state)
    state.closed = True


def _forgo(state: State, before: Earned, *, waived: bool) -> None:
    if state.non_accrual is not None:
        state.non_accrual = state.non_accrual.given_up(before, state.so_far, waived=waived)


def _stop_accrual(state: State, event: Event) -> None:
    """Stop accruing if it is still so late on that day; a receipt keyed since may have cured it."""
    if state.days_past_due() < event.count or state.closed:
        return
    terms = StopTerms(
        policy=event.policy,
        net_ppm=event.net_ppm,
        net_late_ppm=event.net_late_ppm,
        allowance=event.allowance,
    )
    state.non_accrual = stopped(state.non_accrual, terms, day=state.day, so_far=state.so_far)


def _resume_accrual(state: State, _: Event) -> None:
    if not state.days_past_due():
        state.non_accrual = None


def _use_credit(state: State, event: Event) -> None:
    state.parts[event.sequence] = use_credit(state)


def _recover(state: State, event: Event) -> None:
    state.add(received=event.amount, recovered=event.amount)


def _refund(state: State, event: Event) -> None:
    if event.amount > state.totals.credit:
        raise EventInvalid(reason="there is not so much of a credit balance")
    state.add(refunded=event.amount, credit=-event.amount)


_ACTS: dict[EventKind, Callable[[State, Event], None]] = {
    EventKind.RATE_CHANGE: _rate_change,
    EventKind.EXTENSION: _spread,
    EventKind.RE_AMORTISATION: _spread,
    EventKind.PAUSE: _pause,
    EventKind.DUE_DATE_MOVE: _move_due_dates,
    EventKind.RE_AGE: _re_age,
    EventKind.WAIVER: _waive,
    EventKind.WRITE_OFF: _write_off,
    EventKind.RECOVERY: _recover,
    EventKind.CREDIT_REFUND: _refund,
    EventKind.CREDIT_USE: _use_credit,
    EventKind.NON_ACCRUAL: _stop_accrual,
    EventKind.ACCRUAL_RETURN: _resume_accrual,
}
