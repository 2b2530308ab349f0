from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from kernel.ids import public_id
from risk.cases.models import Case
from risk.cases.operations import ReasonMissing
from risk.cases.queries import events_of, find_open
from risk.cases.states import CaseKind
from risk.warnings import operations, queries
from risk.warnings.models import Sighting, WarningAction, WarningPolicyVersion
from risk.warnings.operations import (
    MeasureUnknown,
    Moved,
    PolicyInPast,
    PolicyTooEarly,
    WarningSignaturesMissing,
    judge_subjects,
    record_action,
    record_sighting,
    sign_warning_policy,
)
from risk.warnings.policy import FIRST_POLICY, Action, Level, WarningPolicyInvalid, read_policy

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
DAY = date(2026, 11, 10)
TOMORROW = DAY + timedelta(days=1)
SHOP, CAFE = uuid4(), uuid4()


def measured(*rows: tuple[UUID, str, str | None]) -> str:
    values = ", ".join(
        f"('{subject}'::uuid, '{measure}', {'NULL' if value is None else value}::numeric)"
        for subject, measure, value in rows
    )
    return f"SELECT * FROM (VALUES {values}) AS given(subject_id, measure, value)"


def judge(*rows: tuple[UUID, str, str | None], day: date = DAY, **given: Any) -> tuple[Moved, ...]:
    measures = {"measures": measured(*rows)} if rows else {}
    return judge_subjects(**measures, on_date=day, now=NOW, **given)


def see(subject: UUID, measure: str, value: str, day: date = DAY) -> None:
    record_sighting(
        subject_id=subject, measure=measure, value=Decimal(value), as_of_date=day, source="test", now=NOW
    )


def level(subject: UUID = SHOP) -> Level | None:
    found = queries.standing(subject_id=subject)
    return None if found is None else found.level


SIGNALS = [
    ("invoices.days_since_last", "29", "30", "watch"),
    ("receipts.days_since_sale", "13", "14", "act"),
    ("receipts.turnover_ratio_30d", "0.51", "0.50", "act"),
    ("receipts.refund_rise_30d", "0.049", "0.05", "watch"),
    ("scene.rating_drop", "0.4", "0.5", "watch"),
    ("scene.routes_lost", "0", "1", "watch"),
    ("graph.guarantees_given_30d", "0", "1", "watch"),
    ("graph.neighbours_defaulted", "0", "1", "act"),
    ("taxes.late_filings_90d", "0", "1", "watch"),
    ("taxes.arrears", "0", "0.01", "act"),
    ("grant.levels_broken", "0", "1", "act"),
    ("bank.overdue_days", "0", "1", "act"),
    ("bank.overdue_days", "29", "30", "stop"),
]


def test_every_signal_speaks_exactly_at_its_threshold(qinglan: str) -> None:
    quiet, loud = [uuid4() for _ in SIGNALS], [uuid4() for _ in SIGNALS]
    rows = [(subject, name, below) for subject, (name, below, _, _) in zip(quiet, SIGNALS, strict=True)]
    rows += [(subject, name, at) for subject, (name, _, at, _) in zip(loud, SIGNALS, strict=True)]

    moved = {move.subject_id: move.to_level.value for move in judge(*rows)}

    assert [moved.get(subject) for subject in loud] == [expected for *_, expected in SIGNALS]
    assert [moved.get(subject) for subject in quiet] == [None] * 12 + ["act"]  # 29 days overdue is overdue


def test_a_rise_opens_a_case_with_the_signals_and_a_worse_day_makes_it_urgent(qinglan: str) -> None:
    judge((SHOP, "receipts.refund_rise_30d", "0.07"))
    case = find_open(kind=CaseKind.WARNING, subject=public_id("biz", SHOP))
    assert case is not None and (case.priority, case.reason) == ("watch", "refunds_up")
    assert case.evidence["warning"]["actions"] == ["review"]

    judge((SHOP, "receipts.refund_rise_30d", "0.07"), (SHOP, "bank.overdue_days", "31"), day=TOMORROW)

    case = find_open(kind=CaseKind.WARNING, subject=public_id("biz", SHOP))
    assert case is not None and (case.priority, case.reason) == ("stop", "overdue_long")
    assert case.evidence["warning"]["actions"] == ["freeze", "collect"]
    assert {row["signal"] for row in case.evidence["warning"]["signals"]} == {
        "overdue_here",
        "overdue_long",
        "refunds_up",
    }
    assert [event.act for event in events_of(case_id=case.id)] == ["opened", "added"]
    assert [(c.from_level, c.to_level) for c in queries.history(subject_id=SHOP)] == [
        (Level.NONE, Level.WATCH),
        (Level.WATCH, Level.STOP),
    ]


