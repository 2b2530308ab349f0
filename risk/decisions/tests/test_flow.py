from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.decisions.flow import fact_sheet, read_facts, run
from risk.decisions.queries import stored_facts
from risk.features.facts import CATALOGUE, FactType, FactValue
from risk.pricing.breakeven import breakeven_rate
from risk.rules.canonical import canonical
from risk.rules.reasons import REASONS
from risk.strategies.document import Strategy, read_document
from risk.strategies.operations import first_document

GOOD: dict[str, FactValue] = {
    "receipts.median_daily_90d": Decimal("650.00"),
    "receipts.median_calendar_90d": Decimal("600.00"),
    "receipts.median_calendar_prior_90d": Decimal("620.00"),
    "receipts.credited_daily_90d": Decimal("500.00"),
    "receipts.credited_daily_prior_90d": Decimal("520.00"),
    "receipts.active_days_90d": 80,
    "receipts.refund_rate_90d": Decimal("0.02"),
    "receipts.growth_90d": Decimal("0.05"),
    "receipts.volatility_90d": Decimal("0.3"),
    "receipts.payer_share_90d": Decimal("0.85"),
    "receipts.history_days": 300,
    "receipts.days_since_last": 1,
    "enterprise.months_open": 30,
    "enterprise.industry_sector": "retail",
    "enterprise.area_ok": True,
    "application.amount": Decimal("30000.00"),
    "application.tenor_days": 90,
    "application.revolving": True,
    "product.limit_max": Decimal("300000.00"),
    "rules.annual_cost_cap": Decimal("0.24"),
    "rules.online_unsecured_max": Decimal("1000000.00"),
}


def compiled(**stages: Any) -> Strategy:
    strategy = read_document(first_document() | stages)
    assert isinstance(strategy, Strategy)
    return strategy


FIRST = compiled()
AGAIN = compiled()


def decided(strategy: Strategy = FIRST, **changes: FactValue) -> dict[str, Any]:
    facts = GOOD | {name.replace("__", "."): value for name, value in changes.items()}
    return run(strategy, read_facts(strategy, facts))


def stage(result: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in result["trace"] if row["stage"] == name)


def test_an_approval_below_what_was_asked_is_a_counter_offer() -> None:
    result = decided()

    assert result["verdict"] == "approve"
    assert result["limit"] == "13200.00"  # 500 x 90 x 0.30 x (1 - 0.02) = 13,230, down to whole hundreds
    assert result["counter_offer"] is True
    assert result["binding_cap"] == "receipts"
    assert result["reasons"] == ["limit_receipts"]
    assert result["annual_rate"] == "0.108000"
    assert result["grade"] == "C"
    assert [cap["figure"] for cap in result["caps"]] == ["13230.00", "13759.20", "200000.00", "300000.00"]


def test_an_approval_gives_what_was_asked_and_no_more() -> None:
    result = decided(application__amount=Decimal("8000.00"))

    assert (result["limit"], result["binding_cap"], result["counter_offer"]) == ("8000.00", "asked", False)
    assert result["reasons"] == []


def test_the_trace_has_every_stage_in_order() -> None:
    """S2-07: access, credit assessment, credit advice, risk pricing, early warning."""
    assert [row["stage"] for row in decided()["trace"]] == [
        "admit",
        "pd",
        "grade",
        "limit",
        "price",
        "watch",
        "verdict",
    ]


def test_the_trace_shows_every_rule_with_the_values_it_read() -> None:
    rules = stage(decided(receipts__active_days_90d=59, representative__age=None), "admit")["rules"]

    by_code = {row["rule"]: row for row in rules}
    assert by_code["active_days"] == {
        "rule": "active_days",
        "status": "miss",
        "read": {"receipts.active_days_90d": 59},
    }
    assert by_code["history"]["status"] == "hit"
    assert len(rules) == len(FIRST.rules)


