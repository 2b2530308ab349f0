from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import allocation
from kernel.allocation import (
    GUARANTOR,
    PERFORMING,
    PRINCIPAL_FIRST_AFTER_90,
    REVENUE_SHARE_LOAN,
    REVOLVING,
    REVOLVING_DEAREST,
    REVOLVING_LINE,
    SCHEDULED_LOAN,
    Allocation,
    AllocationInputInvalid,
    Component,
    DueStatus,
    FutureRule,
    Instalment,
    LoanCondition,
    Policy,
    PolicyIncomplete,
    PolicyMissing,
    PolicyRepeats,
    PolicySet,
    PolicyUnknown,
    Processing,
    TransactionType,
    allocate,
    policy_as_json,
    policy_from_json,
    set_as_json,
    set_from_json,
)
from kernel.money import MAX_MINOR

DUE = date(2026, 10, 20)
J6 = {
    Component.PENALTY: 21_77,
    Component.COMPOUND: 1_62,
    Component.INTEREST: 600_00,
    Component.PRINCIPAL: 8_061_90,
}


def parts(made: Allocation) -> list[tuple[int, str, int]]:
    return [(part.number, part.component.value, part.minor) for part in made.parts]


def monthly(count: int, first: date = DUE, principal: int = 1_000, interest: int = 100) -> list[Instalment]:
    owed = {Component.PRINCIPAL: principal, Component.INTEREST: interest}
    return [Instalment(n + 1, first + timedelta(days=30 * n), owed) for n in range(count)]


class TestJ6:
    """One instalment of 8,661.90 due 2026-10-20 is unpaid; 5,000 arrives (J6, F partial)."""

    def test_nine_days_late_the_principal_is_last(self) -> None:
        policy = SCHEDULED_LOAN.policy_for(transaction=TransactionType.REPAYMENT, days_past_due=9)
        made = allocate(
            instalments=[Instalment(1, DUE, J6)], payment=5_000_00, policy=policy, on_date=date(2026, 10, 29)
        )
        assert parts(made) == [
            (1, "interest", 600_00),
            (1, "penalty", 21_77),
            (1, "compound", 1_62),
            (1, "principal", 4_376_61),
        ]
        assert (made.rest, J6[Component.PRINCIPAL] - made.by_component()[Component.PRINCIPAL]) == (
            0,
            3_685_29,
        )

    def test_on_day_95_the_principal_is_first(self) -> None:
        policy = SCHEDULED_LOAN.policy_for(transaction=TransactionType.REPAYMENT, days_past_due=95)
        made = allocate(
            instalments=[Instalment(1, DUE, J6), replace(monthly(1, DUE + timedelta(days=31))[0], number=2)],
            payment=5_000_00,
            policy=policy,
            on_date=DUE + timedelta(days=95),
        )
        assert parts(made) == [(1, "principal", 5_000_00)]

    def test_after_the_switch_every_overdue_principal_precedes_any_interest(self) -> None:
        late = DUE + timedelta(days=95)
        made = allocate(instalments=monthly(3), payment=3_150, policy=PRINCIPAL_FIRST_AFTER_90, on_date=late)
        assert parts(made) == [
            (1, "principal", 1_000),
            (2, "principal", 1_000),
            (3, "principal", 1_000),
            (1, "interest", 100),
            (2, "interest", 50),
        ]


@pytest.mark.parametrize(
    ("days", "stopped", "expected"),
    [
        (0, False, LoanCondition.PERFORMING),
        (90, False, LoanCondition.PERFORMING),
        (91, False, LoanCondition.LONG_OVERDUE),  # L-08: the switch is on day 91
        (0, True, LoanCondition.NON_ACCRUAL),
    ],
)
def test_the_switch_is_on_day_91(days: int, stopped: bool, expected: LoanCondition) -> None:
    assert SCHEDULED_LOAN.condition(days_past_due=days, is_non_accrual=stopped) is expected
    order = SCHEDULED_LOAN.policy_for(
        transaction=TransactionType.REPAYMENT, days_past_due=days, is_non_accrual=stopped
    )
    assert (order is PERFORMING) == (expected is LoanCondition.PERFORMING)