def test_the_same_day_again_changes_nothing(qinglan: str) -> None:
    rows = [(SHOP, "taxes.arrears", "100"), (CAFE, "taxes.arrears", "0")]
    assert len(judge(*rows)) == 1
    assert judge(*rows) == ()
    assert Case.objects.count() == 1 and queries.level_counts()[Level.ACT] == 1
    assert [view.subject_id for view in queries.warned()] == [SHOP]


def test_the_gravest_are_listed_first_however_many_are_watched(qinglan: str) -> None:
    watched = sorted(UUID(int=number) for number in range(1, 4))
    late, grave = UUID(int=8), UUID(int=9)
    judge(
        *((subject, "scene.rating_drop", "1") for subject in watched),
        (late, "bank.overdue_days", "1"),
        (grave, "bank.overdue_days", "30"),
    )
    assert [view.subject_id for view in queries.warned(limit=3)] == [grave, late, watched[0]]


def test_what_is_not_measured_clears_nothing_and_what_is_measured_well_does(qinglan: str) -> None:
    judge((SHOP, "taxes.arrears", "100"), (SHOP, "bank.overdue_days", "3"))
    assert level() is Level.STOP  # two grave signals together

    judge((SHOP, "bank.overdue_days", "0"), (SHOP, "taxes.arrears", None), day=TOMORROW)
    assert level() is Level.ACT
    judge((CAFE, "taxes.arrears", "0"), day=TOMORROW)
    assert level() is Level.ACT  # nobody looked at the shop
    [move] = judge((SHOP, "taxes.arrears", "0"), day=TOMORROW)

    assert (move.to_level, move.is_rise) == (Level.NONE, False)
    assert find_open(kind=CaseKind.WARNING, subject=public_id("biz", SHOP)) is not None  # a person closes it


def test_three_small_signs_are_a_grave_one(qinglan: str) -> None:
    judge((SHOP, "scene.routes_lost", "1"), (SHOP, "scene.rating_drop", "1"))
    assert level() is Level.WATCH
    judge((SHOP, "invoices.days_since_last", "40"))
    assert level() is Level.ACT  # the two of before are carried on


def test_sightings_count_until_they_are_stale_and_the_newest_wins(qinglan: str) -> None:
    see(SHOP, "graph.neighbours_defaulted", "1", DAY - timedelta(days=89))
    see(CAFE, "graph.neighbours_defaulted", "1", DAY - timedelta(days=90))
    see(CAFE, "taxes.arrears", "5000", DAY - timedelta(days=2))
    see(CAFE, "taxes.arrears", "0", DAY - timedelta(days=1))
    judge()
    assert (level(SHOP), level(CAFE)) == (Level.ACT, None)


def test_an_event_judges_one_subject_and_leaves_the_others(qinglan: str) -> None:
    see(SHOP, "taxes.arrears", "1")
    see(CAFE, "taxes.arrears", "1")
    assert [move.subject_id for move in judge(subject_id=CAFE)] == [CAFE]
    assert level(SHOP) is None


