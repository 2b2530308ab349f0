import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from risk.features.facts import CATALOGUE, FactType
from risk.rules.canonical import sha256_of
from risk.rules.reasons import REASONS
from risk.strategies.document import NEEDED, Problem, Strategy, read_document
from risk.strategies.operations import first_document

Change = Callable[[dict[str, Any]], object]


def problems(change: Change) -> list[str]:
    document = first_document()
    change(document)
    found = read_document(document)
    return [] if isinstance(found, Strategy) else [f"{problem.path}: {problem.problem}" for problem in found]


def test_the_first_document_compiles_and_every_reason_is_registered() -> None:
    strategy = read_document(first_document())

    assert isinstance(strategy, Strategy)
    assert strategy.code == "receipts_revolving"
    assert {rule.reason for rule in strategy.rules} <= set(REASONS)
    assert {cap.reason for cap in strategy.limit.caps} <= set(REASONS)
    assert strategy.stage("admit").minimum_sources == 2
    assert strategy.warnings == ()
    assert all(kind is CATALOGUE[name].type for name, kind in strategy.types.items())


def test_every_declared_fact_is_read_by_something() -> None:
    strategy = read_document(first_document())
    assert isinstance(strategy, Strategy)

    assert set(strategy.types) == {name for _, stage in strategy.stages for name in stage.reads}
    spare = first_document()
    spare["facts"]["receipts.volatility_90d"] = "ratio"
    unread = read_document(spare)
    assert isinstance(unread, Strategy)
    assert unread.warnings == (Problem("facts", "nothing reads receipts.volatility_90d"),)


@pytest.mark.parametrize("stage", NEEDED)
def test_a_missing_stage_is_named(stage: str) -> None:
    assert problems(lambda document: document.pop(stage)) == [f"{stage}: the stage is missing"]


def in_rule(**change: object) -> Change:
    return lambda document: document["admit"]["rules"][1].update(change)


def in_stage(stage: str, **change: object) -> Change:
    return lambda document: document[stage].update(change)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda document: document.update(format=1), "format"),
        (lambda document: document["facts"].update({"receipts.luck": "ratio"}), "facts"),
        (lambda document: document["facts"].update({"receipts.history_days": "money"}), "facts"),
        (lambda document: document["facts"].pop("receipts.history_days"), "admit.history"),
        (lambda document: document["facts"].pop("application.amount"), "facts"),
        (lambda document: document["facts"].pop("rules.annual_cost_cap"), "facts"),
        (lambda document: document["facts"].pop("enterprise.employees"), "pd.card"),
        (lambda document: document["facts"].pop("bank.loans_settled"), "limit.ladder"),
        (in_rule(on_unknown="approve"), "admit.history"),
        (in_rule(on_miss="pass"), "admit.history"),
        (in_rule(reason="because"), "admit.history"),
        (in_rule(require={"op": ">=", "fact": "receipts.history_days", "value": "180"}), "admit.history"),
        (in_rule(code="active_days"), "admit.active_days"),
        (in_stage("admit", rules=[]), "admit"),
        (lambda document: document["pd"]["card"]["scale"].pop("base"), "pd.card"),
        (lambda document: document["pd"]["card"]["characteristics"][0].update(reason="because"), "pd.card"),
        (in_stage("pd", log_odds_shift="100"), "pd.log_odds_shift"),
        (in_stage("pd", log_odds_shift=-1), "pd.log_odds_shift"),
        (in_stage("grade", steps=[]), "grade"),
        (lambda document: document["grade"]["steps"].reverse(), "grade"),
        (in_stage("grade", review=["Z"]), "grade.review"),
        (in_stage("limit", caps=[]), "limit"),
        (in_stage("limit", step="0"), "limit.step"),
        (in_stage("limit", minimum=5000), "limit.minimum"),
        (lambda document: document["limit"]["caps"][0].update(recipe="guess"), "limit.receipts"),
        (lambda document: document["limit"]["caps"][0].update(reason="because"), "limit.receipts"),
        (lambda document: document["limit"]["caps"].append(document["limit"]["caps"][0]), "limit"),
        (in_stage("price", day_basis=364), "price"),
        (lambda document: document["price"]["rates"].pop("C"), "price"),
        (lambda document: document["price"]["rates"].update(C="0.0720001"), "price"),
        (in_stage("price", cost_of_funds=0.025), "price.cost_of_funds"),
        (lambda document: document["watch"][0].update(fact="receipts.history_days"), "watch"),
    ],
)
def test_a_broken_document_is_refused_where_it_is_broken(change: Change, where: str) -> None:
    found = problems(change)

    assert any(problem.startswith(f"{where}: ") for problem in found), found


