from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from risk.decisions import operations as decisions
from risk.decisions import queries as decided
from risk.decisions.tests.test_flow import GOOD
from risk.overlays.models import CycleOverlay
from risk.overlays.operations import OverlayInvalid, OverlaySignaturesMissing, sign_cycle_overlay
from risk.overlays.queries import OverlayView, cycle_overlay, overlays
from risk.rules.canonical import sha256_of
from risk.strategies.impact import Impact
from risk.strategies.operations import first_document, publish_strategy

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
DAY = date(2026, 11, 10)
GIVEN = {name: value for name, value in GOOD.items() if not name.startswith("rules.")}
SIGNED: dict[str, Any] = {
    "log_odds_shift": Decimal("0.4"),
    "reason": "Catering receipts fall for the third month",
    "effective_from": DAY,
    "signed_by": ("risk@x", "chief@x"),
    "on_date": DAY,
    "now": NOW,
}


def sign(**changes: Any) -> OverlayView:
    return sign_cycle_overlay(**SIGNED | changes)


def decide(day: date = DAY) -> decided.DecisionView:
    return decisions.decide(subject="app_test", facts=GIVEN, on_date=day, now=NOW)


def publish_heeding(day: date = DAY) -> None:
    document = first_document()
    document["facts"]["rules.cycle_overlay"] = "ratio"
    publish_strategy(
        document=document,
        signed_by=("a@x", "b@x"),
        effective_from=day,
        now=NOW,
        impact=Impact(sha256_of(document), 0),
    )


def test_an_overlay_is_in_force_from_its_day_until_the_next(qinglan: str) -> None:
    assert cycle_overlay(DAY) == 0
    sign()
    sign(log_odds_shift=Decimal(0), reason="Back to normal", effective_from=DAY + timedelta(days=30))

    assert [cycle_overlay(DAY + timedelta(days=n)) for n in (-1, 0, 29, 30)] == [
        0,
        Decimal("0.4"),
        Decimal("0.4"),
        0,
    ]
    assert [view.version for view in overlays()] == [2, 1]


def test_decisions_lean_by_it_keep_it_and_replay_to_the_byte(qinglan: str) -> None:
    publish_heeding()
    calm = decide()
    sign()
    leaning = decide()
    sign(log_odds_shift=Decimal("-0.2"), reason="Relief")

    assert calm.facts["rules.cycle_overlay"] == "0.000000"
    assert leaning.facts["rules.cycle_overlay"] == "0.400000"
    assert leaning.pd is not None and calm.pd is not None and leaning.pd > calm.pd
    row = next(row for row in leaning.trace if row["stage"] == "pd")
    assert row["cycle_overlay"] == "0.400000"
    assert decided.replay_all() == decided.ReplayReport(2, ())


def test_a_strategy_that_does_not_declare_it_does_not_heed_it(qinglan: str) -> None:
    before = decide()
    sign()
    after = decide()

    assert (after.pd, after.facts) == (before.pd, before.facts)
    assert "rules.cycle_overlay" not in after.facts


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"signed_by": ("risk@x", "Risk@x ")}, OverlaySignaturesMissing),
        ({"signed_by": ("risk@x", "")}, OverlaySignaturesMissing),
        ({"log_odds_shift": Decimal("2.000001")}, OverlayInvalid),
        ({"log_odds_shift": Decimal("0.1234567")}, OverlayInvalid),
        ({"log_odds_shift": Decimal("NaN")}, OverlayInvalid),
        ({"reason": " "}, OverlayInvalid),
        ({"effective_from": DAY - timedelta(days=1)}, OverlayInvalid),
    ],
)
def test_what_is_refused_leaves_nothing(
    qinglan: str, change: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        sign(**change)
    assert not CycleOverlay.objects.exists()


def test_nothing_changes_a_signed_overlay(qinglan: str) -> None:
    sign()
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        CycleOverlay.objects.update(log_odds_shift=1)
    assert cycle_overlay(DAY) == Decimal("0.4")