def test_a_signed_policy_decides_from_its_day(qinglan: str) -> None:
    document = deepcopy(dict(FIRST_POLICY))
    document["signals"] = [
        {"signal": "rating", "measure": "scene.rating_drop", "op": ">", "value": "2", "level": "stop"}
    ]
    given: dict[str, Any] = {"document": document, "on_date": DAY, "now": NOW}
    with pytest.raises(PolicyInPast):
        sign_warning_policy(effective_from=DAY - timedelta(days=1), signed_by=("a", "b"), **given)
    assert not WarningPolicyVersion.objects.exists()
    assert sign_warning_policy(effective_from=TOMORROW, signed_by=("a", "b"), **given) == 1
    judge((SHOP, "scene.rating_drop", "2"))
    assert level() is Level.WATCH

    judge((SHOP, "scene.rating_drop", "2.01"), day=TOMORROW)

    assert level() is Level.STOP
    assert [change.policy_version for change in queries.history(subject_id=SHOP)] == [0, 1]
    with pytest.raises(PolicyTooEarly):
        sign_warning_policy(effective_from=DAY, signed_by=("a", "b"), **given)
    with pytest.raises(WarningSignaturesMissing):
        sign_warning_policy(effective_from=TOMORROW, signed_by=("a", "A "), **given)
    assert WarningPolicyVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("policy", {"extra": 1}),
        ("signals", {"signals": []}),
        ("signals", {"signals": [FIRST_POLICY["signals"][0]] * 2}),
        ("signals.0", {"signals": [{"signal": "x"}]}),
        ("signals.0.measure", {"signals": [FIRST_POLICY["signals"][0] | {"measure": "moon.phase"}]}),
        ("signals.0.op", {"signals": [FIRST_POLICY["signals"][0] | {"op": "<>"}]}),
        ("signals.0.value", {"signals": [FIRST_POLICY["signals"][0] | {"value": "1e9"}]}),
        ("signals.0.value", {"signals": [FIRST_POLICY["signals"][0] | {"value": 14.0}]}),
        ("signals.0.level", {"signals": [FIRST_POLICY["signals"][0] | {"level": "none"}]}),
        ("together.act", {"together": {"watch": 3, "act": 1}}),
        ("actions.stop", {"actions": {"watch": ["review"], "act": ["cut"], "stop": ["shout"]}}),
        ("fresh_days", {"fresh_days": 0}),
    ],
)
def test_a_bad_policy_is_refused_with_its_place(path: str, change: dict[str, Any]) -> None:
    with pytest.raises(WarningPolicyInvalid) as refused:
        read_policy({**FIRST_POLICY, **change})
    assert refused.value.params["path"] == path


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("moon.phase", "1"),
        ("taxes.arrears", "NaN"),
        ("taxes.arrears", "0.0000001"),
        ("taxes.arrears", "1e15"),
    ],
)
def test_an_unknown_measure_is_not_written(qinglan: str, measure: str, value: str) -> None:
    with pytest.raises(MeasureUnknown):
        see(SHOP, measure, value)
    assert not Sighting.objects.exists()


def test_acting_takes_two_people_and_looking_one(qinglan: str) -> None:
    for action, checker in ((Action.FREEZE, ""), (Action.CUT, "a@x"), (Action.COLLECT, "")):
        with pytest.raises(WarningSignaturesMissing):
            record_action(
                subject_id=SHOP, action=action, reason="x", taken_by="a@x", checked_by=checker, now=NOW
            )
    with pytest.raises(ReasonMissing):
        record_action(subject_id=SHOP, action=Action.REVIEW, reason=" ", taken_by="a@x", now=NOW)
    assert not WarningAction.objects.exists()
    record_action(subject_id=SHOP, action=Action.REVIEW, reason="x", taken_by="a@x", now=NOW)
    record_action(
        subject_id=SHOP, action=Action.FREEZE, reason="x", taken_by="a@x", checked_by="b@x", now=NOW
    )
    assert [act.action for act in queries.actions_taken(subject_id=SHOP)] == ["review", "freeze"]
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        WarningAction.objects.all().delete()


def test_five_thousand_borrowers_are_judged_in_one_statement(
    qinglan: str, django_assert_max_num_queries: Any
) -> None:
    many = (
        "SELECT md5(n::text)::uuid AS subject_id, 'bank.overdue_days'::text AS measure,"
        " (n % 500 = 0)::int::numeric AS value FROM generate_series(1, 5000) n"
    )
    with django_assert_max_num_queries(3 + 5 * 10):
        moved = judge_subjects(measures=many, on_date=DAY, now=NOW)
    assert len(moved) == 10
    assert operations.judge_subjects(measures=many, on_date=TOMORROW, now=NOW) == ()
