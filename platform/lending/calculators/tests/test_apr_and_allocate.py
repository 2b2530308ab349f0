"""`apr` and `allocate`: what they refuse, and the choices the examples do not make."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kernel.allocation import (
    PERFORMING,
    AllocationInputInvalid,
    PolicyIncomplete,
    PolicyMissing,
    PolicyRepeats,
)
from kernel.apr import CashFlowsInvalid
from kernel.refusals import Refusal
from lending.calculators.documents import DocumentInvalid, load
from lending.calculators.registry import calculator

LOAN: dict[str, Any] = {
    "advances": [{"date": "2026-01-31", "amount": "10000.00"}],
    "payments": [{"date": "2026-02-28", "amount": "3400.00", "count": 3, "anchor_day": 31}],
}
PAID: dict[str, Any] = {
    "on_date": "2026-10-29",
    "payment": "5000.00",
    "instalments": [{"number": 9, "due_date": "2026-10-20", "owed": {"interest": "600.00"}}],
}
STEPS = [{"status": status.value, "component": component.value} for status, component in PERFORMING.order]


def apr(**changes: Any) -> Mapping[str, Any]:
    return calculator("apr").compute(json.loads(json.dumps(LOAN | changes)))


def allocate(**changes: Any) -> Mapping[str, Any]:
    return calculator("allocate").compute(json.loads(json.dumps(PAID | changes)))


def schema_accepts(name: str, document: dict[str, Any]) -> bool:
    return Draft202012Validator(load(calculator(name).request_schema)).is_valid(document)


def test_a_series_on_the_last_day_of_the_month_runs_by_months() -> None:
    found = {rate["convention"]: rate["shown"] for rate in apr()["rates"]}
    assert found["irr_months"] == found["appendix_j"] == "11.96"
    assert found["eu"] == "12.6"


def test_a_long_dear_loan_has_every_rate_but_the_simple_one() -> None:
    long = [{"date": "2026-02-28", "amount": "70.00", "count": 360, "anchor_day": 31}]
    found = {rate["convention"]: rate for rate in apr(payments=long)["rates"]}
    assert found["irr_months"]["shown"] == "7.51"
    assert (found["simple_365"]["annual_rate"], found["simple_365"]["shown"]) == (None, None)
    assert "simple interest" in found["simple_365"]["note"]
    with pytest.raises(CashFlowsInvalid) as told:
        apr(payments=long, convention="simple_365")
    assert told.value.faults()[0]["pointer"] == "/convention"


def test_a_very_short_dear_loan_has_a_daily_rate_and_nothing_compounded() -> None:
    """Repaid the next day with a fifth on top: 1.2 to the power of 365 is nobody's annual cost."""
    for fee, shown in (("12000.00", "7300.00"), ("10400.00", "1460.00")):
        found = {
            rate["convention"]: rate
            for rate in apr(payments=[{"date": "2026-02-01", "amount": fee}], cap="0.24")["rates"]
        }
        assert found["irr_days"]["shown"] == found["appendix_j"]["shown"] == shown
        for compounded in ("effective_days", "eu"):
            assert found[compounded]["annual_rate"] is None
            assert "more than any loan" in found[compounded]["note"]
    with pytest.raises(CashFlowsInvalid) as told:
        apr(payments=[{"date": "2026-02-01", "amount": "12000.00"}], convention="effective_days")
    assert told.value.faults()[0]["pointer"] == "/convention"
    with pytest.raises(CashFlowsInvalid):
        apr(payments=[{"date": "2026-02-01", "amount": "9999999999999.00"}],
            advances=[{"date": "2026-01-31", "amount": "0.01"}])  # fmt: skip


def test_a_cap_is_held_against_the_convention_that_fits() -> None:
    assert apr(cap="0.1195")["cap"]["is_within"] is False  # 11.96 %
    assert apr(cap="0.1197")["cap"] == {
        "annual_rate": "0.119700",
        "convention": "irr_months",
        "is_within": True,
    }
    odd = apr(payments=[{"date": "2026-02-15", "amount": "10100.00"}], cap="0.2")
    assert (odd["cap"]["convention"], odd["cap"]["is_within"]) == ("irr_days", False)
    assert apr(convention="eu", cap="0.1")["cap"]["convention"] == "eu"


@pytest.mark.parametrize(
    "change",
    [
        {"advances": []},
        {"advances": [{"date": "2026-02-31", "amount": "1"}]},
        {"advances": [{"date": "2026-01-31", "amount": "0"}]},
        {"advances": [{"date": "2026-01-31", "amount": "-1"}]},
        {"advances": [{"date": "2026-01-31", "amount": 10000}]},
        {"advances": [{"date": "2026-01-31", "amount": "1234567890123456789"}]},
        {"advances": [{"date": "2026-01-31", "amount": {"amount": "1", "currency": "USD"}}]},
        {"payments": [{"date": "2026-02-28", "amount": "1", "count": 0}]},
        {"payments": [{"date": "2026-02-28", "amount": "1", "count": 1000}] * 2},
        {"payments": [{"date": "2026-02-28", "amount": "1", "frequency": "sometimes"}]},
        {"charges": [{"date": "2026-02-28", "amount": "1"}]},
        {"convention": "best"},
        {"cap": "-0.1"},
        {"currency": "XAU"},
    ],
)
def test_a_faulty_loan_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(DocumentInvalid):
        apr(**change)


