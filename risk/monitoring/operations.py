"""Taking outcomes in, learning what is usual, and reading the monitors each day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import log
from typing import Any
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.periods import Period
from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from risk.cases import operations as cases
from risk.cases.states import CaseKind, Priority
from risk.features.facts import CATALOGUE, FactType
from risk.monitoring.drift import (
    Matured,
    Reading,
    alarm_threshold,
    calibration_day,
    shape_alternatives,
    shape_day,
)
from risk.monitoring.horizons import FIRST_PAYMENT, HORIZONS
from risk.monitoring.models import MonitorReading, MonitorReference, Outcome
from risk.monitoring.queries import (
    CALIBRATION,
    REFERENCE_LEAST,
    SCORE,
    ReadingView,
    ReferenceMissing,
    ReferenceView,
    bin_counts,
    get_horizon,
    matured_groups,
    monitors_of,
    reading_view,
    reference_prospects,
    reference_view,
    references_on,
    rows_of,
)


class ReferenceTooSmall(Refusal):
    """Too few cases to say what is usual."""

    code = "monitoring.reference_too_small"
    message = "{count} cases are too few for a reference; {least} are the least."


class ReferencePeriodInvalid(Refusal):
    """What is usual is learned of days that are over."""

    code = "monitoring.reference_period_invalid"
    kind = Kind.INVALID
    message = "A reference is learned of days that are over, not of {start} to {end}."


class MonitorUnknown(Refusal):
    """There is no such figure to monitor."""

    code = "monitoring.monitor_unknown"
    kind = Kind.INVALID
    message = "There is no fact {monitor} to monitor."


class OutcomeInvalid(Refusal):
    """An outcome is of a known horizon, not in the future, and loses nothing or more."""

    code = "monitoring.outcome_invalid"
    kind = Kind.INVALID
    message = "The outcome of {decision} at {horizon} is not one."


class OutcomeMissing(Refusal):
    """Only what was recorded can be corrected."""

    code = "monitoring.outcome_missing"
    kind = Kind.NOT_FOUND
    message = "There is no outcome of {decision} at {horizon}."


@dataclass(frozen=True, slots=True)
class OutcomeGiven:
    """How a decision stood at a horizon, on the day it matured."""

    decision_id: UUID
    horizon: str
    dpd: int
    loss: Money
    matured_on: date


@in_transaction
def record_outcomes(*, outcomes: Sequence[OutcomeGiven], on_date: date, now: datetime) -> int:
    """Write outcomes down, each decision and horizon once; return how many are new. All or none."""
    for given in outcomes:
        if (
            given.horizon not in HORIZONS
            or given.matured_on > on_date
            or given.dpd < 0
            or given.loss.minor < 0
        ):
            raise OutcomeInvalid(decision=public_id("dec", given.decision_id), horizon=given.horizon[:40])
    hold_name("outcomes")
    known = set(
        Outcome.objects.filter(decision_id__in={given.decision_id for given in outcomes}).values_list(
            "decision_id", "horizon"
        )
    )
    fresh = {
        (given.decision_id, given.horizon): given
        for given in outcomes
        if (given.decision_id, given.horizon) not in known
    }
    Outcome.objects.bulk_create([_outcome(given, 0, now) for given in fresh.values()], batch_size=1000)
    return len(fresh)


@in_transaction
def correct_outcome(
    *, outcome: OutcomeGiven, reason: str, corrected_by: str, on_date: date, now: datetime
) -> int:
    """Write the next revision of an outcome; reports of before stay as they were. Return the revision."""
    if not reason.strip() or not corrected_by.strip():
        raise cases.ReasonMissing
    named = {"decision": public_id("dec", outcome.decision_id), "horizon": outcome.horizon[:40]}
    if outcome.matured_on > on_date or outcome.dpd < 0 or outcome.loss.minor < 0:
        raise OutcomeInvalid(**named)
    hold_name("outcomes")
    rows = Outcome.objects.filter(decision_id=outcome.decision_id, horizon=outcome.horizon)
    last = rows.order_by("-revision").values_list("revision", flat=True).first()
    if last is None:
        raise OutcomeMissing(**named)
    _outcome(outcome, last + 1, now).save()
    detail: dict[str, object] = {"horizon": outcome.horizon, "reason": reason, "revision": last + 1}
    audit.record(
        actor=corrected_by, action="outcome.correct", subject=named["decision"], detail=detail, now=now
    )
    return last + 1


def _outcome(given: OutcomeGiven, revision: int, now: datetime) -> Outcome:
    return Outcome(
        decision_id=given.decision_id,
        horizon=given.horizon,
        revision=revision,
        dpd=given.dpd,
        loss=given.loss,
        matured_on=given.matured_on,
        recorded_at=now,
    )


@in_transaction
def learn_reference(
    *, strategy_code: str, monitor: str, period: Period, effective_from: date, learnt_by: str, now: datetime
) -> ReferenceView:
    """Take a period's decisions as what is usual for the score or a fact: tenths of numbers, values of texts.

    Refuses fewer than 1,000 cases.
    """
    is_text = _is_text(monitor)
    scope = {
        "monitor": monitor,
        "strategy": strategy_code,
        "start": period.start_date,
        "end": period.end_date,
    }
    edges: tuple[Any, ...] = ()
    if not is_text:
        marks = rows_of("tenths.sql", scope)[0][0] or []
        edges = tuple(sorted({mark for mark in marks if mark is not None}))
    draft = ReferenceView(strategy_code, monitor, 0, is_text, edges, {}, 0, "", effective_from)
    counts = bin_counts(draft, period)
    total = sum(counts.values())
    if total < REFERENCE_LEAST:
        raise ReferenceTooSmall(count=total, least=REFERENCE_LEAST)
    ordered = sorted(counts) if is_text else [*map(str, range(len(edges) + 1)), "unknown"]
    return set_reference(
        strategy_code=strategy_code,
        monitor=monitor,
        edges=[str(edge) for edge in edges],
        shares={name: counts.get(name, 0) / total for name in ordered},
        case_count=total,
        source=f"{period.start_date.isoformat()}/{period.end_date.isoformat()}",
        effective_from=effective_from,
        set_by=learnt_by,
        now=now,
    )


@in_transaction
def learn_due_references(*, strategy_code: str, on_date: date, now: datetime) -> int:
    """Learn what is usual for each monitor of a strategy that has no reference; return how many were.

    A monitor learns once its decisions before `on_date` are 1,000 over 28 days, of all of them, and compares
    with that from `on_date` on. What has a reference keeps it until a person sets it anew.
    """
    hold_name("monitors", strategy_code)
    rows = MonitorReference.objects.filter(strategy_code=strategy_code)
    known = set(rows.values_list("monitor", flat=True))
    lacking = [each for each in monitors_of(strategy_code, on_date=on_date) if each not in known]
    if not lacking:
        return 0
    found = reference_prospects(strategy_code=strategy_code, monitors=lacking, before=on_date)
    due = [
        (monitor, Period(found[monitor].first_date or on_date, on_date))
        for monitor in lacking
        if found[monitor].is_due
    ]
    for monitor, period in due:
        learn_reference(
            strategy_code=strategy_code,
            monitor=monitor,
            period=period,
            effective_from=on_date,
            learnt_by=cases.MACHINE,
            now=now,
        )
    return len(due)


@in_transaction
def learn_references_anew(
    *, strategy_code: str, period: Period, learnt_by: str, on_date: date, now: datetime
) -> tuple[ReferenceView, ...]:
    """Learn every monitor of a strategy anew of a period that is over, in force from `on_date` on.

    Refuses fewer than 1,000 scores; a fact of fewer cases keeps the reference that it has.
    """
    if not learnt_by.strip():
        raise cases.ReasonMissing
    if period.days < 1 or period.end_date > on_date:
        raise ReferencePeriodInvalid(start=period.start_date, end=period.end_date - timedelta(days=1))
    monitors = monitors_of(strategy_code, on_date=on_date)
    given = reference_prospects(
        strategy_code=strategy_code, monitors=monitors, before=period.end_date, start=period.start_date
    )
    return tuple(
        learn_reference(
            strategy_code=strategy_code,
            monitor=monitor,
            period=period,
            effective_from=on_date,
            learnt_by=learnt_by,
            now=now,
        )
        for monitor in monitors
        if monitor == SCORE or given[monitor].count >= REFERENCE_LEAST
    )


@in_transaction
def set_reference(
    *,
    strategy_code: str,
    monitor: str,
    edges: Sequence[str],
    shares: Mapping[str, float],
    case_count: int,
    source: str,
    effective_from: date,
    set_by: str,
    now: datetime,
) -> ReferenceView:
    """Set what a monitor compares with, for instance the training set's shares; its evidence begins anew.

    `shares` are in the order of the bins: "0" up to len(edges), then "unknown".
    """
    is_text = _is_text(monitor)
    if case_count < REFERENCE_LEAST:
        raise ReferenceTooSmall(count=case_count, least=REFERENCE_LEAST)
    hold_name("monitors", strategy_code)
    rows = MonitorReference.objects.filter(strategy_code=strategy_code, monitor=monitor)
    last = rows.order_by("-version").values_list("version", flat=True).first() or 0
    row = MonitorReference.objects.create(
        strategy_code=strategy_code,
        monitor=monitor,
        version=last + 1,
        is_text=is_text,
        edges=list(edges),
        shares=dict(shares),
        case_count=case_count,
        source=source,
        effective_from=effective_from,
        recorded_at=now,
    )
    detail: dict[str, object] = {"monitor": monitor, "version": last + 1, "source": source}
    audit.record(actor=set_by, action="monitor.reference", subject=strategy_code, detail=detail, now=now)
    return reference_view(row)


def _is_text(monitor: str) -> bool:
    if monitor == SCORE:
        return False
    if monitor not in CATALOGUE:
        raise MonitorUnknown(monitor=monitor[:60])
    return CATALOGUE[monitor].type in (FactType.TEXT, FactType.FLAG)


@in_transaction
def read_monitors(*, strategy_code: str, on_date: date, now: datetime) -> tuple[ReadingView, ...]:
    """Read a day with every monitor of a strategy: score, facts, and PDs against first payments.

    Each alarm opens a case and its evidence begins anew. A day that was read, or a later one, is not read
    again. Refuses a strategy without any reference.
    """
    hold_name("monitors", strategy_code)
    references = references_on(on_date, strategy_code=strategy_code)
    if not references:
        raise ReferenceMissing(monitor=SCORE, strategy=strategy_code)
    threshold = alarm_threshold(len(references) + 1)
    found = []
    for reference in references:
        last = _last(strategy_code, reference.monitor)
        if last is not None and last.on_date >= on_date:
            continue
        counts = bin_counts(reference, Period(on_date, on_date + timedelta(days=1)))
        before = last.log_sums if last is not None and last.reference_id == reference.id else {}
        alternatives = shape_alternatives(reference.shares)
        reading = shape_day(alternatives=alternatives, counts=counts, before=before, threshold=threshold)
        found.append(
            _write(strategy_code, reference, reading, counts, on_date=on_date, threshold=threshold, now=now)
        )
    last = _last(strategy_code, CALIBRATION)
    if last is None or last.on_date < on_date:
        share = float(get_horizon(FIRST_PAYMENT).pd_share)
        groups = matured_groups(horizon=FIRST_PAYMENT, on_date=on_date, strategy_code=strategy_code)
        matured = [Matured(group.pd * share, group.loans, group.bads) for group in groups]
        before = {} if last is None else last.log_sums
        reading = calibration_day(matured=matured, before=before, threshold=threshold)
        counts = {"loans": sum(g.loans for g in groups), "bads": sum(g.bads for g in groups)}
        found.append(
            _write(strategy_code, None, reading, counts, on_date=on_date, threshold=threshold, now=now)
        )
    return tuple(found)


def _last(strategy_code: str, monitor: str) -> MonitorReading | None:
    rows = MonitorReading.objects.filter(strategy_code=strategy_code, monitor=monitor)
    return rows.order_by("-on_date").first()


def _write(
    strategy_code: str,
    reference: ReferenceView | None,
    reading: Reading,
    counts: Mapping[str, int],
    *,
    on_date: date,
    threshold: float,
    now: datetime,
) -> ReadingView:
    """Write a reading down, without a reference that of the calibration; an alarm opens a case."""
    monitor = CALIBRATION if reference is None else reference.monitor
    row = MonitorReading.objects.create(
        strategy_code=strategy_code,
        monitor=monitor,
        reference_id=None if reference is None else reference.id,
        on_date=on_date,
        case_count=counts["loans"] if reference is None else sum(counts.values()),
        log_evidence=reading.log_evidence,
        log_threshold=log(threshold),
        log_sums=dict(reading.log_sums),
        leading=reading.leading,
        alarm=reading.alarm,
        recorded_at=now,
    )
    if reading.alarm:
        shares = {} if reference is None else dict(reference.shares)
        cases.open_case(
            kind=CaseKind.DRIFT,
            subject=f"{strategy_code}/{monitor}"[:80],
            reason=reading.leading,
            priority=Priority.STOP if reference is None else Priority.ACT,
            evidence={
                "monitor": {"on_date": on_date.isoformat(), "counts": dict(counts), "reference": shares}
            },
            now=now,
        )
    return reading_view(row)
