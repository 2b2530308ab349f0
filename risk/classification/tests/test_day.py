"""The nightly pass and the ECL run over any SELECT of exposures: only crossers move, each with its reason."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from regulation.queries import RuleMissing
from risk.classification import operations as classification
from risk.classification.loss import EclPolicyInvalid, read_policy
from risk.classification.models import ClassificationState, EclResult, StageChange, TierChange
from risk.classification.operations import FIRST_POLICY, ClassifyFigures, NotWorse, SamePerson
from risk.classification.operations.flags import FlagUnknown
from risk.classification.policy import ClassificationPolicy, days_past_due
from risk.classification.queries import (
    EclPolicyMissing,
    EclRunMissing,
    get_run,
    roll_forward,
    stage_history,
    standing,
    tier_as_of,
    tier_counts,
    tier_history,
    transfers,
)
from risk.classification.stages import StageFacts, stage_of
from risk.classification.tiers import Tier, tier_by_days
from testkit.clock import NOON

EXPOSURES = "SELECT * FROM exposure"
DUE = date(2026, 7, 20)
PEOPLE = {"maker": "risk@x.example", "checker": "risk.checker@x.example"}
NORMAL, MENTION, SUBSTANDARD, DOUBTFUL, LOSS = Tier


@pytest.fixture
def book(qinglan: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE exposure (exposure_id uuid PRIMARY KEY, debtor_id uuid, segment text,"
            " drawn bigint, undrawn bigint, is_cancellable boolean, annual_rate numeric,"
            " oldest_due_date date, second_due_date date, is_retail boolean) ON COMMIT DROP"
        )


def owed(
    due: date | None = DUE,
    *,
    drawn: int = 10_000_000,
    undrawn: int = 0,
    debtor: UUID | None = None,
    retail: bool = True,
    rate: str = "0.072",
    segment: str = "*",
    second_due: date | None = None,
) -> UUID:
    exposure_id = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exposure VALUES (%s, %s, %s, %s, %s, false, %s, %s, %s, %s)",
            [exposure_id, debtor or new_id(), segment, drawn, undrawn, rate, due, second_due, retail],
        )
    return exposure_id


def change(exposure_id: UUID, **columns: object) -> None:
    with connection.cursor() as cursor:
        for name, value in columns.items():
            cursor.execute(f"UPDATE exposure SET {name} = %s WHERE exposure_id = %s", [value, exposure_id])


def night(on_date: date) -> ClassifyFigures:
    return classification.classify_set(exposures=EXPOSURES, on_date=on_date, now=NOON)


def tier(exposure_id: UUID) -> Tier:
    found = standing(exposure_id=exposure_id)
    return NORMAL if found is None else found.tier


def debtor_of(exposure_id: UUID) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute("SELECT debtor_id FROM exposure WHERE exposure_id = %s", [exposure_id])
        return UUID(str(cursor.fetchone()[0]))


def flag(exposure_id: UUID, name: str, on_date: date, *, value: bool = True) -> None:
    classification.flag_exposure(
        exposure_id=exposure_id,
        debtor_id=debtor_of(exposure_id),
        flag=name,
        value=value,
        reason="seen",
        on_date=on_date,
        now=NOON,
        **PEOPLE,
    )


def refuses(refusal: type[Refusal], act: Callable[[], object]) -> None:
    models = (ClassificationState, TierChange, StageChange, EclResult)
    before = [model.objects.count() for model in models]
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert [model.objects.count() for model in models] == before


def test_a_loan_falls_on_the_days_of_the_rule_and_every_move_is_kept(book: None) -> None:
    exposure = owed()
    days = [(DUE, 0), (date(2026, 7, 21), 1), (date(2026, 10, 18), 1), (date(2026, 10, 19), 1)]
    days += [(date(2027, 4, 17), 1), (date(2027, 7, 16), 1)]
    assert [night(day).tier_changes for day, _ in days] == [0, 1, 0, 1, 1, 1]
    moves = tier_history(exposure_id=exposure)
    assert [(move.business_date, move.to_tier, move.days_past_due) for move in moves] == [
        (date(2026, 7, 21), MENTION, 1),
        (date(2026, 10, 19), SUBSTANDARD, 91),
        (date(2027, 4, 17), DOUBTFUL, 271),
        (date(2027, 7, 16), LOSS, 361),
    ]
    assert all(move.reasons == ("days_past_due",) and "C-02@2023-07-01/1" in move.rules for move in moves)
    assert stage_history(exposure_id=exposure) == (
        (date(2026, 10, 18), 1, 2),
        (date(2026, 10, 19), 2, 3),
    )
    assert tier_as_of(exposure_id=exposure, on_date=date(2026, 10, 18)) is MENTION
    assert tier_as_of(exposure_id=exposure, on_date=date(2026, 7, 20)) is NORMAL
    assert tier_counts() == {MENTION: 0, SUBSTANDARD: 0, DOUBTFUL: 0, LOSS: 1}


def test_a_second_pass_finds_nobody_and_the_healthy_are_not_written(book: None) -> None:
    owed(date(2026, 12, 1))
    owed(None)
    owed()
    assert night(date(2026, 10, 19)) == ClassifyFigures(1, 0, 1, 1)
    assert night(date(2026, 10, 19)) == ClassifyFigures(0, 0, 0, 0)
    assert ClassificationState.objects.count() == 1


def test_the_statement_does_what_the_pure_rules_say(book: None) -> None:
    random, on_date, policy = Random(7), date(2026, 11, 2), ClassificationPolicy()
    dues = {
        owed(on_date - timedelta(days=days)): days for days in (*range(0, 12), 30, 31, 90, 91, 270, 271, 361)
    }
    dues |= {owed(on_date - timedelta(days=days)): days for days in random.sample(range(400), 20)}
    night(on_date)
    for exposure, days in dues.items():
        assert days_past_due(on_date - timedelta(days=days), on_date) == days
        expected = tier_by_days(days, policy)
        found = standing(exposure_id=exposure)
        got = (NORMAL, 1) if found is None else (found.tier, found.stage)
        assert got == (expected, stage_of(StageFacts(days=days, tier=expected), policy)), days


def test_it_gets_better_only_when_the_clock_has_run_out(book: None) -> None:
    exposure = owed()
    night(date(2026, 10, 20))
    assert tier(exposure) is SUBSTANDARD
    change(exposure, oldest_due_date=date(2026, 11, 20))  # all arrears paid on 2026-11-01
    night(date(2026, 11, 2))
    found = standing(exposure_id=exposure)
    assert found is not None
    assert (found.tier, found.stage, found.cure_date) == (SUBSTANDARD, 3, date(2027, 5, 1))
    change(exposure, oldest_due_date=date(2027, 5, 20))
    assert night(date(2027, 4, 30)).crossed == 0
    assert night(date(2027, 5, 1)).tier_changes == 1
    assert (tier(exposure), tier_history(exposure_id=exposure)[-1].reasons) == (NORMAL, ())
    assert stage_history(exposure_id=exposure)[-1] == (date(2027, 5, 1), 3, 1)


def test_new_arrears_start_the_clock_again_and_rare_periods_make_it_longer(book: None) -> None:
    exposure = owed()
    night(date(2026, 10, 20))
    change(exposure, oldest_due_date=date(2026, 11, 20), second_due_date=date(2027, 11, 20))
    night(date(2026, 11, 2))
    found = standing(exposure_id=exposure)
    assert found is not None
    assert found.cure_date == date(2027, 11, 20)
    night(date(2026, 11, 25))  # the next instalment is late: held where it was, no clock
    found = standing(exposure_id=exposure)
    assert found is not None
    assert (found.tier, found.cure_date) == (SUBSTANDARD, None)
    change(exposure, oldest_due_date=date(2026, 12, 20), second_due_date=date(2027, 1, 20))
    night(date(2026, 12, 1))
    found = standing(exposure_id=exposure)
    assert found is not None
    assert found.cure_date == date(2027, 5, 30)


def test_special_mention_gets_better_at_once_and_a_settled_loan_leaves(book: None) -> None:
    first, second = owed(date(2026, 10, 1)), owed()
    night(date(2026, 10, 20))
    change(first, oldest_due_date=date(2026, 11, 1))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM exposure WHERE exposure_id = %s", [second])
    night(date(2026, 10, 21))
    assert (tier(first), tier(second)) == (NORMAL, NORMAL)
    assert tier_history(exposure_id=second)[-1].to_tier is NORMAL


def test_a_person_classifies_downwards_only_and_not_alone(book: None) -> None:
    exposure = owed(None)
    act: dict[str, Any] = {
        "exposure_id": exposure,
        "debtor_id": debtor_of(exposure),
        "reason": "owner left",
        "on_date": DUE,
        "now": NOON,
    }
    refuses(SamePerson, lambda: classification.override_tier(tier=LOSS, maker="a", checker="a", **act))
    classification.override_tier(tier=DOUBTFUL, **PEOPLE, **act)
    refuses(NotWorse, lambda: classification.override_tier(tier=DOUBTFUL, **PEOPLE, **act))
    refuses(NotWorse, lambda: classification.override_tier(tier=SUBSTANDARD, **PEOPLE, **act))
    night(date(2026, 7, 21))
    found = standing(exposure_id=exposure)
    assert found is not None
    assert (found.tier, found.stage, found.override_tier) == (DOUBTFUL, 3, DOUBTFUL)
    assert tier_history(exposure_id=exposure)[0].checked_by == PEOPLE["checker"]
    classification.lift_override(**PEOPLE, **act)
    night(date(2026, 7, 22))
    found = standing(exposure_id=exposure)
    assert found is not None
    assert (found.tier, found.cure_date) == (DOUBTFUL, date(2027, 1, 21))  # the cure period holds it


def test_flags_move_tier_and_stage(book: None) -> None:
    late, warned, impaired = owed(date(2026, 7, 20)), owed(None), owed(None)
    flag(late, "is_technical", DUE)
    flag(warned, "has_early_warning", DUE)
    flag(impaired, "is_impaired", DUE)
    night(date(2026, 7, 27))
    assert [tier(one) for one in (late, warned, impaired)] == [NORMAL, NORMAL, SUBSTANDARD]
    assert [standing(exposure_id=one).stage for one in (late, warned, impaired)] == [1, 2, 3]  # type: ignore[union-attr]
    night(date(2026, 7, 28))
    assert tier(late) is MENTION
    refuses(FlagUnknown, lambda: flag(late, "is_nice", DUE))


def test_restructuring_is_observed_for_a_year_and_fails_with_the_next_arrear(book: None) -> None:
    exposure = owed(date(2026, 11, 20))
    ends = classification.begin_observation(
        exposure_id=exposure,
        debtor_id=debtor_of(exposure),
        first_new_due_date=date(2026, 11, 20),
        on_date=date(2026, 11, 1),
        now=NOON,
        **PEOPLE,
    )
    assert ends == date(2027, 11, 20)
    night(date(2026, 11, 2))
    assert tier(exposure) is MENTION
    night(date(2026, 11, 21))
    found = standing(exposure_id=exposure)
    assert found is not None
    assert (found.tier, found.observation_end_date) == (SUBSTANDARD, date(2027, 11, 21))


def test_a_bad_debtor_pulls_its_other_claims_down_unless_it_is_retail(book: None) -> None:
    firm, shop = new_id(), new_id()
    bad = owed(DUE, drawn=1_010, debtor=firm, retail=False)
    good = owed(None, drawn=8_990, debtor=firm, retail=False)
    owed(DUE, drawn=5_000, debtor=shop)
    shops_other = owed(None, drawn=5_000, debtor=shop)
    night(date(2026, 10, 19))
    assert [tier(one) for one in (bad, good, shops_other)] == [SUBSTANDARD, SUBSTANDARD, NORMAL]
    assert tier_history(exposure_id=good)[-1].reasons == ("debtor",)


def test_a_tenth_is_not_more_than_a_tenth_but_a_bureau_may_say_otherwise(book: None) -> None:
    firm = new_id()
    owed(DUE, drawn=1_000, debtor=firm, retail=False)
    good = owed(None, drawn=9_000, debtor=firm, retail=False)
    night(date(2026, 10, 19))
    assert tier(good) is NORMAL
    classification.record_debtor_share(
        debtor_id=firm, overdue_share=Decimal("0.201"), as_of_date=date(2026, 10, 20), source="x", now=NOON
    )
    night(date(2026, 10, 20))
    assert tier(good) is SUBSTANDARD


def test_before_the_rules_there_is_no_classification(book: None) -> None:
    owed(date(2023, 3, 1))
    refuses(RuleMissing, lambda: night(date(2023, 6, 30)))
    assert night(date(2023, 7, 1)).tier_changes == 1


def sign(document: dict[str, Any] | None = None, *, day: date = DUE) -> int:
    return classification.sign_ecl_policy(
        document=document or dict(FIRST_POLICY), effective_from=day, signed_by=("a", "b"), now=NOON
    )


def test_a_run_reckons_every_exposure_as_the_pure_rule_does(book: None) -> None:
    document = deepcopy(dict(FIRST_POLICY))
    document["segments"]["fast"] = {
        "stage_1": {"pd": "0.031", "lgd": "0.47", "years": "0.5"},
        "stage_2": {"pd": "0.117", "lgd": "0.47", "years": "1.5"},
        "stage_3": [{"from_days": 0, "loss": "0.51"}, {"from_days": 120, "loss": "0.67"}],
    }
    sign(document)
    policy, random, on_date = read_policy(document), Random(3), date(2026, 11, 2)
    made = {}
    for number in range(60):
        due = on_date - timedelta(days=random.choice((-20, 0, 5, 31, 45, 90, 91, 119, 120, 300, 361)))
        segment, drawn = random.choice(("fast", "slow")), random.randint(0, 10**9)
        made[owed(due, drawn=drawn, segment=segment, rate=f"0.{number + 10:03d}", undrawn=number)] = (
            segment,
            drawn,
            max(0, (on_date - due).days),
            Decimal(f"0.{number + 10:03d}"),
        )
    night(on_date)
    run = classification.reckon_losses(exposures=EXPOSURES, as_of_date=on_date, now=NOON)
    found = {row.exposure_id: row for row in EclResult.objects.filter(run_id=run.id)}
    assert len(found) == len(made) == run.exposure_count
    for exposure, (segment, drawn, days, rate) in made.items():
        row = found[exposure]
        assert row.ecl == policy.loss(
            segment=segment, stage=row.stage, ead=drawn, days=days, annual_rate=rate
        )
    assert sum(run.allowance(stage) for stage in (1, 2, 3)) == sum(row.ecl for row in found.values())
    again = classification.reckon_losses(exposures=EXPOSURES, as_of_date=on_date, now=NOON)
    assert again == run == get_run(as_of_date=on_date)


def test_the_figures_of_the_example_and_from_one_run_to_the_next(book: None) -> None:
    sign()
    exposures = [owed(date(2026, 11, 20), undrawn=2_000_000), owed(date(2026, 9, 1)), owed(date(2026, 7, 20))]
    classification.sign_overlay(
        code="floods",
        stage=1,
        amount=Money.parse("100"),
        reason="flooded county",
        effective_from=date(2026, 11, 1),
        effective_to=date(2026, 12, 1),
        signed_by=("a", "b"),
        now=NOON,
    )
    night(date(2026, 10, 31))
    first = classification.reckon_losses(exposures=EXPOSURES, as_of_date=date(2026, 10, 31), now=NOON)
    assert [first.totals[stage]["ecl"] for stage in "123"] == [90_000, 405_000, 6_000_000]
    assert first.commitment == 9_000  # half of 20,000.00 undrawn, at stage 1's 0.90 %
    assert first.allowance(1) == 90_000
    change(exposures[0], oldest_due_date=date(2026, 10, 20))
    gone, new = exposures[1], owed(date(2027, 1, 1), drawn=5_000_000)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM exposure WHERE exposure_id = %s", [gone])
    night(date(2026, 11, 30))
    second = classification.reckon_losses(exposures=EXPOSURES, as_of_date=date(2026, 11, 30), now=NOON)
    assert transfers(after=second.id, before=first.id) == ((1, 2, 90_000),)
    assert second.totals["1"] == {
        "count": 1,
        "ead": 5_000_000,
        "ecl": 45_000,
        "overlay": 10_000,
        "commitment": 0,
    }
    rows = {row.stage: row for row in roll_forward(as_of_date=date(2026, 11, 30))}
    assert (rows[1].opening, rows[1].originated, rows[1].moved_out, rows[1].closing) == (
        90_000,
        45_000,
        90_000,
        45_000,
    )
    assert (rows[2].derecognised, rows[2].moved_in, rows[2].remeasured, rows[2].closing) == (
        405_000,
        90_000,
        315_000,
        405_000,
    )
    for row in rows.values():
        parts = row.originated - row.derecognised + row.moved_in - row.moved_out + row.remeasured
        assert row.opening + parts == row.closing
    assert standing(exposure_id=new) is None


def test_a_share_of_the_balance_sets_the_tier_at_the_next_look(book: None) -> None:
    document = deepcopy(dict(FIRST_POLICY))
    document["segments"]["*"]["stage_3"] = [{"from_days": 0, "loss": "0.55"}]
    sign(document)
    exposure = owed(date(2026, 7, 25))
    night(date(2026, 11, 2))  # 100 days
    assert tier(exposure) is SUBSTANDARD
    classification.reckon_losses(exposures=EXPOSURES, as_of_date=date(2026, 11, 2), now=NOON)
    night(date(2026, 11, 3))
    assert (tier(exposure), tier_history(exposure_id=exposure)[-1].reasons) == (DOUBTFUL, ("impairment",))


def test_nothing_is_reckoned_without_a_signed_policy_or_by_a_bad_one(book: None) -> None:
    refuses(
        EclPolicyMissing,
        lambda: classification.reckon_losses(exposures=EXPOSURES, as_of_date=date(2020, 1, 1), now=NOON),
    )
    refuses(EclPolicyInvalid, lambda: sign({"scenarios": []}))
    refuses(
        SamePerson,
        lambda: classification.sign_ecl_policy(
            document=dict(FIRST_POLICY), effective_from=DUE, signed_by=("a", "a"), now=NOON
        ),
    )
    with pytest.raises(EclRunMissing):
        get_run(as_of_date=DUE)
    version = sign()
    assert classification.seed_first_policy(signed_by=("a", "b"), effective_from=DUE, now=NOON) < version


@pytest.mark.parametrize("model", [TierChange, StageChange])
def test_the_history_may_only_grow(book: None, model: type[TierChange]) -> None:
    owed()
    night(date(2026, 10, 19))
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()