def test_a_kind_of_payment_without_a_milder_order_keeps_its_own() -> None:
    chosen = SCHEDULED_LOAN.policy_for(transaction=TransactionType.GUARANTOR, days_past_due=400)
    assert chosen is GUARANTOR
    with pytest.raises(PolicyMissing) as refused:
        REVOLVING_LINE.policy_for(transaction=TransactionType.REMITTANCE, days_past_due=0)
    assert refused.value.faults()[0]["pointer"] == "/transaction"
    assert (refused.value.params["transaction"], refused.value.params["condition"]) == (
        "remittance",
        "performing",
    )
    with pytest.raises(PolicyMissing):
        PolicySet(MappingProxyType({(TransactionType.REPAYMENT, LoanCondition.LONG_OVERDUE): PERFORMING}))
    with pytest.raises(PolicyUnknown):
        PolicySet(SCHEDULED_LOAN.policies, -1)


class TestFuture:
    """What becomes of money beyond what is past due and due."""

    ON = DUE

    def made(self, future: FutureRule, payment: int = 1_350) -> Allocation:
        policy = PERFORMING.with_future(future)
        return allocate(instalments=monthly(3), payment=payment, policy=policy, on_date=self.ON)

    def test_next_pays_the_coming_instalment(self) -> None:
        assert parts(self.made(FutureRule.NEXT))[2:] == [(2, "interest", 100), (2, "principal", 150)]

    def test_last_pays_the_last(self) -> None:
        assert parts(self.made(FutureRule.LAST))[2:] == [(3, "interest", 100), (3, "principal", 150)]

    def test_reamortise_takes_no_more_than_the_principal_to_come(self) -> None:
        made = self.made(FutureRule.REAMORTISE)
        assert (made.allocated, made.to_reamortise, made.held) == (1_100, 250, 0)
        over = self.made(FutureRule.REAMORTISE, payment=5_000)
        assert (over.allocated, over.to_reamortise, over.held) == (1_100, 2_000, 1_900)

    def test_hold_keeps_it(self) -> None:
        made = self.made(FutureRule.HOLD)
        assert (made.allocated, made.to_reamortise, made.held) == (1_100, 0, 250)

    def test_more_than_everything_is_held_under_every_rule(self) -> None:
        for future in (FutureRule.NEXT, FutureRule.LAST):
            made = self.made(future, payment=35_000)
            assert (made.allocated, made.held) == (3_300, 31_700)


def test_the_day_after_the_due_date_is_past_due() -> None:
    row = Instalment(1, DUE, {})
    days = [DUE - timedelta(days=1), DUE, DUE + timedelta(days=1)]
    assert [row.status_on(day) for day in days] == [DueStatus.IN_ADVANCE, DueStatus.DUE, DueStatus.PAST_DUE]


def test_horizontal_finishes_an_instalment_and_vertical_a_component() -> None:
    late = DUE + timedelta(days=60)
    rows = monthly(2)
    across = allocate(instalments=rows, payment=1_150, policy=PERFORMING, on_date=late)
    down = replace(PERFORMING, processing=Processing.VERTICAL)
    along = allocate(instalments=rows, payment=1_150, policy=down, on_date=late)
    assert parts(across) == [(1, "interest", 100), (1, "principal", 1_000), (2, "interest", 50)]
    assert parts(along) == [(1, "interest", 100), (2, "interest", 100), (1, "principal", 950)]


