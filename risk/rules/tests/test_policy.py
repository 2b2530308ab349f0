from decimal import Decimal
from typing import Any

import pytest

from risk.features.facts import Facts, FactType
from risk.rules.expressions import ExpressionInvalid
from risk.rules.policy import PolicyStage, compile_admit, compile_fraud
from risk.rules.stages import StageInvalid

TYPES = {
    "receipts.history_days": FactType.COUNT,
    "enterprise.months_open": FactType.COUNT,
    "fraud.device_applicants_30d": FactType.COUNT,
    "fraud.identity_matched": FactType.FLAG,
    "bureau.lenders_90d": FactType.COUNT,
    "bank.loans_settled": FactType.COUNT,
}
HISTORY: dict[str, Any] = {
    "code": "history",
    "require": {"op": ">=", "fact": "receipts.history_days", "value": 180},
    "on_miss": "decline",
    "on_unknown": "refer",
    "reason": "history_short",
}
DEVICE: dict[str, Any] = {
    "code": "device",
    "when": {"op": ">", "fact": "fraud.device_applicants_30d", "value": 3},
    "on_hit": "decline",
    "on_unknown": "refer",
    "reason": "device_shared",
    "may_be_unknown": ["fraud.device_applicants_30d"],
}
LENDERS = DEVICE | {
    "code": "lenders",
    "when": {"op": ">", "fact": "bureau.lenders_90d", "value": 5},
    "on_hit": "refer",
    "reason": "lenders_many",
    "may_be_unknown": [],
}
IDENTITY = HISTORY | {
    "code": "identity",
    "require": {"op": "is", "fact": "fraud.identity_matched", "value": True},
    "reason": "identity_mismatch",
}


def admit(*rules: object, minimum_sources: object = 0, **more: object) -> PolicyStage:
    section = {"minimum_sources": minimum_sources, "rules": list(rules), **more}
    return compile_admit(section, TYPES, path="admit")


def fraud(*rules: object) -> PolicyStage:
    return compile_fraud({"rules": list(rules)}, TYPES, path="fraud")


def found(stage: PolicyStage, facts: Facts) -> list[tuple[str, str]]:
    return [(finding.outcome, finding.reason) for finding in stage.run(facts).findings]


def test_fraud_has_two_families_and_says_which() -> None:
    """S2-19: a stolen identity and one's own false word are told apart."""
    stage = fraud(DEVICE, LENDERS, IDENTITY)
    stolen = {"fraud.device_applicants_30d": 9, "fraud.identity_matched": False, "bureau.lenders_90d": 0}
    false = {"fraud.device_applicants_30d": 1, "fraud.identity_matched": True, "bureau.lenders_90d": 9}

    third, first = stage.run(stolen), stage.run(false)

    assert [finding.reason for finding in third.findings] == ["device_shared", "identity_mismatch"]
    assert (third.trace["families"], first.trace["families"]) == (["third_party"], ["first_party"])
    assert dict(third.derived) == {"fraud.third_party_hits": 2, "fraud.first_party_hits": 0}
    assert dict(first.derived) == {"fraud.third_party_hits": 0, "fraud.first_party_hits": 1}
    assert set(stage.derives) == set(first.derived)


def test_a_fraud_rule_has_a_reason_of_one_of_the_families() -> None:
    with pytest.raises(StageInvalid, match=r"fraud\.device: receipts_low is of neither fraud family"):
        fraud(DEVICE | {"reason": "receipts_low"})


def test_what_is_not_known_refers_unless_the_document_signs_it_off() -> None:
    stage = fraud(DEVICE, LENDERS)
    result = stage.run({"fraud.device_applicants_30d": None, "bureau.lenders_90d": None})

    assert [(one.outcome, one.reason) for one in result.findings] == [("refer", "fact_unknown")]
    assert result.trace["rules"] == [
        {
            "rule": "device",
            "status": "unknown",
            "read": {"fraud.device_applicants_30d": None},
            "waived": ["fraud.device_applicants_30d"],
        },
        {"rule": "lenders", "status": "unknown", "read": {"bureau.lenders_90d": None}},
    ]
    assert stage.tolerates == {"fraud.device_applicants_30d"}


def test_a_rule_waives_only_the_facts_it_names() -> None:
    both = {
        "op": "all",
        "of": [HISTORY["require"], {"op": ">=", "fact": "enterprise.months_open", "value": 6}],
    }
    stage = admit(HISTORY | {"require": both, "may_be_unknown": ["enterprise.months_open"]})

    assert found(stage, {"receipts.history_days": 200}) == []
    assert found(stage, {"enterprise.months_open": 6}) == [("refer", "fact_unknown")]
    assert found(stage, {"enterprise.months_open": 1}) == [("decline", "history_short")]
    assert found(stage, {}) == [("refer", "fact_unknown")]


def test_a_table_with_a_figure_derives_it_for_the_stages_after() -> None:
    rows = [{"row": "kept", "cells": [{"from": 1}], "then": {"value": "500.00"}}]
    table = {
        "table": "loyalty",
        "hit": "sum",
        "unit": "money",
        "on_unknown": "refer",
        "columns": [{"fact": "bank.loans_settled"}],
        "rows": rows,
    }
    stage = admit(HISTORY, tables=[table])
    facts = {"receipts.history_days": 200, "bank.loans_settled": 2}

    result = stage.run(facts)

    assert dict(stage.derives) == {"admit.loyalty": FactType.MONEY}
    assert dict(result.derived) == {"admit.loyalty": Decimal("500.00")}
    assert result.findings == ()
    assert found(stage, facts | {"bank.loans_settled": None}) == [("refer", "fact_unknown")]


def test_classes_of_data_are_counted() -> None:
    """S4-13."""
    stage = admit(HISTORY, minimum_sources=2)

    one, two = ({"receipts.history_days": 200}, {"receipts.history_days": 200, "bank.loans_settled": 0})

    assert found(stage, one) == [("refer", "sources_too_few")]
    assert found(stage, two) == []
    assert stage.run(two).trace["sources"] == ["scene", "bank"]


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        (HISTORY | {"on_unknown": "approve"}, "admit.history"),
        (HISTORY | {"on_miss": "note"}, "admit.history"),
        (DEVICE | {"on_hit": "approve"}, "admit.device"),
        (HISTORY | {"on_miss": ["decline"]}, "admit.history"),
        (HISTORY | {"reason": "because"}, "admit.history"),
        (HISTORY | {"reason": ["history_short"]}, "admit.history"),
        (HISTORY | {"when": DEVICE["when"]}, "admit.history"),
        (HISTORY | {"may_be_unknown": ["bank.loans_settled"]}, "admit.history"),
        (HISTORY | {"may_be_unknown": "receipts.history_days"}, "admit.history"),
        (HISTORY | {"code": ""}, "admit"),
        (HISTORY | {"code": 7}, "admit"),
        ("history", "admit"),
        (
            HISTORY | {"require": {"op": "not", "of": {"op": "known", "fact": "bank.loans_settled"}}},
            "admit.history",
        ),
        (DEVICE | {"when": {"op": "known", "fact": "fraud.device_applicants_30d"}}, "admit.device"),
    ],
)
def test_a_rule_that_could_approve_or_means_nothing_is_refused_with_its_place(
    rule: object, where: str
) -> None:
    with pytest.raises((StageInvalid, ExpressionInvalid)) as refused:
        admit(rule)
    assert refused.value.params["path"] == where


def test_one_code_one_rule() -> None:
    with pytest.raises(StageInvalid, match="two rules have this code"):
        admit(HISTORY, HISTORY)
