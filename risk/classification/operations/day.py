"""The nightly pass: who crossed a threshold is moved, the plain ones by one statement, the rest by the rules.

Nothing is written for an exposure that crossed nothing, and a second pass of a day finds nobody.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from plumbing.sql import hold_name, in_transaction
from risk.classification.clocks import months_after
from risk.classification.models import ClassificationState, StageChange, TierChange
from risk.classification.policy import ClassificationPolicy
from risk.classification.queries import debtor_share, over, policy_on
from risk.classification.stages import StageFacts, stage_of
from risk.classification.tiers import Classification, Exposure, Tier, classify, debtor_floor, tier_by_days

BATCH: Final = 2_000
_ONE_DAY: Final = timedelta(days=1)
_WRITTEN: Final = [
    column.name for column in ClassificationState._meta.concrete_fields if column.name != "exposure_id"
]
_LIVE: Final = """
SELECT exposure_id, debtor_id, drawn, second_due_date, is_retail FROM ({exposures}) e
 WHERE exposure_id = ANY (%(ids)s::uuid[])
"""
# What a debtor owes here, and of it what is non-performing by itself.
_SHARES: Final = """
SELECT e.debtor_id, sum(e.drawn),
       coalesce(sum(e.drawn) FILTER (
           WHERE %(on_date)s::date - e.oldest_due_date > %(days)s
              OR s.tier IN ('substandard', 'doubtful', 'loss') AND NOT s.debtor_floor), 0)
  FROM ({exposures}) e
  LEFT JOIN classification_state s ON s.exposure_id = e.exposure_id
 WHERE e.debtor_id = ANY (%(debtors)s::uuid[])
 GROUP BY e.debtor_id
"""
_PULL_DOWN: Final = """
INSERT INTO classification_state AS s
       (exposure_id, debtor_id, tier, tier_since_date, stage, stage_since_date, day_step, is_technical,
        is_impaired, has_early_warning, sicr_rebutted, refinances, debtor_floor, override_tier,
        observation_failed, check_date, updated_date)
SELECT exposure_id, debtor_id, 'normal', %(on_date)s, 1, %(on_date)s, 0, false, false,
       false, false, false, false, '', false, %(on_date)s, %(on_date)s
  FROM ({exposures}) e
 WHERE debtor_id = ANY (%(debtors)s::uuid[])
    ON CONFLICT (exposure_id) DO UPDATE SET check_date = excluded.check_date WHERE NOT s.debtor_floor