@pytest.mark.parametrize(
    ("changes", "verdict", "reasons"),
    [
        ({"receipts__history_days": 179}, "decline", ["history_short"]),
        ({"receipts__active_days_90d": 59}, "decline", ["receipts_irregular"]),
        ({"receipts__median_calendar_90d": Decimal("199.99")}, "decline", ["receipts_low"]),
        ({"receipts__days_since_last": 8}, "decline", ["receipts_stopped"]),
        ({"receipts__refund_rate_90d": Decimal("0.2001")}, "decline", ["refunds_high"]),
        ({"receipts__refund_rate_90d": Decimal("0.1001")}, "refer", ["refunds_high", "limit_receipts"]),
        ({"receipts__growth_90d": Decimal("-0.51")}, "refer", ["receipts_shrinking", "limit_receipts"]),
        ({"receipts__growth_90d": Decimal("1.51")}, "refer", ["receipts_jump", "limit_receipts"]),
        ({"receipts__payer_share_90d": Decimal("0.29")}, "refer", ["payers_concentrated", "limit_receipts"]),
        ({"enterprise__months_open": 5}, "decline", ["enterprise_young"]),
        ({"enterprise__area_ok": False}, "decline", ["outside_area"]),
        ({"representative__age": 17}, "decline", ["age_out_of_range"]),
        ({"representative__age": 66}, "decline", ["age_out_of_range"]),
        ({"application__tenor_days": 366}, "decline", ["tenor_out_of_range"]),
        ({"receipts__credited_daily_90d": Decimal("180.00")}, "decline", ["limit_too_small"]),
    ],
)
def test_policy_at_its_boundaries(changes: dict[str, FactValue], verdict: str, reasons: list[str]) -> None:
    result = decided(**changes)

    assert (result["verdict"], result["reasons"]) == (verdict, reasons)
    assert (result["limit"], result["annual_rate"]) == (None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"receipts__history_days": 180},
        {"receipts__active_days_90d": 60},
        {"receipts__median_calendar_90d": Decimal("200.00")},
        {"receipts__days_since_last": 7},
        {"receipts__refund_rate_90d": Decimal("0.10")},
        {"enterprise__months_open": 6},
        {"representative__age": 65},
        {"application__tenor_days": 365},
    ],
)
def test_just_inside_the_boundaries(changes: dict[str, FactValue]) -> None:
    assert decided(**changes)["verdict"] == "approve"


def test_no_receipts_data_is_referred_and_not_read_as_zero() -> None:
    """S4-04: "no data" is a state."""
    receipts = {name.replace(".", "__"): None for name in GOOD if name.startswith("receipts.")}

    result = decided(**receipts)

    assert result["verdict"] == "refer"
    assert result["reasons"][0] == "receipts_missing"
    assert result["proposed_limit"] is None
    assert stage(result, "admit")["rules"][0]["status"] == "miss"
    assert {row["status"] for row in stage(result, "admit")["rules"]} == {"hit", "miss", "unknown"}


def test_one_class_of_data_is_not_enough() -> None:
    """S4-13: two classes of sources, or a person looks."""
    strategy = compiled(
        admit=first_document()["admit"] | {"rules": first_document()["admit"]["rules"][:2]},
    )
    registry = {name.replace(".", "__"): None for name in GOOD if name.startswith("enterprise.")}

    result = decided(strategy, **registry)

    assert result["verdict"] == "refer"
    assert "sources_too_few" in result["reasons"]
    assert stage(result, "admit")["sources"] == ["scene"]
    assert decided(strategy)["verdict"] == "approve"


def test_above_a_million_online_a_person_decides() -> None:
    """S3-07: 1,000,000 is decided online, 1,000,001 is not."""
    rich: dict[str, FactValue] = {
        "receipts__credited_daily_90d": Decimal("90000.00"),
        "receipts__credited_daily_prior_90d": Decimal("90000.00"),
        "bank__loans_settled": 5,
        "product__limit_max": Decimal("3000000.00"),
    }

    at, above = (
        decided(**rich, application__amount=Decimal(amount)) for amount in ("1000000.00", "1000001.00")
    )

    assert (at["verdict"], at["limit"]) == ("approve", "1000000.00")
    assert (above["verdict"], above["limit"], above["proposed_limit"]) == ("refer", None, "1000001.00")
    assert above["reasons"] == ["online_unsecured_limit"]


def test_a_price_above_the_cap_declines_and_is_not_cut_down_to_it() -> None:
    """S0-11."""
    price = first_document()["price"] | {"cost_of_funds": "0.230000"}

    result = decided(compiled(price=price))

    assert (result["verdict"], result["reasons"]) == ("decline", ["price_clash"])
    assert result["proposed_rate"] is None
    assert Decimal(stage(result, "price")["floor"]) > Decimal(stage(result, "price")["cap"])


