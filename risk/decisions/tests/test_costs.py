import random
from decimal import Decimal

from risk.decisions.flow import read_facts, run
from risk.decisions.flow_costs import certain_declines, next_fact, screened
from risk.decisions.tests.test_flow import GOOD, compiled
from risk.features.facts import FactValue
from risk.strategies.operations import first_document
from testkit.made_up import applicant

COSTS = {
    "enterprise.months_open": "0.50",
    "enterprise.area_ok": "0.20",
    "representative.age": "0.80",
    "enterprise.employees": "1.00",
}
STRATEGY = compiled(**first_document() | {"costs": COSTS})
RULES: dict[str, FactValue] = {
    "rules.annual_cost_cap": Decimal("0.24"),
    "rules.online_unsecured_max": Decimal(1_000_000),
}


def test_the_cheapest_fact_that_a_policy_reads_is_asked_for_first() -> None:
    free = {name: value for name, value in GOOD.items() if name not in COSTS}

    assert next_fact(STRATEGY, free) == "enterprise.area_ok"
    assert next_fact(STRATEGY, free, ["enterprise.area_ok"]) == "enterprise.months_open"
    assert next_fact(STRATEGY, free, ["enterprise.area_ok", "enterprise.months_open"]) == "representative.age"
    assert next_fact(STRATEGY, free, [name for name in COSTS if name != "enterprise.employees"]) is not None
    assert next_fact(STRATEGY, free, list(COSTS)) is None


def test_nothing_is_paid_for_once_a_decline_is_certain() -> None:
    declined = GOOD | {"receipts.history_days": 1}

    assert certain_declines(STRATEGY, declined) == ("history_short",)
    assert screened(STRATEGY, declined).bought == ()
    assert certain_declines(STRATEGY, {}) == ()  # what is not known yet declines nobody


def test_on_replay_a_decline_costs_less_and_the_verdict_stays() -> None:
    """S3-13: the data cost of a decline falls when the cheapest is asked first."""
    rng, spent, declines = random.Random(5), Decimal(0), 0
    for _ in range(300):
        sheet = read_facts(STRATEGY, applicant(rng) | RULES)
        result = screened(STRATEGY, sheet)
        verdict = run(STRATEGY, sheet)["verdict"]
        if result.reasons:
            assert verdict == "decline"
            declines, spent = declines + 1, spent + result.cost
        else:
            assert set(result.bought) == set(COSTS)
    everything = sum(Decimal(cost) for cost in COSTS.values())

    assert declines > 50
    assert spent / declines < everything / 5
