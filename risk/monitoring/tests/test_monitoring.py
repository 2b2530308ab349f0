from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from scipy.special import expit, logit

from kernel.money import Money
from kernel.periods import Period
from plumbing.audit.models import AuditRecord
from risk.cases.queries import cases_page
from risk.classification.operations import reckon_losses
from risk.classification.queries import EclRunMissing
from risk.decisions.models import Decision
from risk.monitoring import operations, queries
from risk.monitoring.models import MonitorReading, MonitorReference, Outcome
from risk.monitoring.operations import OutcomeGiven
from risk.monitoring.queries import HorizonUnknown, ReferenceMissing
from risk.strategies.queries import strategy_in_force

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
DAY = date(2026, 11, 10)
CODE = "receipts_revolving"
PAST = Period(date(2026, 1, 1), date(2026, 11, 1))
FACT = "enterprise.months_open"


def decided(
    count: int, start: date, days: int, *, seed: int, shift: float = 0.0, odds: float = 0.0
) -> list[Any]:
    """Write decisions as history would have left them; returns (id, day, bad) of each, drawn from a seed."""
    chance = np.random.default_rng(seed)
    pds = np.round(expit(chance.normal(-3.0 + shift, 0.7, size=count)), 6)
    bad = chance.random(count) < expit(logit(pds * 0.25) + odds)
    version = strategy_in_force(DAY)
    rows = []
    for number, (pd, gone) in enumerate(zip(pds.tolist(), bad.tolist(), strict=True)):
        row = Decision(
            subject=f"app_{seed}_{number}",
            on_date=start + timedelta(days=number * days // count),
            borrower=f"biz_{number}",
            decided_at=NOW,
            role="champion",
            strategy_code=CODE,
            strategy_version_id=version.id,
            strategy_sha256=version.sha256,
            facts={FACT: None if number % 50 == 0 else number % 37, "enterprise.area_kind": "urban"},
            result={},
            verdict="refer",
            pd=Decimal(str(pd)),
            grade="A" if pd < 0.03 else "B" if pd < 0.08 else "C",
            sha256="0" * 64,
        )
        rows.append((row, gone))
    Decision.objects.bulk_create([row for row, _ in rows])
    return [(row.id, row.on_date, gone) for row, gone in rows]


def outcome(decision: UUID, *, dpd: int = 0, matured_on: date = DAY, **given: Any) -> OutcomeGiven:
    return OutcomeGiven(decision, given.get("horizon", "mob3"), dpd, given.get("loss", Money(0)), matured_on)


def record(*outcomes: OutcomeGiven, now: datetime = NOW) -> int:
    return operations.record_outcomes(outcomes=outcomes, on_date=DAY, now=now)


def test_vintages_say_what_was_seen_and_what_was_expected(qinglan: str) -> None:
    history = decided(900, date(2026, 3, 1), 90, seed=1)
    record(*(outcome(key, dpd=45 if gone else 0, loss=Money(100 if gone else 0)) for key, _, gone in history))

    report = queries.vintage_report(horizon="mob3", as_of_date=DAY)

    assert [row.month for row in report.vintages] == [date(2026, month, 1) for month in (3, 4, 5)]
    assert report.total is not None and report.total.loans == 900
    assert sum(row.bads for row in report.vintages) == report.total.bads == sum(g for *_, g in history)
    assert report.total.loss == Money(100) * report.total.bads
    assert report.total.interval.holds(report.total.rate)
    assert report.total.expected is not None and not report.total.expected.is_off
    assert report.total.gini is not None and report.total.ks is not None and report.total.slope is not None
    assert report.total.breaks == ()
    assert sum(point.loans for point in report.curve) == 900


def test_underestimation_shows_as_observed_above_expected(qinglan: str) -> None:
    history = decided(800, date(2026, 3, 1), 30, seed=2, odds=1.2)
    record(*(outcome(key, dpd=30 * gone) for key, _, gone in history))
    report = queries.vintage_report(horizon="mob3", as_of_date=DAY)
    assert report.total is not None and report.total.expected is not None
    assert report.total.expected.is_off and report.total.expected.ratio > 1.8


def test_a_report_of_the_past_knows_no_more_than_one_did_then(qinglan: str) -> None:
    history = [key for key, *_ in decided(3, date(2026, 3, 1), 1, seed=3)]
    record(outcome(history[0], dpd=40, matured_on=DAY - timedelta(days=9)), outcome(history[1]))
    later = NOW + timedelta(days=1)
    corrected = operations.correct_outcome(
        outcome=outcome(history[0], dpd=0, matured_on=DAY - timedelta(days=9)),
        reason="The payment was posted late",
        corrected_by="risk@x",
        on_date=DAY,
        now=later,
    )
    assert corrected == 1

    def counted(**given: Any) -> tuple[int, int]:
        total = queries.vintage_report(horizon="mob3", **given).total
        return (0, 0) if total is None else (total.loans, total.bads)

    assert counted(as_of_date=DAY) == (2, 0)
    assert counted(as_of_date=DAY, known_at=NOW) == (2, 1)
    assert counted(as_of_date=DAY - timedelta(days=1), known_at=NOW) == (1, 1)
    assert counted(as_of_date=DAY, known_at=NOW - timedelta(days=1)) == (0, 0)
    assert counted(as_of_date=DAY, strategy_code="another") == (0, 0)


def test_an_outcome_is_taken_once(qinglan: str) -> None:
    [(key, *_)] = decided(1, DAY, 1, seed=4)
    assert record(outcome(key, dpd=40), outcome(key, horizon="fpd")) == 2
    assert record(outcome(key, dpd=0)) == 0
    assert Outcome.objects.get(horizon="mob3").dpd == 40
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        Outcome.objects.update(dpd=0)


@pytest.mark.parametrize(
    "change",
    [{"horizon": "mob99"}, {"dpd": -1}, {"matured_on": DAY + timedelta(days=1)}, {"loss": Money(-1)}],
)
def test_a_wrong_outcome_is_refused_and_with_it_all_others(qinglan: str, change: dict[str, Any]) -> None:
    [(key, *_)] = decided(1, DAY, 1, seed=5)
    with pytest.raises(operations.OutcomeInvalid):
        record(outcome(key), outcome(key, **{"horizon": "fpd"} | change))
    assert not Outcome.objects.exists()


def test_only_what_was_recorded_is_corrected_and_with_a_reason(qinglan: str) -> None:
    given: dict[str, Any] = {"outcome": outcome(uuid4()), "on_date": DAY, "now": NOW}
    with pytest.raises(operations.OutcomeMissing):
        operations.correct_outcome(**given, reason="x", corrected_by="a@x")
    with pytest.raises(operations.cases.ReasonMissing):
        operations.correct_outcome(**given, reason=" ", corrected_by="a@x")
    with pytest.raises(HorizonUnknown):
        queries.vintage_report(horizon="mob99", as_of_date=DAY)
    assert not Outcome.objects.exists()


def test_the_portfolio_is_stressed_from_the_run_of_the_day(qinglan: str) -> None:
    exposures = (
        "SELECT exposure_id, gen_random_uuid() AS debtor_id, '*'::text AS segment, 10000000::bigint AS drawn,"
        " 0::bigint AS undrawn, false AS is_cancellable, 0.072::numeric AS annual_rate,"
        " DATE '2026-12-20' AS oldest_due_date, NULL::date AS second_due_date, true AS is_retail"
        " FROM (VALUES (gen_random_uuid()), (gen_random_uuid())) AS loan(exposure_id)"
    )
    with pytest.raises(EclRunMissing):
        queries.stressed_portfolio(as_of_date=DAY)
    reckon_losses(exposures=exposures, as_of_date=DAY, now=NOW)

    report = queries.stressed_portfolio(as_of_date=DAY)

    assert report.exposure == Money.parse("200000.00") and report.base_loss == Money.parse("1800.00")
    assert (report.peak_quarter, report.peak_loss) == ("2020Q2", Money.parse("5600.00"))
    assert [str(quarter.figure) for quarter in report.quarters][5:7] == ["2.2", "2.8"]


def learn(monitor: str = "score") -> queries.ReferenceView:
    return operations.learn_reference(
        strategy_code=CODE, monitor=monitor, period=PAST, effective_from=DAY, learnt_by="risk@x", now=NOW
    )


def test_a_reference_is_learnt_in_tenths_with_the_unknown_apart(qinglan: str) -> None:
    decided(1200, date(2026, 2, 1), 60, seed=6)
    score, fact, text = learn(), learn(FACT), learn("enterprise.area_kind")

    assert len(score.edges) == 9 and max(score.shares.values()) < 0.11 and score.shares["unknown"] == 0
    assert fact.shares["unknown"] == pytest.approx(0.02)
    assert (text.is_text, text.shares) == (True, {"urban": 1.0})
    report = queries.stability_report(strategy_code=CODE, period=PAST, on_date=DAY)
    assert {name: found.band for name, found in report.items() if found} == dict.fromkeys(
        ("score", FACT, "enterprise.area_kind"), "stable"
    )
    assert sum(queries.bin_counts(score, PAST).values()) == 1200


def test_too_few_cases_and_unknown_figures_make_no_reference(qinglan: str) -> None:
    decided(9, date(2026, 2, 1), 60, seed=7)
    with pytest.raises(operations.ReferenceTooSmall):
        learn()
    with pytest.raises(operations.MonitorUnknown):
        learn("moon.phase")
    with pytest.raises(ReferenceMissing):
        operations.read_monitors(strategy_code=CODE, on_date=DAY, now=NOW)
    assert not MonitorReference.objects.exists() and not MonitorReading.objects.exists()


def test_days_are_read_once_and_a_shifted_score_opens_a_case(qinglan: str) -> None:
    decided(1500, date(2026, 2, 1), 60, seed=8)
    learn()
    decided(240, DAY, 3, seed=9)
    decided(800, DAY + timedelta(days=3), 10, seed=10, shift=0.35)  # half of one standard deviation

    found = []
    for number in range(13):
        day = DAY + timedelta(days=number)
        readings = operations.read_monitors(strategy_code=CODE, on_date=day, now=NOW)
        assert [reading.monitor for reading in readings] == ["score", "calibration"]
        found += [(number, reading.leading) for reading in readings if reading.alarm]
    assert operations.read_monitors(strategy_code=CODE, on_date=DAY, now=NOW) == ()

    assert found and found[0][0] >= 3 and "shift" in found[0][1]
    [case] = cases_page(kind="drift")
    assert case.subject == f"{CODE}/score" and sum(case.evidence["monitor"]["counts"].values()) == 80
    chart = queries.readings(
        strategy_code=CODE, monitor="score", period=Period(DAY, DAY + timedelta(days=13))
    )
    assert len(chart) == 13
    assert [point.alarm for point in chart] == [point.log_evidence >= point.log_threshold for point in chart]
    assert queries.last_read_date(strategy_code=CODE) == DAY + timedelta(days=12)


def test_first_payments_missed_beyond_what_was_stated_alarm_at_once(qinglan: str) -> None:
    history = decided(1200, date(2026, 8, 1), 10, seed=11)
    learn()
    record(*(outcome(key, horizon="fpd", dpd=30 * (n % 10 == 0)) for n, (key, *_) in enumerate(history)))

    [_, calibration] = operations.read_monitors(strategy_code=CODE, on_date=DAY, now=NOW)

    assert calibration.alarm and calibration.leading.startswith("odds +") and calibration.case_count == 1200
    [case] = cases_page(kind="drift")
    assert (case.priority, case.evidence["monitor"]["counts"]) == ("stop", {"loans": 1200, "bads": 120})


def due(on_date: date) -> int:
    return operations.learn_due_references(strategy_code=CODE, on_date=on_date, now=NOW)


def test_a_reference_is_learnt_by_itself_once_enough_was_decided_and_never_twice(qinglan: str) -> None:
    decided(900, DAY, 20, seed=12)
    assert queries.deciding_strategies() == (CODE,)
    learnt = DAY + timedelta(days=28)
    assert due(learnt) == 0  # too few decisions
    decided(200, DAY, 20, seed=13)
    assert due(learnt - timedelta(days=1)) == 0  # too few days
    assert not MonitorReference.objects.exists()

    assert due(learnt) == 2  # the decisions here carry one fact that the card reads
    assert len(queries.monitors_of(CODE, on_date=DAY)) > 2 and due(learnt + timedelta(days=1)) == 0
    fact, score = queries.references_on(learnt, strategy_code=CODE)
    assert (fact.monitor, score.monitor, score.case_count) == ("enterprise.area_kind", "score", 1100)
    assert (score.source, score.effective_from) == ("2026-11-10/2026-12-08", learnt)
    assert queries.references_on(learnt - timedelta(days=1), strategy_code=CODE) == ()
    actors = AuditRecord.objects.filter(action="monitor.reference").values_list("actor", flat=True)
    assert list(actors) == ["machine", "machine"]

    def anew(period: Period, learnt_by: str = "risk@x") -> tuple[queries.ReferenceView, ...]:
        return operations.learn_references_anew(
            strategy_code=CODE, period=period, learnt_by=learnt_by, on_date=learnt, now=NOW
        )

    refused: tuple[tuple[type[Exception], Period, str], ...] = (
        (operations.ReferenceTooSmall, Period(DAY, DAY + timedelta(days=3)), "risk@x"),
        (operations.ReferencePeriodInvalid, Period(DAY, learnt + timedelta(days=1)), "risk@x"),
        (operations.ReferencePeriodInvalid, Period(DAY, DAY), "risk@x"),
        (operations.cases.ReasonMissing, Period(DAY, learnt), " "),
    )
    for refusal, period, person in refused:
        with pytest.raises(refusal):
            anew(period, person)
    assert MonitorReference.objects.count() == 2
    again = anew(Period(DAY + timedelta(days=1), learnt))
    assert queries.references_on(learnt, strategy_code=CODE) == again[::-1]
    assert [(one.version, 1000 <= one.case_count < 1100) for one in again] == [(2, True)] * 2