def test_flows_without_a_rate_are_refused() -> None:
    for payments in (
        [{"date": "2026-02-28", "amount": "9999.99"}],
        [{"date": "2026-01-01", "amount": "10100.00"}],
    ):
        with pytest.raises(CashFlowsInvalid):
            apr(payments=payments)
    with pytest.raises(CashFlowsInvalid):
        apr(payments=[{"date": "2026-02-15", "amount": "10100.00"}], convention="irr_months")
    with pytest.raises(Refusal):
        apr(payments=[{"date": "9999-12-31", "amount": "10.00", "count": 1000}])
    with pytest.raises(Refusal):
        apr(advances=[{"date": "2026-01-31", "amount": "9999999999999999.00"}])


def test_an_order_of_ones_own() -> None:
    turned = [STEPS[5], *STEPS[:5], *STEPS[6:]]  # the principal past due before anything else
    owed = {"interest": "600.00", "principal": "4700.00"}
    made = allocate(
        instalments=[{"number": 9, "due_date": "2026-10-20", "owed": owed}],
        policy={"order": turned, "processing": "vertical", "precedence": "dearest"},
    )
    assert [(part["component"], part["amount"]) for part in made["parts"]] == [
        ("principal", "4700.00"),
        ("interest", "300.00"),
    ]
    assert made["policy"]["order"][0] == "past_due.principal"


def test_a_line_in_non_accrual_takes_the_milder_order_it_has() -> None:
    made = allocate(policies="revolving_line", is_non_accrual=True)
    assert made["policy"]["processing"] == "vertical"
    assert made["held"] == "4400.00"
    with pytest.raises(PolicyMissing):
        allocate(policies="revolving_line", transaction="remittance")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"policy": {"order": STEPS[1:]}}, PolicyIncomplete),
        ({"policy": {"order": [*STEPS, STEPS[0]]}}, PolicyRepeats),
        ({"instalments": PAID["instalments"] * 2}, AllocationInputInvalid),
        ({"payment": "9999999999999999.00"}, DocumentInvalid),
        ({"policy": "mine"}, DocumentInvalid),
        ({"policy": {"order": [{"status": "late", "component": "fee"}]}}, DocumentInvalid),
        ({"policy": "performing", "policies": "scheduled_loan"}, DocumentInvalid),
        ({"policy": {"order": STEPS, "future": "spend"}}, DocumentInvalid),
        ({"payment": "-5.00"}, DocumentInvalid),
        ({"payment": "5.001"}, DocumentInvalid),
        ({"on_date": "2026-02-31"}, DocumentInvalid),
        ({"instalments": [{"number": 1, "due_date": "2026-10-20", "owed": {"tip": "1"}}]}, DocumentInvalid),
        ({"instalments": [{"number": -1, "due_date": "2026-10-20", "owed": {}}]}, DocumentInvalid),
        ({"days_past_due": "95"}, DocumentInvalid),
        ({"days_past_due": 95}, DocumentInvalid),  # chooses among policies, and there are none
        ({"transaction": "guarantor", "policy": "guarantor"}, DocumentInvalid),
        ({"is_non_accrual": 1}, DocumentInvalid),
    ],
)
def test_a_faulty_payment_is_refused(change: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        allocate(**change)


@pytest.mark.parametrize(
    ("name", "change", "code", "pointer"),
    [
        ("allocate", {"policy": {"order": STEPS[1:]}}, "allocation_policy_incomplete", "/policy/order"),
        ("allocate", {"policy": {"order": [*STEPS, STEPS[0]]}}, "allocation_policy_repeats", "/policy/order"),
        ("allocate", {"instalments": PAID["instalments"] * 2}, "allocation_input_invalid",
         "/instalments/1/number"),
        ("allocate", {"payment": "10000000000000.01"}, "amount_out_of_range", "/payment"),
        ("allocate", {"instalments": [{"number": 1, "due_date": "2026-10-20", "owed":
         {"fee": "10000000000000.01"}}]}, "amount_out_of_range", "/instalments/0/owed/fee"),
        ("allocate", {"policies": "revolving_line", "transaction": "remittance"},
         "allocation_policy_missing", "/transaction"),
        ("allocate", {"is_non_accrual": True}, "member_unknown", "/is_non_accrual"),
        ("apr", {"payments": [{"date": "2026-02-28", "amount": "1"}]}, "cash_flows_invalid", "/payments"),
        ("apr", {"payments": [{"date": "2026-02-15", "amount": "10100.00"}], "convention": "irr_months"},
         "cash_flows_invalid", "/convention"),
        ("apr", {"payments": [{"date": "8999-12-31", "amount": "10.00", "count": 20}]},
         "date_beyond_calendar", "/payments/0/count"),
        ("apr", {"advances": [{"date": "2026-01-31", "amount": "10000000000000.01"}]},
         "amount_out_of_range", "/advances/0/amount"),
    ],
)  # fmt: skip
def test_every_refusal_has_its_place(name: str, change: dict[str, Any], code: str, pointer: str) -> None:
    document = (LOAN if name == "apr" else PAID) | change
    with pytest.raises(Refusal) as told:
        calculator(name).compute(json.loads(json.dumps(document)))
    assert [(fault["code"], fault["pointer"]) for fault in told.value.faults()] == [(code, pointer)]


def test_a_condition_without_policies_is_refused_by_schema_and_code_alike() -> None:
    for member in ({"transaction": "repayment"}, {"days_past_due": 3}, {"is_non_accrual": False}):
        assert not schema_accepts("allocate", PAID | member)
        assert schema_accepts("allocate", PAID | member | {"policies": "scheduled_loan"})


def test_the_schema_refuses_two_orders_at_once() -> None:
    assert schema_accepts("allocate", PAID | {"policies": "scheduled_loan"})
    assert not schema_accepts("allocate", PAID | {"policy": "performing", "policies": "scheduled_loan"})
    assert not schema_accepts("apr", LOAN | {"convention": "best"})
