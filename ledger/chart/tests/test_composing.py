from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import CurrencyMismatch, Money
from ledger.chart.composing import (
    POLICIES,
    ComponentInvalid,
    PolicyMissing,
    RuleInvalid,
    RuleLine,
    RuleSet,
    check,
    compose_lines,
    rule_set,
)
from ledger.chart.first_rules import FIRST_RULES
from ledger.chart.lines import Line, Side
from ledger.chart.models import Kind
from ledger.chart.roles import DEFAULT_MAP, Role, kinds_of
from ledger.chart.seed import FIRST_CHART

BY_EVENT = {rules.event: rules for rules in FIRST_RULES}
CODES = {role.value: code for role, code in DEFAULT_MAP.items()}


def lines(event: str, policy: Any = None, **amounts: str) -> tuple[Line, ...]:
    given = {name: Money.parse(amount) for name, amount in amounts.items()}
    return compose_lines(rules=BY_EVENT[event], amounts=given, policy=policy or {}, accounts=CODES)


def test_every_role_has_an_account_of_its_nature_in_the_first_chart() -> None:
    chart = {seed.code: seed for seed in FIRST_CHART}
    assert set(DEFAULT_MAP) == set(Role)
    assert [role for role, code in DEFAULT_MAP.items() if chart[code].kind not in kinds_of(role)] == []
    assert kinds_of(Role.DEFERRED) == {Kind.ASSET, Kind.LIABILITY}


def test_the_first_rules_can_never_be_out_of_balance() -> None:
    for rules in FIRST_RULES:
        check(rules)
    assert len(BY_EVENT) == len(FIRST_RULES)
    assert all(RuleLine.parse(str(line)) == line for rules in FIRST_RULES for line in rules.lines)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_the_figures_the_lines_balance(data: st.DataObject) -> None:
    rules = data.draw(st.sampled_from(FIRST_RULES))
    amounts = {name: Money(data.draw(st.integers(0, 10**9))) for name in sorted(rules.components)}
    policy = {name: data.draw(st.sampled_from(POLICIES[name])) for name in rules.policies}
    try:
        made = compose_lines(rules=rules, amounts=amounts, policy=policy, accounts=CODES)
    except (ComponentInvalid, RuleInvalid):  # a difference below nothing, or nothing at all
        return
    assert all(line.amount.minor > 0 for line in made)
    assert sum(line.amount.minor if line.side is Side.DEBIT else -line.amount.minor for line in made) == 0


def test_vat_on_interest_is_booked_when_the_policy_says() -> None:
    on_accrual = lines("interest.accrued", {"vat_point": "accrual"}, taxable="94.34", vat="5.66")
    assert on_accrual == (
        Line.debit("1303.02", Money(9434)),
        Line.credit("6011.02", Money(9434)),
        Line.debit("1303.02", Money(566)),
        Line.credit("2221.01", Money(566)),
    )
    assert lines("interest.accrued", {"vat_point": "due"}, taxable="100.00", vat="5.66") == (
        Line.debit("1303.02", Money(10000)),
        Line.credit("6011.02", Money(10000)),
    )


def test_both_accounting_policies_at_day_91() -> None:
    amounts = {"interest_due": "240.00", "allowance": "24000.00"}
    cas22 = lines("non_accrual.entered", {"non_accrual": "cas22", "vat": "exempt"}, **amounts)
    assert cas22 == (Line.debit("6702", Money(2_400_000)), Line.credit("1304.03", Money(2_400_000)))
    legacy = lines("non_accrual.entered", {"non_accrual": "legacy_90d", "vat": "exempt"}, **amounts)
    assert [(line.account, line.side.value) for line in legacy] == [
        ("6011.01", "debit"),
        ("1132", "credit"),
        ("9002", "debit"),
        ("9999", "credit"),
    ]


@pytest.mark.parametrize(
    ("event", "policy", "amounts", "refusal"),
    [
        ("loan.drawn", {}, {"principle": "1.00"}, ComponentInvalid),
        ("loan.drawn", {}, {"principal": "-1.00"}, ComponentInvalid),
        ("loan.drawn_net_of_fee", {}, {"principal": "1.00", "fee": "1.01"}, ComponentInvalid),
        ("payout.confirmed", {}, {"amount": "1.00"}, PolicyMissing),
        ("payout.confirmed", {"payee": "moon"}, {"amount": "1.00"}, PolicyMissing),
        ("loan.drawn", {}, {"principal": "0.00"}, RuleInvalid),
        ("loan.drawn", {}, {}, RuleInvalid),
    ],
)
def test_figures_that_cannot_be_booked_are_refused(
    event: str, policy: Any, amounts: Any, refusal: Any
) -> None:
    with pytest.raises(refusal):
        lines(event, policy, **amounts)


def test_a_role_without_an_account_and_two_currencies_are_refused() -> None:
    rules, amounts = BY_EVENT["loan.drawn_net_of_fee"], {"principal": Money(10), "fee": Money(1, "USD")}
    with pytest.raises(RuleInvalid):
        compose_lines(rules=rules, amounts={"principal": Money(10)}, policy={}, accounts={"A1": "1303.01"})
    with pytest.raises(CurrencyMismatch):
        compose_lines(rules=rules, amounts=amounts, policy={}, accounts=CODES)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("Dr A1 principal", "Cr A7 amount"), "does not balance under every policy"),
        (("Dr A1 amount", "Cr Z9 amount"), "no role Z9"),
        (("Dr A1 amount",), "at least two lines"),
        (("Dr A1 Amount", "Cr A7 Amount"), "no sum of components"),
        (("Dr A1 amount", "Cr A7 amount if weather=fine"), "a policy that does not exist"),
        (("Dr A1 amount", "Cr A7 amount if waiver=income"), "does not balance under waiver=expense"),
        (("Dr A1 amount amount", "Cr A7 amount"), "amount does not balance"),
    ],
)
def test_rules_that_cannot_be_trusted_are_refused(texts: Any, said: str) -> None:
    with pytest.raises(RuleInvalid) as refused:
        check(rule_set("planted", *texts))
    assert said in str(refused.value.params["reason"])


def test_a_side_that_does_not_exist_is_refused() -> None:
    rules = rule_set("planted", "Dr A1 amount", "Cr A7 amount")
    sideways = RuleLine("sideways", "A1", "amount")
    with pytest.raises(RuleInvalid) as refused:
        check(RuleSet("planted", (*rules.lines, sideways)))
    assert "no side sideways" in str(refused.value.params["reason"])


@pytest.mark.parametrize(
    "event",
    [
        "receipt.identified",
        "loan.repaid",
        "loan.prepaid",
        "loan.written_off",
        "loan.sold",
        "partner.collected",
        "claim.accepted",
        "subrogation.recovered",
        "collateral.foreclosed",
    ],
)
def test_overdue_principal_leaves_the_account_it_stands_on(event: str) -> None:
    rules = next(rules for rules in FIRST_RULES if rules.event == event)
    accounts = {role.value: role.value for role in Role}
    for split, credited in (("yes", "A1.overdue"), ("no", "A1")):
        policy = {"gl_split": split, "mirror": "memo"}
        lines = compose_lines(
            rules=rules, amounts={"principal_overdue": Money(7)}, policy=policy, accounts=accounts
        )
        assert Line.credit(credited, Money(7)) in lines
        assert all(line.account == credited for line in lines if line.account.startswith("A1."))