def test_a_product_rate_below_the_cost_of_the_risk_declines() -> None:
    result = decided(product__annual_rate=Decimal("0.05"))
    assert (result["verdict"], result["reasons"]) == ("decline", ["price_clash"])

    assert decided(product__annual_rate=Decimal("0.072"))["annual_rate"] == "0.072000"


def test_a_lower_legal_cap_binds_from_its_day() -> None:
    """R-11: the cap is a fact of the day, so the same strategy answers otherwise under another rule."""
    assert decided(rules__annual_cost_cap=Decimal("0.12"))["verdict"] == "approve"  # 10.8 % costs 10.95 %
    assert decided(rules__annual_cost_cap=Decimal("0.1094"))["verdict"] == "decline"


def test_breakeven_covers_the_expected_loss() -> None:
    """Risk.md's check: cost of funds 2.5 %, loss given default 60 %."""
    stage_ = compiled(
        price=first_document()["price"] | {"operating_cost": "0", "capital_charge": "0"},
    ).price.costs
    rate = breakeven_rate(stage_, Decimal("0.03"))

    assert rate == Decimal("0.044330")  # (0.025 + 0.03 x 0.6) / 0.97, rounded up
    assert rate * (1 - Decimal("0.03")) >= Decimal("0.025") + Decimal("0.03") * Decimal("0.6")
    assert breakeven_rate(stage_, Decimal(1)) > 1


def test_beyond_the_last_grade_the_card_says_why() -> None:
    grade = {
        "steps": [{"grade": name, "pd_up_to": f"0.00{at}"} for at, name in enumerate("ABCD", 1)],
        "review": [],
    }

    result = decided(compiled(grade=grade))

    assert result["verdict"] == "decline"
    assert result["reasons"] == ["grade_too_low", "card_sector", "card_area_kind", "card_employees"]


def test_a_review_grade_refers_with_a_proposal() -> None:
    grade = first_document()["grade"] | {"review": ["C"]}

    result = decided(compiled(grade=grade))

    assert result["verdict"] == "refer"
    assert result["reasons"][0] == "grade_review"
    assert (result["proposed_limit"], result["proposed_rate"]) == ("13200.00", "0.108000")


def test_what_to_watch_is_set_at_the_decision() -> None:
    assert stage(decided(), "watch")["signals"] == [
        {
            "signal": "receipts_halved",
            "fact": "receipts.median_calendar_90d",
            "today": "600.00",
            "below": "300.00",
        }
    ]


def values(kind: FactType) -> st.SearchStrategy[FactValue]:
    known: dict[FactType, st.SearchStrategy[Any]] = {
        FactType.MONEY: st.decimals(0, 2_000_000, places=2),
        FactType.RATIO: st.decimals(-1, 3, places=6),
        FactType.COUNT: st.integers(-1, 500),
        FactType.TEXT: st.sampled_from(["retail", "health", "urban", "moon"]),
        FactType.FLAG: st.booleans(),
    }
    return st.none() | known[kind]


SHEETS = st.fixed_dictionaries({name: values(kind) for name, kind in FIRST.types.items()})
NEEDED = [
    name
    for name in GOOD
    if name not in ("receipts.median_daily_90d", "receipts.volatility_90d", "enterprise.industry_sector")
    and not name.startswith(("receipts.credited", "receipts.payer", "application.revolving"))
]


@given(SHEETS)
@settings(max_examples=200, deadline=None)
def test_the_same_facts_give_the_same_bytes_also_when_stored(facts: dict[str, FactValue]) -> None:
    sheet = read_facts(FIRST, facts)
    first = canonical(run(FIRST, sheet))

    again = canonical(run(AGAIN, stored_facts(FIRST, fact_sheet(sheet))))

    assert first == again


@given(SHEETS)
@settings(max_examples=200, deadline=None)
def test_an_approval_is_always_whole(facts: dict[str, FactValue]) -> None:
    result = run(FIRST, read_facts(FIRST, facts))

    assert set(result["reasons"]) <= set(REASONS)
    if result["verdict"] != "approve":
        assert (result["limit"], result["annual_rate"]) == (None, None)
        assert result["reasons"]
        return
    limit, rate = Decimal(result["limit"]), Decimal(result["annual_rate"])
    assert Decimal("5000") <= limit <= Decimal(str(facts["application.amount"]))
    assert all(limit <= Decimal(cap["figure"]) for cap in result["caps"])
    assert rate * 365 / 360 <= Decimal(str(facts["rules.annual_cost_cap"]))
    assert all(facts[name] is not None for name in NEEDED)


