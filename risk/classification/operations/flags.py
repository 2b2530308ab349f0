"""What people say of an exposure: a worse tier, a flag, an observation; always two people."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from risk.classification.clocks import observation_end
from risk.classification.models import ClassificationState, DebtorShare, StageChange, TierChange
from risk.classification.queries import policy_on
from risk.classification.tiers import Tier

FLAGS: Final = frozenset({"is_technical", "is_impaired", "has_early_warning", "sicr_rebutted", "refinances"})


class NotWorse(Refusal):
    """A person may only classify downwards (C-02)."""

    code = "classification.not_worse"
    message = "{tier} is not worse than {current}: a person classifies downwards only."


class SamePerson(Refusal):
    """Maker and checker are two people."""

    code = "classification.same_person"
    message = "{person} cannot check what {person} made."


class FlagUnknown(Refusal):
    """There is no such flag."""

    code = "classification.flag_unknown"
    kind = Kind.INVALID
    message = "There is no flag {flag}."


@in_transaction
def override_tier(
    *,
    exposure_id: UUID,
    debtor_id: UUID,
    tier: Tier,
    reason: str,
    maker: str,
    checker: str,
    on_date: date,
    now: datetime,
) -> None:
    """Put an exposure into a worse tier until the override is lifted; refuses a better or equal one."""
    state = _held(exposure_id, debtor_id, maker, checker, on_date)
    current = Tier(state.tier)
    if tier.rank <= current.rank:
        raise NotWorse(tier=tier.value, current=current.value)
    TierChange.objects.create(
        exposure_id=exposure_id,
        debtor_id=debtor_id,
        business_date=on_date,
        from_tier=current.value,
        to_tier=tier.value,
        days_past_due=0 if state.oldest_due_date is None else (on_date - state.oldest_due_date).days,
        reasons=["override", reason],
        rules=[],
        decided_by=maker,
        checked_by=checker,
        recorded_at=now,
    )
    stage = 3 if tier.is_non_performing else max(state.stage, 2)
    if stage != state.stage:
        StageChange.objects.create(
            exposure_id=exposure_id,
            business_date=on_date,
            from_stage=state.stage,
            to_stage=stage,
            days_past_due=0,
            recorded_at=now,
        )
        state.stage, state.stage_since_date = stage, on_date
    state.tier = state.override_tier = tier.value
    state.tier_since_date = state.updated_date = on_date
    state.save()


@in_transaction
def lift_override(
    *, exposure_id: UUID, debtor_id: UUID, reason: str, maker: str, checker: str, on_date: date, now: datetime
) -> None:
    """Take an override back; the next pass classifies by the rules again, the cure period included."""
    state = _held(exposure_id, debtor_id, maker, checker, on_date)
    state.override_tier, state.check_date = "", on_date
    state.save()
    _note("lift_override", exposure_id, maker, {"reason": reason, "checker": checker}, now)


@in_transaction
def flag_exposure(
    *,
    exposure_id: UUID,
    debtor_id: UUID,
    flag: str,
    value: bool,
    reason: str,
    maker: str,
    checker: str,
    on_date: date,
    now: datetime,
) -> None:
    """Set or clear a flag: technical delay, impairment, early warning, SICR rebutted, refinancing.

    The next pass looks at the exposure again.
    """
    if flag not in FLAGS:
        raise FlagUnknown(flag=flag[:40])
    state = _held(exposure_id, debtor_id, maker, checker, on_date)
    setattr(state, flag, value)
    state.check_date = on_date
    state.save()
    _note(
        "flag_exposure",
        exposure_id,
        maker,
        {"flag": flag, "value": value, "reason": reason, "checker": checker},
        now,
    )


@in_transaction
def begin_observation(
    *,
    exposure_id: UUID,
    debtor_id: UUID,
    first_new_due_date: date,
    due_dates: Sequence[date] = (),
    maker: str,
    checker: str,
    on_date: date,
    now: datetime,
) -> date:
    """Begin the observation of a restructured exposure and return its end: a year or two periods (C-06)."""
    state = _held(exposure_id, debtor_id, maker, checker, on_date)
    policy, _ = policy_on(on_date)
    ends = observation_end(first_new_due_date=first_new_due_date, due_dates=due_dates, policy=policy)
    state.observation_end_date, state.observation_failed, state.check_date = ends, False, on_date
    state.save()
    _note("begin_observation", exposure_id, maker, {"ends": ends.isoformat(), "checker": checker}, now)
    return ends


@in_transaction
def record_debtor_share(
    *, debtor_id: UUID, overdue_share: Decimal, as_of_date: date, source: str, now: datetime
) -> None:
    """Write down the share of a debtor's debts in all banks that is overdue over 90 days (C-03)."""
    DebtorShare.objects.create(
        debtor_id=debtor_id,
        overdue_share=overdue_share,
        as_of_date=as_of_date,
        source=source,
        recorded_at=now,
    )
    ClassificationState.objects.filter(debtor_id=debtor_id).update(check_date=as_of_date)


def _held(exposure_id: UUID, debtor_id: UUID, maker: str, checker: str, on_date: date) -> ClassificationState:
    if not maker or not checker or maker == checker:
        raise SamePerson(person=maker or checker or "-")
    hold_name("classification")
    state, _ = ClassificationState.objects.select_for_update().get_or_create(
        exposure_id=exposure_id,
        defaults={
            "debtor_id": debtor_id,
            "tier_since_date": on_date,
            "stage_since_date": on_date,
            "updated_date": on_date,
        },
    )
    return state


def _note(action: str, exposure_id: UUID, actor: str, detail: dict[str, object], now: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"classification.{action}",
        subject=str(exposure_id),
        detail=detail,
        now=now,
    )
