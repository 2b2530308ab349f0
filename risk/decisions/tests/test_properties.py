"""What holds of every strategy that passes the check, not only of the first one."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from risk.decisions.flow import read_facts, run
from risk.decisions.tests.test_flow import GOOD
from risk.features.facts import CATALOGUE, FactValue
from risk.rules.canonical import canonical
from risk.strategies.document import Strategy, read_document
from risk.strategies.operations import first_document

MORE: dict[str, FactValue] = {
    "application.secured": False,
    "bank.loans_settled": 2,
    "fraud.device_applicants_30d": 1,
    "fraud.identity_matched": True,
    "bureau.lenders_90d": 1,
    "bureau.debt_total": Decimal("10000.00"),
    "bureau.debt_service_monthly": Decimal("500.00"),
    "cash.net_monthly": Decimal("9000.00"),
    "receipts.total_90d": Decimal("54000.00"),
    "taxes.credit_class": "B",
    "taxes.paid_365d": Decimal("6000.00"),
    "taxes.months_filed_365d": 12,
    "enterprise.employees": 3,
    "enterprise.area_kind": "urban",
    "representative.age": 40,
}
SHEET = GOOD | MORE
DAILY = {"fact": "receipts.credited_daily_90d"}


def fact(name: str) -> dict[str, str]:
    return {"fact": name}


def rule(code: str, test: dict[str, Any], outcome: str, reason: str, waived: list[str]) -> dict[str, Any]:
    adverse = test["op"] in (">", "not")
    return {
        "code": code,
        "when" if adverse else "require": test,
        "on_hit" if adverse else "on_miss": outcome,
        "on_unknown": outcome,
        "reason": reason,
        "may_be_unknown": waived,
    }


def share(of: str, to: str) -> dict[str, Any]:
    return {"op": "/", "of": [fact(of), fact(to)], "round": "floor", "name": "share"}


TESTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"op": ">", "fact": "fraud.device_applicants_30d", "value": 3}, "device_shared"),
    ({"op": ">", "fact": "bureau.lenders_90d", "value": 5}, "lenders_many"),
    ({"op": "is", "fact": "fraud.identity_matched", "value": True}, "identity_mismatch"),
    ({"op": "not", "of": {"op": "known", "fact": "taxes.paid_365d"}}, "declared_false"),
    (
        {"op": "<=", "left": share("bureau.debt_total", "receipts.total_90d"), "right": {"ratio": "0.9"}},
        "debt_share_high",
    ),
    (
        {
            "op": "any",
            "of": [
                {"op": "in", "fact": "taxes.credit_class", "values": ["A", "B"]},
                {"op": ">=", "left": fact("cash.net_monthly"), "right": {"money": "5000.00"}},
            ],
        },
        "declared_false",
    ),
)
TAX = {
    "recipe": "tax_multiple",
    "parameters": {
        "grade_fact": "taxes.credit_class",
        "paid_fact": "taxes.paid_365d",
        "filed_fact": "taxes.months_filed_365d",
        "months": 12,
        "multiples": {"A": "8.00", "B": "5.00"},
    },
}
CAPACITY = {
    "cash_fact": "cash.net_monthly",
    "service_fact": "bureau.debt_service_monthly",
    "cover": "1.25",
    "stress": "0.10",
    "monthly_rate": "0.01",
    "months": 12,
}
MONTH = {"value": {"op": "*", "of": [DAILY, {"count": 30}, {"ratio": "0.80"}]}}
CAPS: tuple[dict[str, Any], ...] = (
    {"cap": "month", "recipe": "formula", "parameters": MONTH, "reason": "limit_formula"},
    {"cap": "tax", **TAX, "reason": "limit_tax"},
    {
        "cap": "capacity",
        "recipe": "repayment_capacity",
        "parameters": CAPACITY,
        "reason": "limit_capacity",
    },
    {"cap": "floor", "recipe": "fixed", "parameters": {"amount": "90000.00"}, "reason": "limit_partner"},
)
TABLE = {
    "table": "size",
    "hit": "first",
    "on_unknown": "refer",
    "columns": [fact("enterprise.months_open"), {"value": share("bureau.debt_total", "receipts.total_90d")}],
    "rows": [
        {
            "row": "young_and_indebted",
            "cells": [{"below": 24}, {"over": "0.50"}],
            "then": {"outcome": "refer", "reason": "debt_share_high"},
        }
    ],
    "otherwise": {"outcome": "pass"},
}
POINTS = [["0.0500", "0.10"], ["0.0800", "0.30"], ["0.1100", "0.50"], ["0.1400", "0.80"]]


@st.composite
def strategies(draw: st.DrawFn) -> Strategy:
    """Strategies of other rules, tables, caps and prices, some facts waived by name, all past the check."""
    document = first_document()
    document["facts"] |= {name: CATALOGUE[name].type.value for name in MORE}
    rules = document["admit"]["rules"]
    document["admit"]["rules"] = [one for one in rules if draw(st.booleans())] or rules[:1]
    chosen = draw(st.lists(st.sampled_from(range(len(TESTS))), unique=True, min_size=1))
    document["fraud"] = {
        "rules": [
            rule(
                f"r{at}",
                TESTS[at][0],
                draw(st.sampled_from(("decline", "refer"))),
                TESTS[at][1],
                draw(st.sampled_from([[], ["bureau.lenders_90d"]])) if at == 1 else [],
            )
            for at in chosen
        ]
    }
    if draw(st.booleans()):
        document["admit"]["tables"] = [TABLE]
    document["limit"]["caps"] += draw(st.lists(st.sampled_from(CAPS), unique_by=lambda cap: cap["cap"]))
    if draw(st.booleans()):
        price = document["price"]
        price["churn"] = dict.fromkeys(price.pop("rates"), POINTS)
    strategy = read_document(document)
    assert isinstance(strategy, Strategy), strategy
    return strategy


PLAIN = read_document(first_document())
assert isinstance(PLAIN, Strategy)
CHANGES: dict[str, Any] = {
    "receipts.refund_rate_90d": st.decimals(0, 1, places=6),
    "bureau.debt_total": st.decimals(0, 10**5, places=2),
    "bureau.lenders_90d": st.integers(0, 9),
    "cash.net_monthly": st.decimals(0, 20_000, places=2),
    "taxes.credit_class": st.sampled_from("ABD"),
    "enterprise.months_open": st.integers(0, 60),
    "fraud.identity_matched": st.booleans(),
    "application.tenor_days": st.integers(1, 400),
    "application.amount": st.decimals(6000, 50_000, places=2),
}
SHEETS = st.fixed_dictionaries({}, optional=CHANGES).map(lambda changes: SHEET | changes)


def decided(strategy: Strategy, facts: dict[str, FactValue]) -> dict[str, Any]:
    return run(strategy, read_facts(strategy, facts))


@given(st.one_of(st.just(PLAIN), strategies()), SHEETS, st.data())
@settings(max_examples=60, deadline=None)
def test_unknown_never_approves(strategy: Strategy, facts: dict[str, FactValue], data: st.DataObject) -> None:
    """Whatever fact is left out: an approval without it is an approval with it, at no less.

    The only exceptions are the facts that the signed document tolerates by name.
    """
    name = data.draw(st.sampled_from(sorted(set(strategy.types) - strategy.tolerates)))

    without = decided(strategy, facts | {name: None})

    if without["verdict"] == "approve":
        known = decided(strategy, facts)
        assert known["verdict"] == "approve"
        assert (known["limit"], known["annual_rate"]) == (without["limit"], without["annual_rate"])


@given(st.one_of(st.just(PLAIN), strategies()), SHEETS)
@settings(max_examples=40, deadline=None)
def test_what_a_rule_cap_or_price_asks_for_alone_is_never_approved_without(
    strategy: Strategy, facts: dict[str, FactValue]
) -> None:
    asked = {
        test.condition.reads[0]
        for test in strategy.rules
        if len(test.condition.reads) == 1 and not test.waived
    }
    asked |= {name for cap in strategy.limit.caps for name in cap.reads if name not in cap.tolerates}
    asked |= {"application.amount", "rules.annual_cost_cap", "rules.online_unsecured_max"}

    for name in asked:
        assert decided(strategy, facts | {name: None})["verdict"] != "approve", name


RECEIPTS = (
    "receipts.credited_daily_90d",
    "receipts.credited_daily_prior_90d",
    "receipts.median_calendar_90d",
    "receipts.median_calendar_prior_90d",
    "receipts.total_90d",
)


@given(st.one_of(st.just(PLAIN), strategies()), SHEETS, st.integers(100, 400), st.integers(0, 90))
@settings(max_examples=60, deadline=None)
def test_more_receipts_never_lower_a_limit_and_worse_evidence_never_raises_one(
    strategy: Strategy, facts: dict[str, FactValue], percent: int, refunded: int
) -> None:
    facts |= {"application.amount": Decimal("900000.00")}
    richer = facts | {name: Decimal(str(facts[name])) * percent / 100 for name in RECEIPTS}
    worse: dict[str, FactValue] = {
        "receipts.refund_rate_90d": max(
            Decimal(str(facts["receipts.refund_rate_90d"])), Decimal(refunded) / 100
        ),
        "receipts.credited_daily_90d": Decimal("100.00"),
        "taxes.months_filed_365d": 3,
    }

    plain, more = amount(strategy, facts), amount(strategy, richer)

    assert plain <= more
    for name, value in worse.items():  # one at a time: together they leave nothing to compare
        assert amount(strategy, facts | {name: value}) <= plain, name


def amount(strategy: Strategy, facts: dict[str, FactValue]) -> Decimal:
    """The limit of the limit stage alone, whatever the policies say."""
    sheet = read_facts(strategy, facts)
    found = strategy.limit.run(sheet | {"grade.grade": "B"}).derived["limit.amount"]
    assert isinstance(found, Decimal)
    return found


HOSTILE: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**400,
    0.5,
    float("nan"),
    float("inf"),
    "",
    "NaN",
    "-Infinity",
    "1e999999",
    "9" * 100_000,
    "__import__('os').system('true')",
    "{x.__class__}",
    "receipts.history_days; import os",
    [],
    {},
    [None],
    [[[]]],
    {"op": "eval", "of": []},
    {"fact": "__builtins__"},
    {"path": "{0.__class__}"},
    {"rules": {}},
    [{"code": {}}],
    b"bytes",
    {1: 2},
)


def places(part: Any) -> list[tuple[Any, Any]]:
    """Every place of a document: the container and the key."""
    keys = list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
    return [(part, key) for key in keys] + [place for key in keys for place in places(part[key])]


def whole_document() -> dict[str, Any]:
    document = first_document()
    document["fraud"] = {"rules": [rule("r", TESTS[4][0], "refer", TESTS[4][1], [])], "tables": [TABLE]}
    document["limit"]["caps"] += CAPS
    document["facts"] |= {name: CATALOGUE[name].type.value for name in MORE}
    return deepcopy(document)


@given(st.integers(0, len(places(whole_document())) - 1), st.sampled_from(range(len(HOSTILE))))
@settings(max_examples=60, deadline=None)
def test_a_hostile_document_is_refused_with_its_place_or_is_a_strategy_that_runs(at: int, which: int) -> None:
    document = whole_document()
    container, key = places(document)[at]
    container[key] = deepcopy(HOSTILE[which])

    found = read_document(document)

    if isinstance(found, Strategy):
        canonical(decided(found, SHEET))
    else:
        assert all(problem.path and problem.problem for problem in found)


def test_a_document_that_holds_itself_is_refused() -> None:
    document = first_document()
    document["admit"]["rules"][0]["require"] = {"op": "all", "of": [document]}

    found = read_document(document)

    assert not isinstance(found, Strategy)
    assert "circle" in found[0].problem