@pytest.mark.parametrize("name", NEEDED)
def test_unknown_never_approves(name: str) -> None:
    """Each fact that a rule, cap or price needs, forgotten one at a time."""
    result = decided(**{name.replace(".", "__"): None})

    assert result["verdict"] != "approve"


@settings(deadline=None)
@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_more_receipts_never_lower_the_limit(one: int, other: int) -> None:
    """S1-04: 多收多贷."""
    less, more = sorted((one, other))

    low, high = (
        decided(
            receipts__credited_daily_90d=Decimal(fen) / 100,
            receipts__median_calendar_90d=Decimal(fen) / 100,
            receipts__credited_daily_prior_90d=Decimal(max(fen, less)) / 100,
            application__amount=Decimal("3000000.00"),
        )
        for fen in (less, more)
    )

    assert Decimal(low["limit"] or 0) <= Decimal(high["limit"] or 0)
    assert not (low["verdict"] == "approve" and high["verdict"] != "approve")


def test_the_facts_kept_are_the_ones_declared() -> None:
    sheet = read_facts(FIRST, GOOD | {"enterprise.listed_dishonest": True})

    assert set(sheet) == set(FIRST.types)
    assert "enterprise.listed_dishonest" in CATALOGUE


def with_fraud(**changes: Any) -> Strategy:
    """The first strategy with a fraud stage, and with security to offer against amounts above 20,000."""
    document = first_document()
    document["facts"] |= {"application.secured": "flag", "fraud.deny_listed": "flag"}
    document["fraud"] = {
        "rules": [
            {
                "code": "deny_list",
                "when": {"op": "is", "fact": "fraud.deny_listed", "value": True},
                "on_hit": "decline",
                "on_unknown": "refer",
                "reason": "deny_listed",
            }
        ]
    }
    small = {"op": "<=", "fact": "application.amount", "value": "20000.00"}
    secured = {"op": "is", "fact": "application.secured", "value": True}
    document["admit"]["rules"].append(
        {
            "code": "large_is_secured",
            "require": {"op": "any", "of": [small, secured]},
            "on_miss": "decline",
            "on_unknown": "refer",
            "reason": "limit_collateral",
        }
    )
    strategy = read_document(document | changes)
    assert isinstance(strategy, Strategy), strategy
    return strategy


def test_a_decline_tries_less_shorter_and_secured_and_says_what_came_of_each() -> None:
    """S3-18: 50,000 unsecured is declined; half of it still; secured it is approved, and that is offered."""
    facts: dict[str, FactValue] = {
        "application__amount": Decimal("50000.00"),
        "application__tenor_days": 100,
        "application__secured": False,
        "fraud__deny_listed": False,
    }

    result = decided(with_fraud(), **facts)

    assert (result["verdict"], result["limit"]) == ("decline", None)
    assert [
        (row["kind"], row["changes"], row["verdict"]) for row in stage(result, "alternatives")["tried"]
    ] == [
        ("smaller", {"application.amount": "25000.00"}, "decline"),
        ("shorter", {"application.tenor_days": 90}, "decline"),
        ("secured", {"application.secured": True}, "approve"),
    ]
    assert result["offer"] == {
        "kind": "secured",
        "changes": {"application.secured": True},
        "verdict": "approve",
        "reasons": ["limit_receipts"],
        "limit": "13200.00",
        "annual_rate": "0.108000",
    }
    taken = decided(with_fraud(), **facts | {"application__secured": True})
    assert (taken["verdict"], taken["limit"], taken["offer"]) == ("approve", "13200.00", None)


def test_what_to_try_is_data_and_no_alternative_changes_who_asks() -> None:
    tries = {"smaller": ["0.40"], "shorter": []}

    result = decided(
        with_fraud(alternatives=tries), application__amount=Decimal(50_000), fraud__deny_listed=True
    )

    tried = stage(result, "alternatives")["tried"]
    assert [row["kind"] for row in tried] == ["smaller", "secured"]
    assert {name for row in tried for name in row["changes"]} <= {"application.amount", "application.secured"}
    assert result["offer"] is None


