"""Two documents on one history: the swap set, the deltas, the intervals; the same whatever runs it."""

from dataclasses import astuple
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import orjson
import pytest
from django.db import DatabaseError, transaction

from kernel.ids import new_id
from risk.decisions import operations as decisions
from risk.decisions.flow import fact_sheet
from risk.decisions.tests.test_decisions import DAY, GIVEN, NOW
from risk.decisions.tests.test_flow import GOOD
from risk.monitoring.intervals import exact_interval
from risk.strategies import operations as strategies
from risk.strategies.document import Strategy, read_document
from risk.strategies.queries import FIRST_STRATEGY, StrategyUnknown, strategy_in_force
from risk.verification import operations, queries
from risk.verification.backtest import Tally, compare
from risk.verification.intervals import paired_p, wilson
from risk.verification.models import BacktestReport
from risk.verification.report import figures


def changed(**parts: Any) -> dict[str, Any]:
    document = strategies.first_document()
    document["limit"]["caps"][0]["parameters"]["multiple"]["C"] = parts.get("multiple", "0.20")
    document["admit"]["rules"][1]["require"]["value"] = parts.get("history", 250)
    return document


def compiled(document: dict[str, Any]) -> Strategy:
    strategy = read_document(document)
    assert isinstance(strategy, Strategy)
    return strategy


def rows(count: int, seed: int = 3) -> list[tuple[str, bytes]]:
    rng, found = Random(seed), []
    for number in range(count):
        facts = GOOD | {
            "receipts.history_days": rng.randint(150, 400),
            "receipts.refund_rate_90d": Decimal(rng.randint(0, 250_000)).scaleb(-6),
            "enterprise.months_open": rng.choice([4, 12, 30, None]),
            "application.amount": Decimal(rng.randint(5, 300) * 1000),
        }
        found.append((f"{number:04}", orjson.dumps(fact_sheet(facts))))
    return found


def test_a_backtest_counts_both_ways_and_adds_up() -> None:
    old, new = compiled(strategies.first_document()), compiled(changed())
    history = rows(300)
    whole = figures(compare(old, new, history))
    joined = Tally()
    for start in range(0, 300, 70):
        joined.join(compare(old, new, history[start : start + 70]))

    assert figures(joined) == whole
    assert (
        whole["count"] == sum(cell["count"] for row in whole["swap"].values() for cell in row.values()) == 300
    )
    for segment in whole["segments"].values():
        assert sum(value["count"] for value in segment.values()) == 300
        for side in ("limit_old", "limit_new", "loss_old"):
            parts = sum(Decimal(value[side]) for value in segment.values())
            assert abs(parts - Decimal(whole["overall"][side])) < 1
    assert whole["swap"]["approve"]["decline"]["count"] == whole["overall"]["out"]["count"] > 0
    assert whole["overall"]["in"]["count"] == 0
    assert Decimal(whole["overall"]["limit_new"]) < Decimal(whole["overall"]["limit_old"])
    back = figures(compare(new, old, history))
    assert back["overall"]["in"] == whole["overall"]["out"]
    assert back["swap"]["decline"]["approve"]["limit_new"] == whole["swap"]["approve"]["decline"]["limit_old"]
    assert orjson.dumps(whole)  # plain JSON


def test_the_cases_that_changed_most_come_first() -> None:
    report = figures(compare(compiled(strategies.first_document()), compiled(changed()), rows(300)))

    moves = [abs(Decimal(case["new"]["limit"]) - Decimal(case["old"]["limit"])) for case in report["cases"]]
    assert len(moves) == 20
    assert moves == sorted(moves, reverse=True)


def test_the_same_document_changes_nothing() -> None:
    same = compiled(strategies.first_document())
    report = figures(compare(same, same, rows(60)))

    assert report["cases"] == []
    assert report["overall"]["paired_p"] == "1.000000"
    assert (report["overall"]["in"]["count"], report["overall"]["out"]["count"]) == (0, 0)


def test_a_backtest_is_kept_and_found(qinglan: str) -> None:
    for number in range(12):
        decisions.decide(
            subject=f"app_{number}",
            facts=GIVEN | {"receipts.history_days": 190 + 10 * number},
            on_date=DAY,
            now=NOW,
        )
    old = strategy_in_force(DAY)
    new = strategies.draft_strategy(document=changed(), note="", drafted_by="x", now=NOW)
    asked = {"from_date": DAY, "to_date": DAY + timedelta(days=1), "asked_by": "x", "now": NOW}

    view = operations.run_backtest(old_id=old.id, new_id=new.id, **asked)

    assert view.count == 12
    assert view.figures["overall"]["out"]["count"] == 6
    assert queries.get_backtest(view.id) == view
    assert queries.backtests(document_id=new.id) == (view,)
    assert queries.backtests(document_id=old.id) == ()
    with pytest.raises(operations.DocumentsSame):
        operations.run_backtest(old_id=old.id, new_id=old.id, **asked)
    with pytest.raises(operations.HistoryEmpty, match=FIRST_STRATEGY):
        operations.run_backtest(old_id=old.id, new_id=new.id, **(asked | {"to_date": DAY}))
    with pytest.raises(StrategyUnknown):
        operations.run_backtest(old_id=new_id(), new_id=new.id, **asked)
    with pytest.raises(queries.BacktestUnknown):
        queries.get_backtest(new_id())
    assert BacktestReport.objects.count() == 1
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        BacktestReport.objects.update(count=1)


def test_intervals_are_the_published_ones() -> None:
    """Newcombe 1998, table I: 81 of 263 and 15 of 148; Clopper-Pearson of 0 and 1 in 29."""
    assert [round(bound, 4) for bound in wilson(81, 263)] == [0.2553, 0.3662]
    assert [round(bound, 4) for bound in wilson(15, 148)] == [0.0624, 0.1605]
    assert [round(bound, 4) for bound in astuple(exact_interval(81, 263))] == [0.2527, 0.3676]
    assert [round(bound, 4) for bound in astuple(exact_interval(0, 20))] == [0.0, 0.1684]
    assert [round(bound, 4) for bound in astuple(exact_interval(1, 29))] == [0.0009, 0.1776]
    assert wilson(0, 0) == astuple(exact_interval(0, 0)) == (0.0, 1.0)
    assert wilson(5, 5)[1] == exact_interval(5, 5).high == 1.0
    assert paired_p(0, 0) == 1.0
    assert round(paired_p(1, 9), 4) == 0.0215
    assert paired_p(900, 600) < 0.001 < paired_p(760, 740)