def test_a_line_frees_the_oldest_or_the_dearest_draw_first() -> None:
    draws = [
        Instalment(7, DUE, {Component.PRINCIPAL: 500, Component.INTEREST: 5}, rate_ppm=72_000),
        Instalment(8, DUE + timedelta(days=9), {Component.PRINCIPAL: 500, Component.INTEREST: 7}, 108_000),
    ]
    early = DUE - timedelta(days=30)
    oldest = allocate(instalments=draws, payment=112, policy=REVOLVING, on_date=early)
    dearest = allocate(instalments=draws, payment=112, policy=REVOLVING_DEAREST, on_date=early)
    assert parts(oldest) == [(7, "interest", 5), (8, "interest", 7), (7, "principal", 100)]
    assert parts(dearest) == [(8, "interest", 7), (7, "interest", 5), (8, "principal", 100)]


def test_a_remittance_pays_ahead_and_a_guarantor_does_not() -> None:
    rows = monthly(2)
    policy = REVENUE_SHARE_LOAN.policy_for(transaction=TransactionType.REMITTANCE, days_past_due=0)
    ahead = allocate(instalments=rows, payment=1_150, policy=policy, on_date=DUE)
    assert parts(ahead)[2:] == [(2, "interest", 50)]
    claim = allocate(instalments=rows, payment=1_150, policy=GUARANTOR, on_date=DUE)
    assert (parts(claim)[0], claim.held) == ((1, "principal", 1_000), 50)


class TestRefusals:
    """Nothing comes back from a refusal."""

    @pytest.mark.parametrize("payment", [-1, True, 1.5, MAX_MINOR + 1, "5"])
    def test_a_payment_is_a_whole_number_of_fen(self, payment: Any) -> None:
        with pytest.raises(AllocationInputInvalid):
            allocate(instalments=[], payment=payment, policy=PERFORMING, on_date=DUE)

    @pytest.mark.parametrize(
        "owed",
        [{Component.FEE: -1}, {Component.FEE: 1.0}, {"fee": 1}, {"tip": 1}, {Component.FEE: 10**18}],
    )
    def test_what_is_owed_is_fen_of_a_known_component(self, owed: Any) -> None:
        with pytest.raises(AllocationInputInvalid):
            allocate(instalments=[Instalment(1, DUE, owed)], payment=1, policy=PERFORMING, on_date=DUE)

    def test_an_instalment_is_named_once(self) -> None:
        with pytest.raises(AllocationInputInvalid):
            allocate(instalments=[*monthly(1), *monthly(1)], payment=1, policy=PERFORMING, on_date=DUE)

    def test_an_order_names_every_pair_once(self) -> None:
        with pytest.raises(PolicyIncomplete) as missing:
            Policy(PERFORMING.order[1:])
        assert missing.value.params == {"missing": "past_due.cost"}
        with pytest.raises(PolicyRepeats) as repeated:
            Policy((*PERFORMING.order, PERFORMING.order[0]))
        assert repeated.value.params == {"repeated": "past_due.cost"}


class TestPlain:
    """Orders to and from JSON."""

    @pytest.mark.parametrize("name", ["SCHEDULED_LOAN", "REVOLVING_LINE", "REVENUE_SHARE_LOAN"])
    def test_sets_come_back_as_they_were(self, name: str) -> None:
        policies: PolicySet = getattr(allocation, name)
        again = set_from_json(set_as_json(policies))
        assert dict(again.policies) == dict(policies.policies)
        assert again.long_overdue_after_days == 90

    @pytest.mark.parametrize(
        ("spoil", "refusal"),
        [
            (lambda row: row["order"].pop(), PolicyIncomplete),
            (lambda row: row["order"].append("due.fee"), PolicyRepeats),
            (lambda row: row["order"].append("due.tip"), PolicyUnknown),
            (lambda row: row["order"].append("late.fee"), PolicyUnknown),
            (lambda row: row["order"].append(7), PolicyUnknown),
            (lambda row: row.update(order="due.fee"), PolicyUnknown),
            (lambda row: row.update(processing="diagonal"), PolicyUnknown),
            (lambda row: row.update(future="spend"), PolicyUnknown),
            (lambda row: row.update(precedence=["oldest"]), PolicyUnknown),
            (lambda row: row.update(tip="due.fee"), PolicyUnknown),
        ],
    )
    def test_a_spoilt_order_is_refused(self, spoil: Callable[[Any], object], refusal: Any) -> None:
        row = policy_as_json(PERFORMING)
        assert policy_from_json(row) == PERFORMING
        spoil(row)
        with pytest.raises(refusal):
            policy_from_json(row)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda rows: rows["policies"].append(rows["policies"][0]),
            lambda rows: rows["policies"].append([]),
            lambda rows: rows["policies"][0].update(transaction="gift"),
            lambda rows: rows["policies"][0].pop("condition"),
            lambda rows: rows.update(policies={}),
            lambda rows: rows.update(long_overdue_after_days="90"),
        ],
    )
    def test_a_spoilt_set_is_refused(self, spoil: Callable[[Any], object]) -> None:
        rows = set_as_json(SCHEDULED_LOAN)
        spoil(rows)
        with pytest.raises(PolicyUnknown):
            set_from_json(rows)
        with pytest.raises(PolicyUnknown):
            policy_from_json("order")