def test_all_problems_are_told_at_once() -> None:
    def spoil(document: dict[str, Any]) -> None:
        in_rule(reason="because")(document)
        in_stage("limit", step="0")(document)
        in_stage("price", day_basis=364)(document)

    assert len(problems(spoil)) == 3


@pytest.mark.parametrize("document", [{}, {"format": 2}, dict.fromkeys(NEEDED) | {"format": 2}])
def test_nonsense_is_refused_and_does_not_crash(document: dict[str, Any]) -> None:
    assert not isinstance(read_document(document), Strategy)


def test_the_hash_follows_every_change() -> None:
    document = first_document()
    other = copy.deepcopy(document)
    other["limit"]["minimum"] = "5000.01"

    assert sha256_of(document) == sha256_of(copy.deepcopy(document))
    assert sha256_of(document) != sha256_of(other)


def test_facts_are_of_five_types() -> None:
    assert {entry.type for entry in CATALOGUE.values()} == set(FactType)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda document: document.update(fruad={"rules": []}), "fruad"),
        (lambda document: document.update(fraud={"rules": []}), "fraud"),
        (lambda document: document.update(fraud=[]), "fraud"),
        (lambda document: document.update(costs={"receipts.luck": "1.00"}), "costs"),
        (lambda document: document.update(costs={"receipts.history_days": "-1"}), "costs"),
        (lambda document: document.update(costs=["receipts.history_days"]), "costs"),
        (lambda document: document.update(alternatives={"smaller": ["1.50"]}), "alternatives"),
        (lambda document: document.update(alternatives={"shorter": ["90"]}), "alternatives"),
        (lambda document: document.update(alternatives={"free": True}), "alternatives"),
        (in_stage("admit", minimum_sources="2"), "admit"),
        (in_stage("admit", minimum_source=2), "admit"),
        (in_stage("pd", card={}), "pd.card"),
        (lambda document: document["pd"]["card"]["scale"].update(offset="NaN"), "pd.card"),
        (lambda document: document["pd"]["card"]["scale"].update(factor="Infinity"), "pd.card"),
        (lambda document: document["price"].update(churn={}), "price"),
    ],
)
def test_what_the_format_does_not_have_is_refused_and_not_ignored(change: Change, where: str) -> None:
    found = problems(change)

    assert any(problem.startswith(f"{where}: ") for problem in found), found


def test_every_broken_rule_is_told_at_once() -> None:
    def spoil(document: dict[str, Any]) -> None:
        document["admit"]["rules"][1].update(reason="because")
        document["admit"]["rules"][3].update(on_miss="pass")
        document["limit"]["caps"][0].update(reason="because")
        document["limit"]["caps"][2].update(recipe="guess")

    assert [problem.split(": ")[0] for problem in problems(spoil)] == [
        "admit.history",
        "admit.daily_receipts",
        "limit.receipts",
        "limit.ladder",
    ]


def test_every_example_of_the_handbook_is_a_part_that_compiles() -> None:
    text = (Path(__file__).parents[3] / "api_docs" / "handbook" / "strategies.md").read_text(encoding="utf-8")
    document = first_document()
    blocks = [json.loads(block.split("```")[0]) for block in text.split("```json\n")[1:]]
    for part, section in (pair for block in blocks for pair in block.items()):
        held = document.setdefault(part, {})
        for name, value in section.items():
            held[name] = (
                [*held.get(name, []), *value] if isinstance(value, list) and part != "alternatives" else value
            )
    del document["price"]["rates"]

    found = read_document(document)

    assert isinstance(found, Strategy), found
    assert len(blocks) == 8
    assert found.warnings == (Problem("facts", "nothing reads collateral.value"),)
