"""Drawing a loan's schedule, and drawing the rest of it anew when its terms change in the middle."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from kernel.money import DIGITS
from kernel.schedules import Method, Schedule, ScheduleTerms, Tranche, build_schedule
from lending.replay.contract import Contract
from lending.replay.picture import Row, Span, day_index, divided
from lending.replay.state import State


def first_state(contract: Contract) -> State:
    """Return the loan on its first day, nothing paid."""
    rows, instalment = _drawn(
        contract,
        first=1,
        start=contract.start_date,
        principal=contract.principal,
        rate_ppm=contract.rate_ppm,
        count=contract.count,
    )
    return State(
        contract=contract,
        day=contract.start_date,
        rows=rows,
        spans=[Span(row.start, row.end, row.interest) for row in rows],
        outstanding=contract.principal,
        rate_ppm=contract.rate_ppm,
        penalty_ppm=contract.penalty_ppm,
        instalment=instalment,
        count=contract.count,
    )


def running_row(state: State, day: date) -> int | None:
    """Return the index of the row whose period a day lies in; None after the last."""
    return next((index for index, row in enumerate(state.rows) if row.start <= day < row.end), None)


def redraw(state: State, *, count: int | None = None, keep_instalment: bool = False) -> None:
    """Draw the rest of the schedule anew from the state's day: rows whose period has not ended.

    What was earned in the running period so far stays its interest; the days left bear what the new row of
    the whole period would. What was paid on the rows redrawn stays paid, on the running one. `count` is how
    many rows there are to be, the running one included; with `keep_instalment` as many as it takes.
    """
    index = running_row(state, state.day)
    if index is None:
        return
    old, kept = state.rows[index:], state.rows[:index]
    first = old[0]
    earned, carried = so_far(state, index)
    paid = Row(
        first.number,
        first.start,
        first.end,
        first.due,
        sum(row.principal_paid for row in old),
        earned + carried,
        sum(row.fee_paid for row in old),
        sum(row.principal_paid for row in old),
        sum(row.interest_paid for row in old),
        sum(row.fee_paid for row in old),
    )
    principal = state.outstanding - sum(row.principal_owed for row in kept)
    principal -= _use_advance(state, paid, principal)
    if count is None:
        count = state.count if state.contract.method is Method.BULLET else len(old)
    fresh = [] if principal == 0 else _rest(state, first, principal, count, keep_instalment)
    if state.contract.method is Method.BULLET:
        state.count = count
    state.rows = kept + _joined(paid, fresh, state)
    state.spans = _spans(state, index, earned, carried)
    state.version += 1


def so_far(state: State, index: int) -> tuple[int, int]:
    """Return what the running period has earned, and earlier interest that no earlier row holds."""
    first = state.rows[index]
    before = sum(span.interest for span in state.spans if span.end <= first.start)
    return state.earned(state.day) - before, before - sum(row.interest for row in state.rows[:index])


def _use_advance(state: State, paid: Row, principal: int) -> int:
    """Use interest paid for days that the new terms may not charge for principal; return how much."""
    surplus = max(0, paid.interest_paid - paid.interest)
    used = min(surplus, principal)
    paid.interest_paid -= surplus
    paid.principal += used
    paid.principal_paid += used
    state.outstanding -= used
    state.add(interest_paid=-surplus, credit=surplus - used)
    return used


def _rest(state: State, first: Row, principal: int, count: int, keep_instalment: bool) -> list[Row]:
    rows, instalment = _drawn(
        state.contract,
        first=first.number,
        start=first.start,
        principal=principal,
        rate_ppm=state.rate_ppm,
        count=count,
        first_due=None if state.contract.method is Method.BULLET else first.end,
        instalment=state.instalment if keep_instalment else None,
        roll=state.payable_on,
        is_free=lambda first, last: state.bears_nothing(max(first, state.day), last),
    )
    if not keep_instalment:
        state.instalment = instalment
    return rows


def _joined(paid: Row, fresh: list[Row], state: State) -> list[Row]:
    """Return the new rows with what was earned and paid of the running period on the first of them."""
    if not fresh:
        return [paid]
    head = fresh[0]
    whole = Span(head.start, head.end, head.interest)
    return [
        replace(
            paid,
            end=head.end,
            due=head.due,
            principal=paid.principal + head.principal,
            interest=paid.interest + _left(state, whole),
            fee=paid.fee + head.fee,
        ),
        *fresh[1:],
    ]


def _left(state: State, whole: Span) -> int:
    """Return the interest of the days a period has left, of what the whole of it would bear."""
    if state.bears_nothing(state.day, whole.end):
        return 0
    thirty = state.contract.counts_thirty
    start, end, now = (day_index(each, thirty=thirty) for each in (whole.start, whole.end, state.day))
    return divided(whole.interest * max(0, end - now), end - start) if end > start else 0


def _spans(state: State, index: int, earned: int, carried: int) -> list[Span]:
    """Return the spans: those of ended periods, those of the running one up to the day, one a row after."""
    day, start = state.day, state.rows[index].start
    before = [span for span in state.spans if span.end <= start]
    inside = [span for span in state.spans if span.end > start and span.start < day]
    cut = [span if span.end <= day else None for span in inside]
    done = [span for span in cut if span is not None]
    if len(done) < len(inside):
        rest = earned - sum(span.interest for span in done)
        done.append(Span(inside[-1].start, day, rest))
    spans = before + done
    spans.append(Span(day, state.rows[index].end, state.rows[index].interest - earned - carried))
    spans += [Span(row.start, row.end, row.interest) for row in state.rows[index + 1 :]]
    return [span for span in spans if span.end > span.start]


def _drawn(
    contract: Contract,
    *,
    first: int,
    start: date,
    principal: int,
    rate_ppm: int,
    count: int,
    first_due: date | None = None,
    instalment: int | None = None,
    roll: Callable[[date], date] | None = None,
    is_free: Callable[[date, date], bool] | None = None,
) -> tuple[list[Row], int]:
    """Return rows numbered from `first`, no interest on days that are free, and the level instalment."""
    anchor = contract.anchor_day or contract.start_date.day
    level = contract.method is Method.LEVEL_INSTALMENT
    if contract.method is Method.LEVEL_PRINCIPAL and instalment:
        count = min(count, -(-principal // instalment))
    terms = ScheduleTerms(
        tranches=(Tranche(start, principal),),
        rate_ppm=rate_ppm,
        method=contract.method,
        count=count,
        frequency=contract.frequency,
        first_due_date=first_due,
        anchor_day=anchor if contract.frequency.unit == "month" else None,
        day_count=contract.day_count,
        interest_rounding=contract.rounding,
        instalment=instalment if level else None,
        principal_grace=max(0, min(contract.principal_grace - first + 1, count - 1)),
        interest_grace=max(0, min(contract.interest_grace - first + 1, count - 1)),
        currency_digits=DIGITS["CNY"],
    )
    built = _built(terms, is_free)
    rows = [
        Row(
            first + row.number - 1,
            row.period_start,
            row.due_date,
            (roll or contract.roll)(row.due_date),
            row.principal,
            row.interest,
            row.fees,
        )
        for row in built.rows
        if row.number > 0
    ]
    part = built.instalments[-1].minor if built.instalments else rows[0].principal
    return rows, part


def _built(terms: ScheduleTerms, is_free: Callable[[date, date], bool] | None) -> Schedule:
    """Return the schedule, rows that a pause covers bearing no interest."""
    built = build_schedule(terms)
    if is_free is None:
        return built
    free = tuple(row.number for row in built.rows if row.number and is_free(row.period_start, row.due_date))
    return build_schedule(replace(terms, interest_free_rows=free)) if free else built