minor = st.integers(min_value=0, max_value=5_000)
owed_amounts = st.dictionaries(st.sampled_from(list(Component)), minor, max_size=6)
ledgers = st.lists(st.tuples(st.integers(-40, 40), owed_amounts, st.integers(0, 3)), max_size=5).map(
    lambda rows: [
        Instalment(n, DUE + timedelta(days=days), owed, rate_ppm=rate)
        for n, (days, owed, rate) in enumerate(rows)
    ]
)
orders = st.builds(
    Policy,
    order=st.permutations(PERFORMING.order).map(tuple),
    processing=st.sampled_from(list(Processing)),
    future=st.sampled_from(list(FutureRule)),
    precedence=st.sampled_from(list(allocation.Precedence)),
)


@settings(max_examples=70, deadline=None)
@given(ledgers, st.integers(0, 40_000), st.integers(1, 5_000), orders)
def test_nothing_is_lost_nothing_is_overpaid_and_more_money_never_pays_less(
    rows: list[Instalment], payment: int, more: int, policy: Policy
) -> None:
    made = allocate(instalments=rows, payment=payment, policy=policy, on_date=DUE)
    assert made.allocated + made.to_reamortise + made.held == payment
    assert all(part.minor > 0 for part in made.parts)
    paid = {(part.number, part.component): part.minor for part in made.parts}
    assert len(paid) == len(made.parts)
    owed = {(row.number, component): minor for row in rows for component, minor in row.owed.items()}
    assert all(minor <= owed[key] for key, minor in paid.items())
    # Whoever is paid later got something only if everybody before was paid in full.
    assert all(owed[before.number, before.component] == before.minor for before, _ in pairwise(made.parts))
    if made.held:
        reached = [
            row
            for row in rows
            if row.status_on(DUE) is not DueStatus.IN_ADVANCE
            or policy.future in (FutureRule.NEXT, FutureRule.LAST)
        ]
        assert made.allocated == sum(sum(row.owed.values()) for row in reached)
    richer = allocate(instalments=rows, payment=payment + more, policy=policy, on_date=DUE)
    grown = {(part.number, part.component): part.minor for part in richer.parts}
    assert all(grown.get(key, 0) >= minor for key, minor in paid.items())
    assert richer.rest >= made.rest
    assert sum(made.by_component().values()) == sum(made.by_instalment().values()) == made.allocated


@settings(max_examples=30, deadline=None)
@given(owed_amounts, st.integers(-2, 2), st.integers(0, 40_000), orders)
def test_one_instalment_is_paid_alike_across_and_down(
    owed: dict[Component, int], days: int, payment: int, policy: Policy
) -> None:
    made = [
        allocate(
            instalments=[Instalment(1, DUE + timedelta(days=days), owed)],
            payment=payment,
            policy=replace(policy, processing=processing),
            on_date=DUE,
        )
        for processing in Processing
    ]
    assert made[0] == made[1]
