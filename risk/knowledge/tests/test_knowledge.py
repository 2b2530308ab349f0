from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kernel.money import Money
from kernel.periods import Period
from risk.decisions.flow import read_facts, run
from risk.decisions.operations import decide
from risk.decisions.tests.test_flow import GOOD
from risk.knowledge import queries
from risk.knowledge.models import KnowledgeEntry
from risk.knowledge.operations import EntryDraft, EntryInvalid, write_entry
from risk.knowledge.queries import EntryNotFound, EntryView
from risk.monitoring.operations import OutcomeGiven, record_outcomes
from risk.rules.expressions import ExpressionInvalid
from risk.strategies.document import Strategy, read_document
from risk.strategies.operations import first_document
from risk.strategies.queries import strategy_in_force

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
DAY = date(2026, 11, 10)
OVER = Period(date(2026, 11, 1), date(2026, 12, 1))
DRAFT = EntryDraft(
    code="new_shops_refunds",
    title_en="Young shops with rising refunds",
    title_zh="新店退款上升",
    text_en="Shops open for less than a year with refunds above 3 % fail twice as often.",
    text_zh="开业不足一年且退款率高于3%的门店，违约率约为两倍。",
    evidence=({"title": "Vintage report 2026-10", "url": "https://bank.example/reports/2026-10"},),
    owner="risk@x",
    expires_date=DAY + timedelta(days=180),
    tags=("retail",),
    condition={"op": "<", "fact": "enterprise.months_open", "value": 12},
    heard_at=NOW - timedelta(minutes=7),
)


def write(draft: EntryDraft = DRAFT, **changes: Any) -> EntryView:
    return write_entry(
        draft=replace(draft, **changes), tested_over=OVER, written_by="risk@x", on_date=DAY, now=NOW
    )


def past(**changes: Any) -> Any:
    facts = {name: value for name, value in GOOD.items() if not name.startswith("rules.")}
    facts |= {name.replace("__", "."): value for name, value in changes.items()}
    return decide(subject="app_1", facts=facts, on_date=DAY, now=NOW).id


def test_an_entry_runs_and_says_what_it_did(qinglan: str) -> None:
    young = [past(enterprise__months_open=months) for months in (6, 8, 11)]
    old = [past(enterprise__months_open=12), past(enterprise__months_open=None)]
    outcomes = [
        OutcomeGiven(key, "mob3", dpd, Money(0), DAY)
        for key, dpd in ((young[0], 60), (young[1], 0), (old[0], 0))
    ]
    record_outcomes(outcomes=outcomes, on_date=DAY, now=NOW)

    entry = write()

    assert entry.backtest == {
        "from": "2026-11-01",
        "to": "2026-12-01",
        "cases": 5,
        "hits": 3,
        "unknown": 1,
        "hits_approved": 3,
        "hits_matured": 2,
        "hits_bad": 1,
        "rest_matured": 1,
        "rest_bad": 0,
    }
    assert queries.try_condition(DRAFT.condition, period=OVER).hit_share == pytest.approx(0.6)
    assert entry.time_to_rule == timedelta(minutes=7)
    assert (entry.version, entry.status) == (1, "live")


def test_its_condition_becomes_a_rule_that_a_strategy_accepts(qinglan: str) -> None:
    document = first_document()
    document["admit"]["rules"].append(write().rule(on_hit="refer", reason="enterprise_young"))
    strategy = read_document(document)
    assert isinstance(strategy, Strategy)
    found = []
    for months in (11, 12, None):
        result = run(strategy, read_facts(strategy, GOOD | {"enterprise.months_open": months}))
        found.append((result["verdict"], result["reasons"][:1]))
    assert found == [
        ("refer", ["enterprise_young"]),
        ("approve", ["limit_receipts"]),
        ("refer", ["fact_unknown"]),
    ]


def test_a_linked_rule_is_found_from_the_strategy_and_runs(qinglan: str) -> None:
    signed = strategy_in_force(DAY)
    past(enterprise__months_open=3)
    entry = write(
        code="why_six_months", condition=None, strategy_sha256=signed.sha256, rule_code="months_open"
    )

    assert (entry.backtest["cases"], entry.backtest["hits"]) == (1, 1)
    assert queries.entries_of_strategy(strategy_sha256=signed.sha256, on_date=DAY) == (entry,)
    assert queries.search(rule="months", on_date=DAY) == (entry,)
    assert queries.search(rule="years", on_date=DAY) == ()


def test_the_last_version_speaks_and_an_end_shows(qinglan: str) -> None:
    write()
    renewed = write(expires_date=DAY + timedelta(days=365), text_en="Three times as often.")
    write(code="other", tags=())

    assert [entry.version for entry in queries.versions(DRAFT.code, on_date=DAY)] == [1, 2]
    assert queries.get_entry(DRAFT.code, on_date=DAY) == renewed
    assert queries.search(text="three TIMES", on_date=DAY) == (renewed,)
    assert queries.search(text="twice", tag="retail", on_date=DAY) == ()
    assert [entry.code for entry in queries.search(text="退款", owner="risk@x", on_date=DAY)] == [
        "other",
        DRAFT.code,
    ]
    later = DAY + timedelta(days=200)
    assert [entry.code for entry in queries.search(status="expired", on_date=later)] == ["other"]
    assert [entry.status for entry in queries.search(status="live", on_date=later)] == ["live"]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("code", {"code": "no spaces"}),
        ("title_zh", {"title_zh": ""}),
        ("owner", {"owner": " "}),
        ("evidence", {"evidence": ()}),
        ("evidence.0", {"evidence": ({"title": "x", "url": "javascript:alert(1)"},)}),
        ("expires_date", {"expires_date": DAY}),
        ("expires_date", {"expires_date": DAY + timedelta(days=731)}),
        ("heard_at", {"heard_at": NOW + timedelta(days=1)}),
        ("condition", {"condition": None}),
        ("rule_code", {"strategy_sha256": "0" * 64, "rule_code": "months_open"}),
    ],
)
def test_an_entry_that_is_not_whole_is_refused(qinglan: str, path: str, change: dict[str, Any]) -> None:
    with pytest.raises(EntryInvalid) as refused:
        write(**change)
    assert refused.value.params["path"] == path
    assert not KnowledgeEntry.objects.exists()


def test_a_condition_that_does_not_run_is_refused(qinglan: str) -> None:
    with pytest.raises(ExpressionInvalid):
        write(condition={"op": "<", "fact": "moon.phase", "value": 1})
    with pytest.raises(EntryNotFound):
        queries.get_entry(DRAFT.code, on_date=DAY)
    assert not KnowledgeEntry.objects.exists()


def test_what_was_known_stays_written(qinglan: str) -> None:
    write()
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        KnowledgeEntry.objects.update(owner="b@x")
