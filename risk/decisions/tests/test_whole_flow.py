"""A strategy with every stage: they run in order, read what was derived before, let nothing unknown by."""

from decimal import Decimal
from typing import Any

import pytest

from risk.decisions.flow import read_facts, run
from risk.decisions.tests.test_flow import GOOD, stage
from risk.features.facts import CATALOGUE, FactValue
from risk.rules.stages import ORDER
from risk.strategies.document import Strategy, read_document
from risk.strategies.operations import first_document

MORE: dict[str, FactValue] = {
    "product.code": "receipts_revolving",
    "fraud.identity_matched": True,
    "declared.turnover_12m": Decimal("216000.00"),
    "receipts.total_90d": Decimal("54000.00"),
    "invoices.sales_365d": Decimal("220000.00"),
    "taxes.declared_365d": Decimal("210000.00"),
    "graph.ring_size": 0,
    "graph.ring_exposure": Decimal(0),
    "graph.group_exposure": Decimal("10000.00"),
    "representative.age": 40,
    "bank.loans_settled": 2,
}
CARD = {"offset": "487.1229", "factor": "28.8539", "base": 500}


def card(code: str, fact: str, reason: str, *bins: tuple[int | None, int]) -> dict[str, Any]:
    rows = [{"up_to": bound, "points": points} for bound, points in bins]
    parts = [{"fact": fact, "reason": reason, "bins": rows, "unknown": {"points": 0}}]
    return {"code": code, "scale": CARD, "characteristics": parts}


OWNER = card("owner", "bank.loans_settled", "history_short", (0, 0), (None, 20))
FIRM = card("firm", "enterprise.months_open", "enterprise_young", (12, 0), (None, 30))
BANDS = [{"band": "A", "from": 510}, {"band": "B"}]
FULL, HALF = {"outcome": "pass", "limit_factor": "1"}, {"outcome": "pass", "limit_factor": "0.5"}
REFER = {"outcome": "refer", "limit_factor": "0.5"}
STAGES: dict[str, Any] = {
    "fraud": {
        "rules": [
            {
                "code": "identity",
                "require": {"op": "is", "fact": "fraud.identity_matched", "value": True},
                "on_miss": "decline",
                "on_unknown": "refer",
                "reason": "identity_mismatch",
            }
        ]
    },
    "cross": {
        "checks": [
            {
                "figure": "turnover",
                "minimum_sources": 2,
                "sources": [
                    {"fact": "receipts.total_90d", "scale": "4.055556", "weight": 2},
                    {"fact": "invoices.sales_365d", "weight": 1},
                    {"fact": "taxes.declared_365d", "weight": 1},
                ],
                "tolerance": {"soft": "0.15", "conflict": "0.35"},
                "reason": "cross_conflict",
                "on": {"conflict": "refer", "unverifiable": "refer"},
            }
        ]
    },
    "dual": {
        "owner": {"card": OWNER, "bands": BANDS},
        "enterprise": {"card": FIRM, "bands": BANDS},
        "matrix": {"A": {"A": FULL, "B": HALF}, "B": {"A": HALF, "B": REFER}},
        "reason": "dual_matrix",
        "unknown": {"most": 0, "outcome": "refer"},
    },
    "house": {
        "factors": {
            "person": [
                {
                    "fact": "bank.loans_settled",
                    "weight": 1,
                    "bins": [{"up_to": 0, "score": 40}, {"up_to": None, "score": 90}],
                }
            ],
            "house": [],
            "enterprise": [
                {
                    "fact": "enterprise.months_open",
                    "weight": 1,
                    "bins": [{"up_to": 12, "score": 40}, {"up_to": None, "score": 80}],
                }
            ],
        },
        "factor_weights": {"*": {"person": 40, "house": 0, "enterprise": 60}},
        "bands": [{"below": "60", "outcome": "refer"}],
        "reason": "house_score",
        "on_unknown": "refer",
    },
    "graph": {"caps": {"ring": "500000.00", "group": "300000.00"}},
}
CREDITED = {
    "op": "*",
    "of": [{"fact": "cross.turnover_credited"}, {"ratio": "0.10"}, {"fact": "dual.limit_factor"}],
}
CAPS = [
    {"cap": "turnover", "recipe": "formula", "parameters": {"value": CREDITED}, "reason": "limit_formula"},
    {"cap": "group", "recipe": "of_fact", "parameters": {"fact": "graph.headroom"}, "reason": "limit_group"},
]