def test_an_approval_and_a_referral_try_nothing() -> None:
    for facts in ({}, {"receipts__growth_90d": None}):
        assert "alternatives" not in [row["stage"] for row in decided(**facts)["trace"]]


def test_fraud_stands_between_admission_and_the_score() -> None:
    result = decided(with_fraud(), application__amount=Decimal(8_000), fraud__deny_listed=False)
    listed = decided(with_fraud(), application__amount=Decimal(8_000), fraud__deny_listed=True)

    assert [row["stage"] for row in result["trace"]][:3] == ["admit", "fraud", "pd"]
    assert (result["verdict"], listed["verdict"]) == ("approve", "decline")
    assert listed["reasons"] == ["deny_listed"]
    assert stage(listed, "fraud")["families"] == ["third_party"]
    assert decided(with_fraud(), application__amount=Decimal(8_000))["reasons"] == ["fact_unknown"]


def test_a_later_stage_reads_what_an_earlier_one_derived() -> None:
    """A cap of the limit stage may be a table's figure, and a formula may read the score."""
    document = first_document()
    loyalty = {
        "table": "loyalty",
        "hit": "max",
        "unit": "money",
        "on_unknown": "refer",
        "columns": [{"fact": "receipts.history_days"}],
        "rows": [{"row": "long", "cells": [{"from": 300}], "then": {"value": "9000.00"}}],
        "otherwise": {"value": "6000.00"},
    }
    scored = {"op": "*", "of": [{"money": "20.00"}, {"fact": "pd.points"}]}
    document["admit"]["tables"] = [loyalty]
    document["limit"]["caps"] += [
        {
            "cap": "loyal",
            "recipe": "of_fact",
            "parameters": {"fact": "admit.loyalty"},
            "reason": "limit_formula",
        },
        {"cap": "points", "recipe": "formula", "parameters": {"value": scored}, "reason": "limit_formula"},
    ]
    strategy = compiled(**document)

    result = decided(strategy)

    assert (result["limit"], result["binding_cap"]) == ("9000.00", "loyal")
    assert decided(strategy, receipts__history_days=299)["limit"] == "6000.00"
    early = first_document()
    early["admit"]["rules"].append(
        early["admit"]["rules"][1] | {"code": "x", "require": {"op": ">", "fact": "pd.points", "value": 1}}
    )
    found = read_document(early)
    assert not isinstance(found, Strategy)
    assert found[0].problem == "the strategy declares no fact 'pd.points'"


def test_the_room_that_the_graph_leaves_is_a_cap_and_a_ring_ends_it() -> None:
    """S2-05, S2-41: group and ring headroom are derived by the graph stage and bind in the limit stage."""
    document = first_document()
    facts: dict[str, FactValue] = {
        "graph.ring_size": 0,
        "graph.ring_exposure": Decimal(0),
        "graph.group_exposure": Decimal("292950.00"),
    }
    document["facts"] |= {name: CATALOGUE[name].type.value for name in facts}
    ring = {"from": 3, "outcome": "decline"}
    document["graph"] = {
        "signals": [
            {"fact": "graph.ring_size", "reason": "graph_ring", "on_unknown": "refer", "bands": [ring]}
        ],
        "caps": {"group": "300000.00"},
    }
    headroom = {"fact": "graph.headroom"}
    document["limit"]["caps"].append(
        {"cap": "group", "recipe": "of_fact", "parameters": headroom, "reason": "limit_group"}
    )
    strategy = compiled(**document)

    def of(**changes: FactValue) -> dict[str, Any]:
        sheet = GOOD | facts | {name.replace("__", "."): value for name, value in changes.items()}
        return run(strategy, read_facts(strategy, sheet))

    assert (of()["limit"], of()["binding_cap"], of()["reasons"]) == ("7000.00", "group", ["limit_group"])
    assert of(graph__ring_size=5)["reasons"] == ["graph_ring"]
    for name in facts:
        expected = (
            "refer" if name != "graph.ring_exposure" else "approve"
        )  # outside a ring nobody asks for it
        assert of(**{name.replace(".", "__"): None})["verdict"] == expected