"""


@dataclass(frozen=True, slots=True)
class ClassifyFigures:
    """What one pass did: exposures that crossed, of them by rules in Python, and the moves written."""

    crossed: int
    by_rules: int
    tier_changes: int
    stage_changes: int


@dataclass(frozen=True, slots=True)
class _Live:
    """An exposure that is still owed, as its owner tells it."""

    debtor_id: UUID
    balance: int
    second_due_date: date | None
    is_retail: bool


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass works with, and what it has found."""

    exposures: str
    on_date: date
    now: datetime
    policy: ClassificationPolicy
    rules: tuple[str, ...]
    tiers: list[TierChange] = field(default_factory=list)
    stages: list[StageChange] = field(default_factory=list)

    def rows(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement over the exposures."""
        with connection.cursor() as cursor:
            cursor.execute(
                statement, {"on_date": self.on_date, "steps": list(self.policy.day_steps), **parameters}
            )
            return list(cursor.fetchall()) if cursor.description else []


@in_transaction
def classify_set(*, exposures: str, on_date: date, now: datetime) -> ClassifyFigures:
    """Classify and stage whatever crossed a threshold by the start of a day; return the figures.

    `exposures` is a SELECT, written by the room that owns them, of `exposure_id uuid, debtor_id uuid,
    drawn bigint, oldest_due_date date, second_due_date date, is_retail boolean` for all that is still owed;
    the two dates may be NULL. It should find the overdue ones by an index on what it calls
    `oldest_due_date`. Downwards at once; up only when the clock of C-05 has run out. Raises `RuleMissing`
    for a day whose rules the bank has not adopted.
    """
    hold_name("classification")
    policy, rules = policy_on(on_date)
    work = _Pass(exposures, on_date, now, policy, rules)
    (crossed, tier_changes, stage_changes), special = _cross(work)
    looked_at = _by_rules(work, special)
    if looked_at:  # a debtor that turned bad or good has its other claims looked at as well (C-03)
        looked_at += _by_rules(work, work.rows(over("special.sql", work.exposures)))
    return ClassifyFigures(
        crossed + looked_at, looked_at, tier_changes + len(work.tiers), stage_changes + len(work.stages)
    )


def _cross(work: _Pass) -> tuple[tuple[int, int, int], list[tuple[Any, ...]]]:
    """Move the plain ones; return how many, with their changes of tier and stage, and the others' facts."""
    days = (0, *work.policy.day_steps)
    tiers = [tier_by_days(count, work.policy) for count in days]
    ((crossed, tier_changes, stage_changes, *special),) = work.rows(
        over("cross.sql", work.exposures),
        tiers=[tier.value for tier in tiers],
        stages=[
            stage_of(StageFacts(days=count, tier=tier), work.policy)
            for count, tier in zip(days, tiers, strict=True)
        ],
        rules=json.dumps(list(work.rules)),
        now=work.now,
    )
    return (int(crossed), int(tier_changes), int(stage_changes)), list(zip(*special, strict=True))


def _by_rules(work: _Pass, rows: list[tuple[Any, ...]]) -> int:
    """Judge the exposures that one statement cannot; return how many there were."""
    if not rows:
        return 0
    ids = [row[0] for row in rows]
    live = {row[0]: _Live(*row[1:]) for row in work.rows(_LIVE.format(exposures=work.exposures), ids=ids)}
    states = ClassificationState.objects.select_for_update().in_bulk(ids)
    floored = _floored(work, live)
    kept = []
    tiers_before, stages_before = len(work.tiers), len(work.stages)
    for exposure_id, debtor_id, oldest_due_date, step in rows:
        state = states.get(exposure_id) or _new_state(exposure_id, debtor_id, work.on_date)
        state.oldest_due_date, state.day_step, state.check_date = oldest_due_date, step, None
        state.debtor_floor = debtor_id in floored
        owed = live.get(exposure_id)
        _note_arrears(work, state, owed)
        _move(work, state, _judge(work, state, owed))
        kept.append(state)
    ClassificationState.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["exposure_id"], update_fields=_WRITTEN, batch_size=BATCH
    )
    TierChange.objects.bulk_create(work.tiers[tiers_before:], batch_size=BATCH)
    StageChange.objects.bulk_create(work.stages[stages_before:], batch_size=BATCH)
    return len(rows)


def _floored(work: _Pass, live: Mapping[UUID, _Live]) -> set[UUID]:
    """Return the debtors all of whose claims are non-performing (C-03); have their other claims looked at."""
    debtors = sorted({found.debtor_id for found in live.values() if not found.is_retail})
    if not debtors:
        return set()
    sums = work.rows(
        _SHARES.format(exposures=work.exposures), debtors=debtors, days=work.policy.substandard_after_days
    )
    bad = {
        debtor
        for debtor, total, npl in sums
        if debtor_floor(
            own_npl=int(npl),
            own_total=int(total),
            all_banks_overdue_share=debtor_share(debtor_id=debtor, on_date=work.on_date),
            is_retail=False,
            policy=work.policy,
        )
    }
    if bad:
        work.rows(_PULL_DOWN.format(exposures=work.exposures), debtors=sorted(bad))
    ClassificationState.objects.filter(debtor_id__in=set(debtors) - bad, debtor_floor=True).update(
        check_date=work.on_date
    )
    return bad


def _new_state(exposure_id: UUID, debtor_id: UUID, on_date: date) -> ClassificationState:
    return ClassificationState(
        exposure_id=exposure_id,
        debtor_id=debtor_id,
        tier_since_date=on_date,
        stage_since_date=on_date,
        updated_date=on_date,
    )


