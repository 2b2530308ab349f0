"""A score that says too little refers; the cycle's overlay moves it, and is never guessed."""

from decimal import Decimal
from typing import Any

import pytest

from risk.decisions.flow import read_facts, run
from risk.decisions.tests.test_flow import GOOD
from risk.strategies.document import Strategy, read_document
from risk.strategies.operations import first_document


def document(**abstention: Any) -> dict[str, Any]:
    found = first_document()
    section = {"level": "0.90", "good_up_to": "0.020000", "bad_from": "0.060000", "goods": 900, "bads": 60}
    found["pd"]["abstention"] = section | abstention
    return found


def result(found: dict[str, Any], **facts: Any) -> dict[str, Any]:
    strategy = read_document(found)
    assert isinstance(strategy, Strategy), strategy
    given = GOOD | {name.replace("__", "."): value for name, value in facts.items()}
    return run(strategy, read_facts(strategy, given))


def pd_row(found: dict[str, Any]) -> dict[str, Any]:
    return next(row for row in found["trace"] if row["stage"] == "pd")


def test_whom_the_score_cannot_tell_is_referred() -> None:
    certain = result(document(good_up_to="0.90", bad_from="0.95"))
    assert certain["verdict"] == "approve" and pd_row(certain)["labels"] == ["good"]

    for bounds, labels in (
        ({"good_up_to": "0.90", "bad_from": "0.001"}, ["bad", "good"]),
        ({"good_up_to": "0.001", "bad_from": "0.90"}, []),
    ):
        doubtful = result(document(**bounds))
        assert (doubtful["verdict"], pd_row(doubtful)["labels"]) == ("refer", labels)
        assert "pd_uncertain" in doubtful["reasons"]
        assert doubtful["pd"] == certain["pd"] and doubtful["proposed_limit"] == certain["limit"]


def test_a_bad_section_is_refused_where_it_stands() -> None:
    problems = read_document(document(level="0.3"))
    assert not isinstance(problems, Strategy)
    assert problems[0].path == "pd.abstention.level"


def test_the_overlay_moves_the_score_and_its_absence_is_not_zero() -> None:
    plain, heeding = first_document(), first_document()
    heeding["facts"]["rules.cycle_overlay"] = "ratio"

    calm = result(heeding, rules__cycle_overlay=Decimal(0))
    harsh = result(heeding, rules__cycle_overlay=Decimal("0.3"))
    unknown = result(heeding)

    assert calm["pd"] == result(plain)["pd"]
    odds = [Decimal(found["pd"]) / (1 - Decimal(found["pd"])) for found in (calm, harsh)]
    assert float(odds[1] / odds[0]) == pytest.approx(1.349859, rel=1e-4)  # e^0.3
    assert (unknown["verdict"], pd_row(unknown)["cycle_overlay"]) == ("refer", None)
