"""The interest engine, pure: hand-worked figures, and a fold that equals the projection for any history."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import Rounding
from kernel.rates import AnnualRate
from lending.loans.position import (
    Effect,
    State,
    Terms,
    applied,
    fold,
    interest_earned,
    penalty_earned,
    position,
    rolled,
)
from lending.loans.waterfall import Component, allocate

START = date(2026, 11, 3)
RATE = AnnualRate.parse("0.072000")


def day(number: int) -> date:
    return START + timedelta(days=number)


def terms(tenor: int = 90, uplift: str = "0.108000") -> Terms:
    return Terms(RATE, AnnualRate.parse(uplift), day(tenor))


def after(*effects: Effect, under: Terms | None = None) -> State:
    state = None
    for effect in effects:
        state = applied(state, effect, under or terms())
    assert state is not None
    return state


def test_the_example_of_s0_01() -> None:
    drawn = after(Effect(day(0), 3_000_000))
    assert position(drawn, terms(), day(10)).interest == 6000
    repaid = after(Effect(day(0), 3_000_000), Effect(day(10), -1_000_000, interest_paid=6000))
    owed = position(repaid, terms(), day(27))
    assert (owed.principal, owed.interest, owed.penalty, owed.total) == (2_000_000, 6800, 0, 2_006_800)


def test_the_first_day_counts_and_the_last_does_not() -> None:
    drawn = after(Effect(day(0), 3_000_000))
    assert interest_earned(drawn, terms(), day(0)) == 0
    assert interest_earned(drawn, terms(), day(1)) == 600


def test_the_back_dated_receipt_of_j6() -> None:
    # 20,000 at 7.2 %: 4.00 a day; 5,000 less is 3.00 a day; received on 11-05, keyed on 11-09
    drawn = after(Effect(date(2026, 11, 3), 2_000_000))
    before = interest_earned(drawn, terms(), date(2026, 11, 9))
    late = applied(rolled(drawn, terms(), date(2026, 11, 9)), Effect(date(2026, 11, 5), -500_000), terms())
    assert before - interest_earned(late, terms(), date(2026, 11, 9)) == 400


def test_principal_unpaid_on_the_due_date_bears_the_penalty_rate_instead() -> None:
    drawn = after(Effect(day(0), 3_000_000))
    due = position(drawn, terms(), day(90))
    assert (due.interest, due.penalty, due.days_past_due) == (54_000, 0, 0)
    late = position(drawn, terms(), day(93))
    # 30,000 x 10.8 % x 3 / 360 = 27.00
    assert (late.interest, late.penalty, late.days_past_due) == (54_000, 2700, 3)


def test_a_receipt_may_reach_back_over_the_due_date() -> None:
    drawn = rolled(after(Effect(day(0), 3_000_000)), terms(), day(95))
    late = applied(drawn, Effect(day(88), -1_000_000), terms())
    assert interest_earned(late, terms(), day(95)) == 54_000 - 2 * 200
    assert penalty_earned(late, terms(), day(95)) == 5 * 600


@pytest.mark.parametrize(
    ("rounding", "expected"), [(Rounding.HALF_UP, 1), (Rounding.DOWN, 0), (Rounding.UP, 1)]
)
def test_rounding_is_a_term(rounding: Rounding, expected: int) -> None:
    # 25 fen at 7.2 % for 100 days is half a fen
    drawn = State(outstanding=25, segment_date=day(0))
    assert interest_earned(drawn, Terms(RATE, RATE, day(200), rounding), day(100)) == expected


def test_an_empty_log_has_no_state() -> None:
    assert fold([], terms()) is None
    assert fold([Effect(day(3), 100)], terms(), through_date=day(2)) is None


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Effect], Terms]:
    """A draw, then payments keyed in any order of value dates, some of them taken back."""
    under = terms(tenor=draw(st.integers(1, 60)))
    principal = left = draw(st.integers(1, 10**10))
    log = [Effect(day(0), principal)]
    receipts: list[Effect] = []
    for _ in range(draw(st.integers(0, 8))):
        if receipts and draw(st.booleans()):
            taken_back = receipts.pop(draw(st.integers(0, len(receipts) - 1)))
            log.append(
                Effect(
                    taken_back.value_date,
                    -taken_back.principal_change,
                    -taken_back.interest_paid,
                    -taken_back.penalty_paid,
                )
            )
            left -= taken_back.principal_change
            continue
        paid = draw(st.integers(0, left))
        receipt = Effect(
            day(draw(st.integers(0, 90))), -paid, draw(st.integers(0, 10**6)), draw(st.integers(0, 10**6))
        )
        left -= paid
        receipts.append(receipt)
        log.append(receipt)
    return log, under


@given(histories())
def test_fold_equals_projection(history: tuple[list[Effect], Terms]) -> None:
    log, under = history
    assert fold(log, under) == after(*log, under=under)


@given(histories(), st.randoms())
def test_the_order_in_which_rows_arrive_does_not_matter(
    history: tuple[list[Effect], Terms], random: object
) -> None:
    log, under = history
    shuffled = log[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    end = day(120)
    assert rolled(after(*shuffled, under=under), under, end) == rolled(after(*log, under=under), under, end)


@given(histories())
def test_balances_and_products_never_fall_below_nothing(history: tuple[list[Effect], Terms]) -> None:
    log, under = history
    for length in range(1, len(log) + 1):
        state = after(*log[:length], under=under)
        assert state.outstanding >= 0
        assert state.interest_product >= 0
        assert state.penalty_product >= 0


@given(histories())
def test_daily_accruals_and_corrections_add_up_to_the_interest_to_the_fen(
    history: tuple[list[Effect], Terms],
) -> None:
    """Post as the bank does: a day's accrual at its end, a correction whenever a row reaches back."""
    log, under = history
    keyed = [(max(effect.value_date, day(n)), effect) for n, effect in enumerate(log)]
    keyed.sort(key=lambda pair: pair[0])
    state, interest, penalty, today = None, 0, 0, day(0)
    while keyed or today < day(100):
        while keyed and keyed[0][0] == today:
            effect = keyed.pop(0)[1]
            before = state or State(0, effect.value_date)
            state = applied(state, effect, under)
            interest += interest_earned(state, under, today) - interest_earned(before, under, today)
            penalty += penalty_earned(state, under, today) - penalty_earned(before, under, today)
        if state is not None:
            tomorrow = today + timedelta(days=1)
            interest += interest_earned(state, under, tomorrow) - interest_earned(state, under, today)
            penalty += penalty_earned(state, under, tomorrow) - penalty_earned(state, under, today)
        today += timedelta(days=1)
    folded = fold(log, under)
    assert folded is not None
    assert interest == interest_earned(folded, under, today)
    assert penalty == penalty_earned(folded, under, today)


@given(
    amount=st.integers(0, 10**9),
    owed=st.fixed_dictionaries({component: st.integers(-(10**6), 10**8) for component in Component}),
    order=st.permutations(list(Component)),
)
def test_an_allocation_is_the_payment_and_never_more_than_owed(
    amount: int, owed: dict[Component, int], order: list[Component]
) -> None:
    parts = allocate(amount=amount, owed=owed, order=order)
    assert parts.total == amount
    for component, part in zip(Component, (parts.penalty, parts.interest, parts.principal), strict=True):
        assert 0 <= part <= max(0, owed[component])
    first_short = next((c for c in order if getattr(parts, c.value) < max(0, owed[c])), None)
    if first_short is not None:
        assert parts.excess == 0
        assert all(getattr(parts, c.value) == 0 for c in order[order.index(first_short) + 1 :])


def test_the_default_order_is_penalty_interest_principal() -> None:
    parts = allocate(
        amount=900, owed={Component.PENALTY: 100, Component.INTEREST: 300, Component.PRINCIPAL: 1000}
    )
    assert (parts.penalty, parts.interest, parts.principal, parts.excess) == (100, 300, 500, 0)
