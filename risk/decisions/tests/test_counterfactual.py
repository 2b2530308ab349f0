"""What would change a decline: always flips, never asks for the impossible, says so when there is nothing."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from risk.decisions import queries
from risk.decisions.counterfactual import NOTHING_ZH, applied, counterfactual
from risk.decisions.flow import read_facts, run
from risk.decisions.tests.test_decisions import decide
from risk.decisions.tests.test_flow import GOOD
from risk.features.changes import LEVERS
from risk.features.enterprise import NEW_MONTHS
from risk.features.facts import CATALOGUE, FactType, FactValue, coerce
from risk.strategies.document import Strategy, read_document
from risk.strategies.operations import first_document

NEVER = (
    "age",
    "area",
    "listed",
    "industry",
    "prior",
    "fraud.",
    "rules.",
    "product.",
    "graph.",
    "cross.",
    "house.",
)


def strategy() -> Strategy:
    compiled = read_document(first_document())
    assert isinstance(compiled, Strategy)
    return compiled


def applicant(rng: Random) -> dict[str, FactValue]:
    """Somebody with several weaknesses at once; some of them nobody can mend."""
    daily = Decimal(rng.randint(5_000, 90_000)).scaleb(-2)
    facts: dict[str, FactValue] = GOOD | {
        "receipts.median_calendar_90d": daily,
        "receipts.credited_daily_90d": (daily * 8 / 10).quantize(Decimal("0.01")),
        "receipts.credited_daily_prior_90d": Decimal(rng.randint(2_000, 60_000)).scaleb(-2),
        "receipts.history_days": rng.randint(20, 400),
        "receipts.active_days_90d": rng.randint(20, 90),
        "receipts.refund_rate_90d": Decimal(rng.randint(0, 400_000)).scaleb(-6),
        "receipts.growth_90d": Decimal(rng.randint(-700_000, 1_800_000)).scaleb(-6),
        "receipts.days_since_last": rng.randint(1, 30),
        "enterprise.months_open": rng.randint(0, 60),
        "enterprise.area_ok": rng.random() > 0.1,
        "application.tenor_days": rng.choice([0, 90, 365, 500]),
        "representative.age": rng.choice([30, 50, 70, None]),
    }
    return read_facts(strategy(), facts)


def test_every_answer_flips_and_every_refusal_to_answer_is_right() -> None:
    compiled, rng, answered, without = strategy(), Random(5), 0, 0
    for _ in range(70):
        facts = applicant(rng)
        if run(compiled, facts)["verdict"] != "decline":
            continue
        answer = counterfactual(compiled, facts)
        if answer.possible:
            answered += 1
            result = run(compiled, applied(facts, answer.changes, compiled))
            assert result["verdict"] == answer.verdict != "decline"
            continue
        without += 1
        assert answer.changes == ()
        assert answer.text_zh == NOTHING_ZH
        for _ in range(8):  # nobody finds by chance what the search says is not there
            moved = dict(facts)
            for lever in LEVERS:
                if rng.random() < 0.6:
                    moved |= lever.moved(facts, rng.randint(0, lever.size(facts)))
            assert run(compiled, {name: moved.get(name) for name in compiled.types})["verdict"] == "decline"
    assert answered > 15
    assert without > 10


def test_nothing_in_an_answer_can_be_taken_away() -> None:
    compiled, rng, looked = strategy(), Random(9), 0
    while looked < 5:
        facts = applicant(rng)
        if run(compiled, facts)["verdict"] != "decline":
            continue
        answer = counterfactual(compiled, facts)
        for change in answer.changes:
            looked += 1
            rest = tuple(other for other in answer.changes if other is not change)
            assert run(compiled, applied(facts, rest, compiled))["verdict"] == "decline"


def test_the_answer_is_small_and_plain() -> None:
    compiled = strategy()
    facts = read_facts(compiled, GOOD | {"receipts.history_days": 150, "receipts.active_days_90d": 55})

    answer = counterfactual(compiled, facts)

    assert [(change.lever, change.after) for change in answer.changes] == [
        ("receipts.active_days_90d", {"receipts.active_days_90d": 60}),
        ("wait", {"receipts.history_days": 180}),
    ]
    assert (
        answer.text_en == "Take receipts on at least 60 of 90 days. Apply again in 30 days, trading as now."
    )
    assert answer.text_zh == "近90天内至少60天有收款；继续正常经营30天后再申请"
    assert counterfactual(compiled, facts) == answer


@pytest.mark.parametrize("fact", [{"enterprise.area_ok": False}, {"representative.age": 80}])
def test_what_cannot_be_changed_has_no_answer(fact: dict[str, FactValue]) -> None:
    compiled = strategy()

    answer = counterfactual(compiled, read_facts(compiled, GOOD | fact))

    assert not answer.possible
    assert answer.changes == ()


def test_no_lever_asks_for_the_impossible() -> None:
    rng = Random(3)
    for lever in LEVERS:
        touched = (*lever.facts, *([lever.row["growth"]] if "growth" in lever.row else []))
        assert set(touched) <= set(CATALOGUE)
        assert not any(word in name for name in lever.facts for word in NEVER)
        assert "{value}" in lever.row["borrower_en"] or lever.how == "set"
        for _ in range(5):
            facts = {name: given(name, rng) for name in touched}
            size = lever.size(facts)
            assert lever.moved(facts, 0) == {}
            for position in {1, size // 2, size} - {0} if size else set():
                for name, value in lever.moved(facts, position).items():
                    check(lever.how, name, facts.get(name), value)
                    assert coerce(name, CATALOGUE[name].type, value) == value
                    assert lever.said({name: value}, position, "en")


def given(name: str, rng: Random) -> FactValue:
    kind = CATALOGUE[name].type
    if kind is FactType.COUNT:
        return rng.randint(0, 60)
    if kind is FactType.FLAG:
        return rng.random() < 0.5
    return (
        Decimal(rng.randint(0, 900_000)).scaleb(-6)
        if kind is FactType.RATIO
        else Decimal(rng.randint(0, 99_999))
    )


def check(how: str, name: str, before: Any, after: Any) -> None:
    if name == "enterprise.is_new":
        return
    assert after is not None
    if CATALOGUE[name].type is not FactType.FLAG and name != "receipts.growth_90d":
        assert after >= (-1 if name.endswith("growth_180d") or name.endswith("growth_90d") else 0)
    if how in ("wait", "raise", "scale"):
        assert after >= before
    if how == "lower":
        assert after <= before


def test_time_moves_everything_that_it_moves() -> None:
    wait = next(lever for lever in LEVERS if lever.name == "wait")
    facts: dict[str, FactValue] = {
        "receipts.history_days": 100,
        "enterprise.months_open": NEW_MONTHS,
        "enterprise.is_new": True,
    }

    assert wait.moved(facts, 62) == {
        "receipts.history_days": 162,
        "enterprise.months_open": NEW_MONTHS + 2,
        "enterprise.is_new": False,
    }


def test_a_stored_decline_says_what_would_have_changed_it(qinglan: str) -> None:
    declined = decide(receipts__history_days=150)

    answer = queries.what_would_change(declined.id)

    assert answer.possible
    assert [change.lever for change in answer.changes] == ["wait"]
    with pytest.raises(queries.NotDeclined):
        queries.what_would_change(decide().id)
    with pytest.raises(queries.DecisionUnknown):
        queries.what_would_change(queries.get_decision(declined.id).strategy_version_id)  # type: ignore[arg-type]
    assert queries.replay(declined.id).identical
    assert declined.on_date == date(2026, 11, 10)