def whole() -> Strategy:
    document = first_document() | STAGES
    document["facts"] |= {name: CATALOGUE[name].type.value for name in MORE}
    document["limit"]["caps"] += CAPS
    strategy = read_document(document)
    assert isinstance(strategy, Strategy), strategy
    return strategy


WHOLE = whole()
SHEET = GOOD | MORE


def decided(**changes: FactValue) -> dict[str, Any]:
    facts = SHEET | {name.replace("__", "."): value for name, value in changes.items()}
    return run(WHOLE, read_facts(WHOLE, facts))


def test_every_stage_runs_in_the_order_of_the_format() -> None:
    result = decided()

    assert result["verdict"] == "approve", result["reasons"]
    assert [row["stage"] for row in result["trace"]] == [*ORDER, "verdict"]


def test_the_limit_reads_what_cross_and_dual_derived() -> None:
    """What evidence bears out (210,000 to 220,000) x 0.10 x the matrix's factor; all other caps are wider."""
    small, half = decided(application__amount=Decimal("13000.00")), decided(bank__loans_settled=0)

    assert small["binding_cap"] == "asked"
    figure = next(cap["figure"] for cap in decided()["caps"] if cap["cap"] == "turnover")
    halved = next(cap["figure"] for cap in half["caps"] if cap["cap"] == "turnover")
    assert Decimal("20000") < Decimal(figure) < Decimal("22000")
    assert abs(Decimal(figure) - 2 * Decimal(halved)) <= Decimal("0.02")
    assert (half["limit"], half["binding_cap"]) == (f"{Decimal(halved) // 100 * 100:.2f}", "turnover")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"fraud__identity_matched": False}, "identity_mismatch"),
        ({"declared__turnover_12m": Decimal("900000.00")}, "cross_conflict"),
        ({"bank__loans_settled": 0, "enterprise__months_open": 10}, "dual_matrix"),
        ({"graph__group_exposure": Decimal("299000.00")}, "limit_too_small"),
    ],
)
def test_each_stage_can_stop_it(changes: dict[str, FactValue], reason: str) -> None:
    result = decided(**changes)

    assert result["verdict"] != "approve"
    assert reason in result["reasons"]


def test_a_declared_figure_without_evidence_is_not_credited() -> None:
    result = decided(invoices__sales_365d=None, taxes__declared_365d=None)

    assert result["verdict"] == "refer"
    assert stage(result, "cross")["checks"][0]["verdict"] == "unverifiable"


def test_unknown_never_approves_what_a_known_figure_would_not() -> None:
    """Each fact left out: an approval without it stays one with it, and at no lower limit."""
    assert {"receipts.total_90d", "invoices.sales_365d", "taxes.declared_365d"} <= WHOLE.tolerates
    known = decided()
    for name in set(WHOLE.types) - WHOLE.tolerates:
        without = decided(**{name.replace(".", "__"): None})
        if without["verdict"] == "approve":
            assert known["verdict"] == "approve"
            assert Decimal(without["limit"]) <= Decimal(known["limit"]), name


def test_the_place_of_a_broken_stage_is_named() -> None:
    for name, spoiled in (
        ("cross", {"checks": []}),
        ("dual", {}),
        ("house", {"factors": 1}),
        ("graph", {"caps": 1}),
    ):
        found = read_document(first_document() | {name: spoiled})
        assert not isinstance(found, Strategy)
        assert found[0].path.startswith(name), found
    screen = {
        "code": "x",
        "reason": "cross_pre_screen",
        "require": {"op": "not", "of": {"op": "known", "fact": "bank.loans_settled"}},
    }
    document = first_document() | {"cross": STAGES["cross"] | {"pre_screen": [screen]}}
    document["facts"] |= {name: CATALOGUE[name].type.value for name in MORE}
    found = read_document(document)
    assert not isinstance(found, Strategy)
    assert [(one.path, one.problem) for one in found] == [
        ("cross.x", "leaving out bank.loans_settled would pass")
    ]