def _note_arrears(work: _Pass, state: ClassificationState, owed: _Live | None) -> None:
    """Start, keep or stop the cure clock, and let a new arrear fail an observation (C-05, C-06)."""
    ends = state.observation_end_date
    if state.day_step:
        state.arrears_cleared_date = state.cure_date = None
        if ends is not None and work.on_date < ends and not state.observation_failed:
            state.observation_failed = True
            state.observation_end_date = months_after(work.on_date, work.policy.observation_months)
    elif _clock_may_start(state) and owed is not None:
        # What is paid by the start of this day was paid by the day before at the latest.
        state.arrears_cleared_date = work.on_date - _ONE_DAY
        by_months = months_after(state.arrears_cleared_date, work.policy.cure_months)
        state.cure_date = max(by_months, owed.second_due_date or by_months)
    if ends is not None and work.on_date >= ends and not state.day_step:
        state.observation_end_date, state.observation_failed = None, False


def _clock_may_start(state: ClassificationState) -> bool:
    """Tell whether nothing is overdue, impaired or held down any more, and no clock runs."""
    held_down = state.is_impaired or state.debtor_floor or bool(state.override_tier)
    return Tier(state.tier).is_non_performing and state.arrears_cleared_date is None and not held_down


def _judge(work: _Pass, state: ClassificationState, owed: _Live | None) -> Classification:
    """Return the tier that the rules demand; an exposure that is no longer owed is normal."""
    if owed is None:
        state.cure_date = state.arrears_cleared_date = state.observation_end_date = None
        return Classification(Tier.NORMAL, 0, ())
    before = Tier(state.tier)
    waits = before.is_non_performing and (state.cure_date is None or work.on_date < state.cure_date)
    found = classify(
        Exposure(
            oldest_due_date=state.oldest_due_date,
            balance=owed.balance,
            is_technical=state.is_technical,
            is_impaired=state.is_impaired,
            ecl=state.ecl,
            debtor_floor=state.debtor_floor,
            in_observation=state.observation_end_date is not None,
            observation_failed=state.observation_failed,
            refinances=state.refinances,
            override=Tier(state.override_tier) if state.override_tier else None,
            held_tier=before if waits else None,
        ),
        work.policy,
        work.on_date,
    )
    if not found.tier.is_non_performing:
        state.cure_date = state.arrears_cleared_date = None
    dates = [day for day in (state.cure_date, state.observation_end_date) if day is not None]
    state.check_date = min((day for day in dates if day > work.on_date), default=None)
    return found


def _move(work: _Pass, state: ClassificationState, found: Classification) -> None:
    """Move an exposure to the tier found and the stage that follows, and write each move down."""
    stage = stage_of(
        StageFacts(
            days=found.days,
            tier=found.tier,
            is_impaired=state.is_impaired,
            sicr_rebutted=state.sicr_rebutted,
            has_early_warning=state.has_early_warning,
            in_observation=state.observation_end_date is not None,
        ),
        work.policy,
    )
    if found.tier.value != state.tier:
        work.tiers.append(
            TierChange(
                exposure_id=state.exposure_id,
                debtor_id=state.debtor_id,
                business_date=work.on_date,
                from_tier=state.tier,
                to_tier=found.tier.value,
                days_past_due=found.days,
                reasons=list(found.reasons),
                rules=list(work.rules),
                decided_by="day_end",
                recorded_at=work.now,
            )
        )
        state.tier, state.tier_since_date = found.tier.value, work.on_date
    if stage != state.stage:
        work.stages.append(
            StageChange(
                exposure_id=state.exposure_id,
                business_date=work.on_date,
                from_stage=state.stage,
                to_stage=stage,
                days_past_due=found.days,
                recorded_at=work.now,
            )
        )
        state.stage, state.stage_since_date = stage, work.on_date
    state.updated_date = work.on_date
