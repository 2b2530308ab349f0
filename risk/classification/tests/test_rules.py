"""Tiers, clocks, renewal, buckets and stages: the vectors of rules 2.3. Pure."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel.periods import Period
from risk.classification.clocks import earliest_upgrade, may_upgrade, observation_end
from risk.classification.delinquency import bucket, counted_days
from risk.classification.policy import ClassificationPolicy, day_step, days_past_due
from risk.classification.renewal import RenewalFacts, renewal_verdict
from risk.classification.stages import StageFacts, stage_of
from risk.classification.tiers import Exposure, Tier, classify, debtor_floor, tier_by_days

POLICY = ClassificationPolicy()
DUE = date(2026, 7, 20)
NORMAL, MENTION, SUBSTANDARD, DOUBTFUL, LOSS = Tier


@pytest.mark.parametrize(
    ("on_date", "tier"),
    [
        (date(2026, 7, 20), NORMAL),
        (date(2026, 7, 21), MENTION),
        (date(2026, 10, 18), MENTION),
        (date(2026, 10, 19), SUBSTANDARD),
        (date(2027, 4, 16), SUBSTANDARD),
        (date(2027, 4, 17), DOUBTFUL),
        (date(2027, 7, 15), DOUBTFUL),
        (date(2027, 7, 16), LOSS),
    ],
)
def test_days_past_due_set_the_tier(on_date: date, tier: Tier) -> None:
    found = classify(Exposure(oldest_due_date=DUE, balance=10_000), POLICY, on_date)
    assert found.tier is tier
    assert ("days_past_due" in found.reasons) is (tier is not NORMAL)


def test_the_first_day_is_the_day_after_and_the_steps_are_the_rules() -> None:
    assert [days_past_due(DUE, DUE + timedelta(days=n)) for n in (-1, 0, 1, 91)] == [0, 0, 1, 91]
    assert days_past_due(None, DUE) == 0
    assert POLICY.day_steps == (1, 8, 31, 91, 271, 361)
    for days in range(400):  # the tier changes only on a step: what the statement in SQL relies on
        step = day_step(days, POLICY.day_steps)
        first = (0, *POLICY.day_steps)[step]
        assert tier_by_days(days, POLICY) is tier_by_days(first, POLICY)
        facts = [StageFacts(days=count, tier=tier_by_days(count, POLICY)) for count in (days, first)]
        assert stage_of(facts[0], POLICY) == stage_of(facts[1], POLICY)


@pytest.mark.parametrize(("days", "tier"), [(1, NORMAL), (7, NORMAL), (8, MENTION), (91, SUBSTANDARD)])
def test_a_technical_delay_stays_normal_for_seven_days(days: int, tier: Tier) -> None:
    assert tier_by_days(days, POLICY, is_technical=True) is tier


@pytest.mark.parametrize(
    ("ecl", "days", "tier"),
    [
        (5_499, 100, DOUBTFUL),
        (4_999, 100, SUBSTANDARD),
        (5_000, 100, DOUBTFUL),
        (9_000, 100, LOSS),
        (9_999, 20, MENTION),
    ],
)
def test_impairment_sets_the_tier_where_it_is_worse(ecl: int, days: int, tier: Tier) -> None:
    found = classify(
        Exposure(oldest_due_date=DUE, balance=10_000, ecl=ecl), POLICY, DUE + timedelta(days=days)
    )
    assert found.tier is tier


def test_an_impaired_exposure_is_at_least_substandard_without_arrears() -> None:
    found = classify(Exposure(balance=10_000, is_impaired=True, ecl=5_500), POLICY, DUE)
    assert (found.tier, found.reasons) == (DOUBTFUL, ("impairment",))
    assert classify(Exposure(balance=10_000, is_impaired=True), POLICY, DUE).tier is SUBSTANDARD


@pytest.mark.parametrize(
    ("own", "elsewhere", "retail", "floored"),
    [
        (99, "0", False, False),
        (100, "0", False, False),
        (101, "0", False, True),
        (0, "0.199", False, False),
        (0, "0.20", False, False),
        (0, "0.201", False, True),
        (500, "0.9", True, False),
    ],
)
def test_a_debtors_bad_claims_pull_the_others_down(
    own: int, elsewhere: str, retail: bool, floored: bool
) -> None:
    found = debtor_floor(
        own_npl=own,
        own_total=1_000,
        all_banks_overdue_share=Decimal(elsewhere),
        is_retail=retail,
        policy=POLICY,
    )
    assert found is floored
    assert classify(Exposure(debtor_floor=found), POLICY, DUE).tier is (SUBSTANDARD if floored else NORMAL)


def test_every_rule_demands_and_the_worst_counts() -> None:
    on_date = DUE + timedelta(days=10)
    exposure = Exposure(
        oldest_due_date=DUE,
        balance=10_000,
        in_observation=True,
        refinances=True,
        override=DOUBTFUL,
        held_tier=SUBSTANDARD,
    )
    assert classify(exposure, POLICY, on_date).reasons == ("override",)
    assert classify(Exposure(in_observation=True, refinances=True), POLICY, on_date).reasons == (
        "observation",
        "refinancing",
    )
    assert classify(Exposure(observation_failed=True), POLICY, on_date).tier is SUBSTANDARD
    assert classify(Exposure(held_tier=LOSS), POLICY, on_date).reasons == ("cure_period",)


def test_the_cure_clock_runs_six_months_or_two_periods() -> None:
    cleared = date(2026, 11, 1)
    assert earliest_upgrade(arrears_cleared_date=cleared, policy=POLICY) == date(2027, 5, 1)
    monthly = [date(2026, 11, 20), date(2026, 12, 20)]
    assert earliest_upgrade(arrears_cleared_date=cleared, due_dates=monthly, policy=POLICY) == date(
        2027, 5, 1
    )
    yearly = [date(2027, 3, 1), date(2028, 3, 1)]
    assert earliest_upgrade(arrears_cleared_date=cleared, due_dates=yearly, policy=POLICY) == date(2028, 3, 1)
    assert earliest_upgrade(arrears_cleared_date=date(2026, 8, 31), policy=POLICY) == date(2027, 2, 28)
    for on_date, can, impaired, expected in (
        (date(2027, 4, 30), True, False, False),
        (date(2027, 5, 1), True, False, True),
        (date(2027, 5, 1), False, False, False),
        (date(2027, 5, 1), True, True, False),
    ):
        assert (
            may_upgrade(
                on_date=on_date,
                arrears_cleared_date=cleared,
                can_keep_paying=can,
                has_impaired_assets=impaired,
                policy=POLICY,
            )
            is expected
        )
    assert not may_upgrade(
        on_date=date(2027, 5, 1),
        arrears_cleared_date=None,
        can_keep_paying=True,
        has_impaired_assets=False,
        policy=POLICY,
    )


def test_a_restructured_loan_is_observed_for_a_year_and_two_periods() -> None:
    first = date(2026, 11, 20)
    assert observation_end(first_new_due_date=first, policy=POLICY) == date(2027, 11, 20)
    yearly = [first, date(2027, 11, 20), date(2028, 11, 20)]
    assert observation_end(first_new_due_date=first, due_dates=yearly, policy=POLICY) == date(2027, 11, 20)
    rare = [first, date(2028, 5, 20)]
    assert observation_end(first_new_due_date=first, due_dates=rare, policy=POLICY) == date(2028, 5, 20)


R_14 = {
    "borrower_sizes": ["small", "micro", "individual", "farmer"],
    "medium_until": "2027-09-30",
}
GOOD = {
    "borrower": "micro",
    "is_lawful": True,
    "is_operating": True,
    "has_good_credit": True,
    "is_misused": False,
    "unpaid_interest": 0,
    "evades_debt": False,
    "meets_standards": True,
}


@pytest.mark.parametrize(
    ("change", "on_date", "failed"),
    [
        ({}, date(2026, 11, 2), ()),
        ({"unpaid_interest": 100}, date(2026, 11, 2), ("no_misuse_arrears_or_evasion",)),
        ({"is_misused": True}, date(2026, 11, 2), ("no_misuse_arrears_or_evasion",)),
        ({"evades_debt": True}, date(2026, 11, 2), ("no_misuse_arrears_or_evasion",)),
        ({"is_lawful": False}, date(2026, 11, 2), ("lawful_operation",)),
        ({"is_operating": False}, date(2026, 11, 2), ("still_operating",)),
        ({"has_good_credit": False}, date(2026, 11, 2), ("good_credit",)),
        ({"meets_standards": False}, date(2026, 11, 2), ("meets_lending_standards",)),
        ({"borrower": "medium"}, date(2027, 9, 30), ()),
        ({"borrower": "medium"}, date(2027, 10, 1), ("borrower_eligible",)),
        ({"borrower": "large"}, date(2026, 11, 2), ("borrower_eligible",)),
    ],
)
def test_a_renewed_loan_stays_normal_only_if_all_holds(
    change: dict[str, object], on_date: date, failed: tuple[str, ...]
) -> None:
    found = renewal_verdict(RenewalFacts(**{**GOOD, **change}), R_14, on_date=on_date)  # type: ignore[arg-type]
    assert (found.failed, found.tier) == (failed, MENTION if failed else NORMAL)


def test_before_the_rule_a_renewal_is_special_mention() -> None:
    facts = RenewalFacts(**GOOD)  # type: ignore[arg-type]
    assert renewal_verdict(facts, None, on_date=date(2024, 9, 23)).tier is MENTION


def test_pauses_do_not_count_and_overlaps_count_once() -> None:
    pauses = [
        Period(date(2026, 7, 25), date(2026, 7, 30)),
        Period(date(2026, 7, 28), date(2026, 8, 1)),
        Period(date(2026, 7, 1), date(2026, 7, 10)),
    ]
    assert counted_days(oldest_due_date=DUE, on_date=date(2026, 8, 10)) == 21
    assert counted_days(oldest_due_date=DUE, on_date=date(2026, 8, 10), pauses=pauses) == 14
    assert counted_days(oldest_due_date=DUE, on_date=DUE, pauses=pauses) == 0
    assert counted_days(oldest_due_date=None, on_date=DUE) == 0


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, None),
        (1, (1, 30)),
        (30, (1, 30)),
        (31, (31, 60)),
        (180, (151, 180)),
        (181, (181, None)),
        (999, (181, None)),
    ],
)
def test_buckets(days: int, expected: tuple[int, int | None] | None) -> None:
    assert bucket(days) == expected


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        (StageFacts(days=0), 1),
        (StageFacts(days=30, tier=MENTION), 1),
        (StageFacts(days=31, tier=MENTION), 2),
        (StageFacts(days=31, tier=MENTION, sicr_rebutted=True), 1),
        (StageFacts(days=90, tier=MENTION, sicr_rebutted=True), 1),
        (StageFacts(days=91, tier=SUBSTANDARD, sicr_rebutted=True), 3),
        (StageFacts(days=91), 3),
        (StageFacts(days=0, tier=SUBSTANDARD), 3),
        (StageFacts(days=0, is_impaired=True), 3),
        (StageFacts(days=0, tier=MENTION), 2),
        (StageFacts(days=0, has_early_warning=True), 2),
        (StageFacts(days=0, in_observation=True), 2),
        (StageFacts(days=0, pd_ratio=Decimal("1.99")), 1),
        (StageFacts(days=0, pd_ratio=Decimal(2)), 2),
    ],
)
def test_stages(facts: StageFacts, stage: int) -> None:
    assert stage_of(facts, POLICY) == stage
