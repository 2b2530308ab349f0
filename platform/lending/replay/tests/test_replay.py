"""The scheduled loan as a fold of its log: hand-worked figures, and laws that hold for any history (J6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.day_counts import DayCount
from kernel.recurrence import Frequency, Unit
from kernel.refusals import Refusal
from kernel.schedules import Method
from lending.loans.entries import PRINCIPAL, changes_of, held
from lending.replay import AsOf, Contract, Event, EventInvalid, EventKind, Picture, Span, replay, replay_both
from lending.replay.fold import state_on
from lending.replay.receipts import payoff

START = date(2026, 9, 20)
DUE = date(2026, 10, 20)
TERM = Contract(
    method=Method.LEVEL_INSTALMENT,
    principal=10_000_000,
    start_date=START,
    rate_ppm=72_000,
    penalty_ppm=108_000,
    count=12,
)


def at(day: date) -> AsOf:
    return AsOf(day, day, day)


def receipt(sequence: int, day: date, amount: int, choice: str = "") -> Event:
    return Event(sequence=sequence, kind=EventKind.REPAYMENT, value_date=day, amount=amount, choice=choice)


def parts(*events: Event, contract: Contract = TERM) -> tuple[int, ...]:
    last = events[-1]
    used = replay(contract, events, at(last.value_date)).parts[last.sequence]
    return used.penalty, used.compound, used.interest, used.principal, used.excess


class TestJ6:
    """100,000 over twelve months at 7.2 %, the first instalment of 8,661.90 unpaid on 2026-10-20."""

    def test_a_part_payment_nine_days_late(self) -> None:
        late = receipt(2, DUE + timedelta(9), 500_000)
        assert parts(late) == (2_177, 162, 60_000, 437_661, 0)
        assert replay(TERM, [late], at(late.value_date)).overdue_principal == 368_529

    def test_the_same_payment_on_day_ninety_goes_to_interest_on_day_ninety_five_to_principal(self) -> None:
        assert parts(receipt(2, DUE + timedelta(90), 500_000))[2] > 0
        assert parts(receipt(2, DUE + timedelta(95), 500_000)) == (0, 0, 0, 500_000, 0)

    def test_nothing_is_late_when_paid_on_the_day(self) -> None:
        assert parts(receipt(2, DUE, 866_190)) == (0, 0, 60_000, 806_190, 0)

    def test_prepaying_settles_the_interest_to_date_and_lowers_the_instalment(self) -> None:
        # 15 of 30 days of 551.63 are 275.82; the rest repays principal, eleven instalments become smaller
        early = receipt(3, date(2026, 11, 5), 2_000_000, "keep_term")
        picture = replay(TERM, [receipt(2, DUE, 866_190), early], at(early.value_date))
        used = picture.parts[3]
        assert (used.interest, used.principal) == (27_582, 1_972_418)
        assert len(picture.rows) == 12
        assert {row.principal + row.interest for row in picture.rows[2:-1]} == {680_359}

    def test_prepaying_may_shorten_the_loan_instead(self) -> None:
        early = receipt(3, date(2026, 11, 5), 2_000_000, "keep_instalment")
        picture = replay(TERM, [receipt(2, DUE, 866_190), early], at(early.value_date))
        assert len(picture.rows) == 10
        assert {row.principal + row.interest for row in picture.rows[2:-1]} == {866_190}

    def test_what_nothing_is_owed_for_is_a_credit_balance(self) -> None:
        assert parts(receipt(2, START, 10_500_000)) == (0, 0, 0, 10_000_000, 500_000)


def test_a_new_rate_splits_the_running_period() -> None:
    change = Event(
        sequence=2,
        kind=EventKind.RATE_CHANGE,
        value_date=date(2026, 10, 5),
        rate_ppm=36_000,
        penalty_ppm=54_000,
    )
    picture = replay(TERM, [change], at(DUE))
    assert picture.rows[0].interest == 30_000 + 15_000  # half of 600.00 and half of 300.00
    assert picture.earned == 45_000


def test_what_is_overdue_bears_each_rate_for_its_days() -> None:
    change = Event(
        sequence=2,
        kind=EventKind.RATE_CHANGE,
        value_date=DUE + timedelta(10),
        rate_ppm=72_000,
        penalty_ppm=54_000,
    )
    picture = replay(TERM, [change], at(DUE + timedelta(20)))
    assert picture.penalty == 2_419 + 1_209  # 8,061.90 for 10 days at 10.8 %, then 10 at 5.4 %: 36.28
    assert picture.products.penalty == 8_061_900


def test_a_due_date_rolled_over_a_holiday_bears_no_penalty_meanwhile() -> None:
    rolled = replace(TERM, roll=lambda day: day + timedelta(3))
    late = receipt(2, DUE + timedelta(3), 866_190)
    assert parts(late, contract=rolled) == (0, 0, 60_000, 806_190, 0)
    assert replay(rolled, [], at(DUE + timedelta(4))).penalty == 242


def test_no_interest_runs_in_a_pause_and_a_receipt_keyed_late_finds_it_so() -> None:
    """From the sixteenth day of the first period to the end of the third; the sixth is agreed on ahead."""
    third, sixth = date(2026, 12, 20), date(2027, 3, 20)
    pause = Event(sequence=2, kind=EventKind.PAUSE, value_date=date(2026, 10, 5), through=third)
    ahead = Event(
        sequence=3,
        kind=EventKind.PAUSE,
        value_date=date(2026, 10, 6),
        since=date(2027, 2, 20),
        through=sixth,
    )
    picture = replay(TERM, [pause, ahead], at(third))
    assert [row.interest for row in picture.rows[:3]] == [30_000, 0, 0]
    assert (picture.rows[5].interest, picture.earned) == (0, 30_000)
    assert picture.rows[3].interest > 0 < picture.rows[6].interest
    assert sum(row.principal for row in picture.rows) == TERM.principal
    shown = sum(row.interest for row in picture.rows)
    assert replay(TERM, [pause, ahead], at(date(2027, 9, 20))).earned == shown
    paid = replay(TERM, [pause, ahead, receipt(4, date(2026, 9, 30), 100_000)], at(third))
    assert paid.earned == 20_000 + 9_920  # ten days of the whole, then five of 99,200.00 to the pause


def test_a_late_loan_brought_up_to_date_capitalises_nothing() -> None:
    age = Event(sequence=2, kind=EventKind.RE_AGE, value_date=DUE + timedelta(10))
    before, after = (replay(TERM, log, at(age.value_date)) for log in ([], [age]))
    assert (before.overdue_principal, before.overdue_interest) == (806_190, 60_000)
    assert (after.overdue_principal, after.overdue_interest) == (0, 0)
    assert after.outstanding == before.outstanding
    assert after.rows[1].interest >= 60_000
    assert sum(row.principal for row in after.rows) == TERM.principal


def test_a_written_off_loan_is_nothing_on_the_books_and_a_recovery_goes_against_it() -> None:
    day = DUE + timedelta(100)
    off = Event(sequence=2, kind=EventKind.WRITE_OFF, value_date=day, through=day)
    back = Event(sequence=3, kind=EventKind.RECOVERY, value_date=day + timedelta(9), amount=100_000)
    picture = replay(TERM, [off, back], at(day + timedelta(30)))
    figures = held(picture, income_account="6011.01", cash_account="1003")
    assert picture.outstanding == picture.accrued == picture.penalty == picture.overdue_interest == 0
    assert figures["1304.03"] == picture.totals.written_off - 100_000 == figures["9003"]
    assert figures["1003"] == 100_000


def test_acts_without_room_are_refused() -> None:
    over = TERM.start_date + timedelta(400)
    for event in (
        Event(sequence=2, kind=EventKind.EXTENSION, value_date=over, count=3),
        Event(sequence=2, kind=EventKind.RE_AGE, value_date=over),
        Event(sequence=2, kind=EventKind.CREDIT_REFUND, value_date=over, amount=1),
    ):
        with pytest.raises(EventInvalid) as refused:
            replay(TERM, [event], at(over))
        assert isinstance(refused.value, Refusal)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    unit = draw(st.sampled_from([Unit.WEEK, Unit.MONTH]))
    methods = [Method.LEVEL_INSTALMENT, Method.LEVEL_PRINCIPAL, Method.INTEREST_FIRST, Method.BULLET]
    rolls = draw(st.integers(0, 3))
    return Contract(
        method=draw(st.sampled_from(methods)),
        principal=draw(st.integers(100_000, 50_000_000)),
        start_date=START + timedelta(draw(st.integers(0, 40))),
        rate_ppm=draw(st.integers(1_000, 240_000)),
        penalty_ppm=draw(st.integers(1_000, 360_000)),
        count=draw(st.integers(1, 8)),
        frequency=Frequency(unit, 1),
        day_count=draw(st.sampled_from([DayCount.THIRTY_360_US, DayCount.ACT_360, DayCount.ACT_365F])),
        compounds=draw(st.booleans()),
        prepayment_fee_ppm=draw(st.sampled_from([0, 10_000])),
        roll=lambda day: day + timedelta(rolls),
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[Contract, list[Event]]:
    """Receipts of any size on any day, some taken back, and changes of terms in between."""
    contract = draw(contracts())
    log: list[Event] = []
    receipts: list[Event] = []
    for sequence in range(2, 2 + draw(st.integers(0, 9))):
        day = contract.start_date + timedelta(draw(st.integers(0, 120)))
        kinds = ["receipt", "receipt", "receipt", "reverse", "rate", "waive", "spread", "re_age"]
        kind = draw(st.sampled_from(kinds))
        if kind == "reverse" and receipts:
            back = receipts.pop(draw(st.integers(0, len(receipts) - 1)))
            event = Event(
                sequence=sequence,
                kind=EventKind.REVERSAL,
                value_date=back.value_date,
                reverses=back.sequence,
            )
        elif kind == "rate":
            rate, late = draw(st.integers(1_000, 240_000)), draw(st.integers(1_000, 360_000))
            event = Event(
                sequence=sequence,
                kind=EventKind.RATE_CHANGE,
                value_date=day,
                rate_ppm=rate,
                penalty_ppm=late,
            )
        elif kind == "waive":
            event = Event(sequence=sequence, kind=EventKind.WAIVER, value_date=day, interest=500, penalty=100)
        elif kind in ("spread", "re_age"):
            act = EventKind.RE_AMORTISATION if kind == "spread" else EventKind.RE_AGE
            event = Event(sequence=sequence, kind=act, value_date=day, count=draw(st.integers(1, 9)))
        else:
            amount = draw(st.integers(1, contract.principal))
            choice = draw(st.sampled_from(["", "keep_term", "keep_instalment", "next", "hold"]))
            event = receipt(sequence, day, amount, choice)
            receipts.append(event)
        log.append(event)
    return contract, log


def replayed(contract: Contract, log: list[Event], day: date) -> Picture | None:
    """Return the picture, or None for a history whose acts had no room."""
    try:
        return replay(contract, log, at(day))
    except EventInvalid:
        return None


END = START + timedelta(200)


@settings(max_examples=20, deadline=None)
@given(histories())
def test_balances_add_up_and_never_fall_below_nothing(history: tuple[Contract, list[Event]]) -> None:
    contract, log = history
    for length in range(len(log) + 1):
        picture = replayed(contract, log[:length], END)
        if picture is None:
            return
        owed = [row.principal_owed for row in picture.rows]
        assert sum(owed) == picture.outstanding >= 0
        for row in picture.rows:
            assert min(row.principal_owed, row.interest_owed, row.fee_owed) >= 0
            assert min(row.principal_paid, row.interest_paid) >= 0
        assert sum(row.interest_paid for row in picture.rows) == picture.totals.interest_paid
        assert min(picture.penalty, picture.compound, picture.totals.credit) >= 0
        assert [row.number for row in picture.rows] == list(range(1, len(picture.rows) + 1))


@settings(max_examples=15, deadline=None)
@given(histories())
def test_every_act_is_a_balanced_entry(history: tuple[Contract, list[Event]]) -> None:
    contract, log = history
    before = replayed(contract, [], END)
    for length in range(1, len(log) + 1):
        after = replayed(contract, log[:length], END)
        if before is None or after is None:
            return
        changes = changes_of(before, after, income_account="6011.02", cash_account="1003")
        assert sum(changes.values()) == 0
        figures = held(after, income_account="6011.02", cash_account="1003")
        assert sum(figures.values()) == contract.principal
        assert figures[PRINCIPAL] == after.outstanding
        before = after


@settings(max_examples=15, deadline=None)
@given(histories())
def test_folded_once_a_loan_without_an_act_and_with_it_is_as_folded_twice(
    history: tuple[Contract, list[Event]],
) -> None:
    contract, log = history
    for length, event in enumerate(log):
        before, after = (replayed(contract, log[:number], END) for number in (length, length + 1))
        if before is None or after is None:
            return
        assert replay_both(contract, log[:length], event, at(END)) == (before, after)


@settings(max_examples=10, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_arrive_does_not_matter(
    history: tuple[Contract, list[Event]], random: object
) -> None:
    contract, log = history
    shuffled = log[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert replayed(contract, shuffled, END) == replayed(contract, log, END)


@settings(max_examples=10, deadline=None)
@given(histories(), st.integers(0, 150))
def test_paying_the_quote_settles_and_a_fen_less_does_not(
    history: tuple[Contract, list[Event]], days: int
) -> None:
    contract, log = history
    day = max([contract.start_date + timedelta(days), *(event.value_date for event in log)])
    picture = replayed(contract, log, day)
    if picture is None or picture.owes_nothing:
        return
    quote = payoff(state_on(contract, log, day))
    paid = replay(contract, [*log, receipt(99, day, quote.total)], at(day))
    assert paid.owes_nothing
    assert (paid.outstanding, paid.totals.credit) == (0, picture.totals.credit)
    assert paid.parts[99] == quote
    if quote.total > 1:
        short = replay(contract, [*log, receipt(99, day, quote.total - 1, "keep_term")], at(day))
        assert not short.owes_nothing or short.totals.credit > picture.totals.credit


@settings(max_examples=20, deadline=None)
@given(histories())
def test_the_days_of_a_loan_earn_its_interest_to_the_fen(history: tuple[Contract, list[Event]]) -> None:
    contract, log = history
    picture = replayed(contract, log, END)
    if picture is None:
        return
    state = state_on(contract, log, END)
    earned = [state.earned(contract.start_date + timedelta(days)) for days in range(420)]
    assert earned[0] == 0
    assert earned == sorted(earned)
    assert earned[-1] >= picture.earned
    assert earned[-1] == sum(row.interest for row in picture.rows)


def test_a_span_earns_by_its_own_days() -> None:
    span = Span(date(2026, 1, 31), date(2026, 2, 28), 2_800)
    assert [span.earned(date(2026, 2, day), thirty=True) for day in (1, 15, 28)] == [100, 1_500, 2_800]
