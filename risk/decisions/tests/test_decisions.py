import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kernel.money import Money
from plumbing.sql import TransactionMissing, sole_act
from risk.decisions import operations, queries
from risk.decisions.models import Decision
from risk.decisions.queries.asked import AskedOtherwise
from risk.decisions.tests.test_flow import GOOD
from risk.features.facts import FactInvalid, FactUnknown, FactValue
from risk.rules.canonical import canonical, sha256_of
from risk.strategies.impact import Impact
from risk.strategies.models import StrategyVersion
from risk.strategies.operations import (
    assign_shadow,
    draft_strategy,
    first_document,
    publish_strategy,
)
from risk.strategies.queries import StrategyMissing, strategy_in_force

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
DAY = date(2026, 11, 10)
GIVEN = {name: value for name, value in GOOD.items() if not name.startswith("rules.")}


def decide(on_date: date = DAY, subject: str = "app_test", **changes: FactValue) -> queries.DecisionView:
    facts = GIVEN | {name.replace("__", "."): value for name, value in changes.items()}
    return operations.decide(subject=subject, facts=facts, on_date=on_date, now=NOW)


def wanted(on_date: date) -> frozenset[str]:
    return queries.asked(subject="app_test", on_date=on_date).wanted


def past_the_trigger(table: str, statement: str, values: Sequence[object] = ()) -> None:
    """Do what only the table's owner can: change what may only grow; who does must renew its stamp."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, list(values))
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("UPDATE change_stamp SET stamp = gen_random_uuid() WHERE name = %s", [table])


def test_a_decision_is_recorded_whole(qinglan: str) -> None:
    view = decide()

    assert queries.get_decision(view.id) == view
    assert (view.verdict, view.limit, view.counter_offer) == ("approve", Money.parse("13200.00"), True)
    assert view.asked == Money.parse("30000.00")
    assert view.annual_rate == Decimal("0.108000")
    assert view.binding_cap == "receipts"
    assert view.facts["rules.annual_cost_cap"] == "0.240000"
    assert view.facts["rules.online_unsecured_max"] == "1000000.00"
    assert view.strategy_sha256 == strategy_in_force(DAY).sha256
    assert view.public_id.startswith("dec_")
    [reason] = view.reasons
    assert (reason.code, reason.rank, reason.borrower_safe) == ("limit_receipts", 1, True)
    assert reason.text_zh and reason.borrower_zh


def test_what_follows_from_given_facts_is_added(qinglan: str) -> None:
    view = decide(enterprise__industry="H6210", enterprise__industry_sector=None)

    assert view.facts["enterprise.industry_sector"] == "accommodation_food"
    assert view.facts["enterprise.industry"] == "H6210"  # kept, though this strategy does not read it


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [({}, "approve"), ({"enterprise__area_ok": False}, "decline"), ({"receipts__growth_90d": None}, "refer")],
)
def test_every_verdict_replays_to_the_byte(qinglan: str, changes: dict[str, FactValue], verdict: str) -> None:
    view = decide(**changes)
    assert view.verdict == verdict

    replayed = queries.replay(view.id)

    assert replayed.identical
    assert replayed.replayed_sha256 == replayed.stored_sha256 == view.sha256
    assert replayed.differences == ()


def test_replay_uses_the_strategy_of_the_day_and_not_todays(qinglan: str) -> None:
    old = decide()
    document = first_document()
    document["limit"]["caps"][0]["parameters"]["multiple"]["C"] = "0.10"
    publish_strategy(
        document=document,
        signed_by=("a@x", "b@x"),
        effective_from=DAY,
        now=NOW,
        impact=Impact(sha256_of(document), 0),
    )

    new = decide()

    assert new.verdict == "decline"
    assert new.strategy_version == 2
    assert queries.replay(old.id).identical
    assert queries.replay_all() == queries.ReplayReport(2, ())


def test_replay_finds_what_was_tampered_with(qinglan: str) -> None:
    honest, cheated = decide(), decide()
    past_the_trigger(
        "decisions_decision",
        "UPDATE decisions_decision SET result = jsonb_set(result::jsonb, '{limit}', %s) WHERE id = %s",
        ['"99000.00"', cheated.id],
    )

    report = queries.replay_all()

    assert report.count == 2
    [mismatch] = report.mismatches
    assert mismatch.decision_id == cheated.id
    assert mismatch.differences == ("limit",)
    assert queries.replay(honest.id).identical


@pytest.mark.parametrize(
    "change",
    [
        "subject = 'app_other'",
        "on_date = on_date + 1",
        '"limit" = 1',
        "sha256 = repeat('0', 64)",
        "strategy_sha256 = repeat('0', 64)",
        "grade = 'A'",
        "pd = 0.01",
        "reasons = '{}'",
        "borrower = 'another'",
        "decided_at = decided_at + interval '1 second'",
        """facts = jsonb_set(facts, '{receipts.history_days}', '999')""",
    ],
)
def test_replay_finds_tampering_with_any_column(qinglan: str, change: str) -> None:
    view = decide()
    past_the_trigger("decisions_decision", f"UPDATE decisions_decision SET {change}")

    assert not queries.replay(view.id).identical


def test_replay_since_a_moment(qinglan: str) -> None:
    decide()

    assert queries.replay_all(since=NOW).count == 1
    assert queries.replay_all(since=datetime(2026, 11, 11, tzinfo=UTC)).count == 0


def test_the_hash_covers_setting_facts_and_result(qinglan: str) -> None:
    view = decide()
    row = Decision.objects.get()

    setting = {
        "strategy": view.strategy_sha256,
        "subject": "app_test",
        "borrower": "app_test",
        "on_date": "2026-11-10",
        "decided_at": "2026-11-10T03:00:00.000000+00:00",
        "role": "champion",
        "beside": None,
        "assignment": {},
        "deviations": {},
    }
    content = b"\n".join(map(canonical, (setting, row.facts, row.result)))
    assert view.sha256 == hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT result::text FROM decisions_decision")
        assert cursor.fetchone()[0].encode() == canonical(row.result)  # kept to the byte that was hashed
    assert decide(subject="app_other").sha256 != view.sha256


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"receipts__luck": 1}, FactUnknown),
        ({"receipts__history_days": Decimal("300")}, FactInvalid),
        ({"application__amount": Decimal("1.001")}, FactInvalid),
        ({"enterprise__area_ok": 1}, FactInvalid),
    ],
)
def test_wrong_facts_are_refused_and_nothing_is_recorded(
    qinglan: str, changes: dict[str, FactValue], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        decide(**changes)
    assert Decision.objects.count() == 0


def test_without_a_signed_strategy_nothing_is_decided(qinglan: str) -> None:
    """R-01."""
    with pytest.raises(StrategyMissing):
        decide(on_date=date(2020, 1, 1))
    assert Decision.objects.count() == 0


def test_a_rule_not_adopted_is_unknown_and_refers(qinglan: str) -> None:
    past_the_trigger("adopted_rule", "DELETE FROM adopted_rule WHERE code = 'S3-07'")

    view = decide()

    assert view.facts["rules.online_unsecured_max"] is None
    assert (view.verdict, view.limit) == ("refer", None)


def test_the_caller_cannot_bring_rules_of_its_own(qinglan: str) -> None:
    view = decide(rules__annual_cost_cap=Decimal("0.99"))

    assert view.facts["rules.annual_cost_cap"] == "0.240000"


def test_the_database_refuses_to_change_or_remove_a_decision(qinglan: str) -> None:
    decide()

    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        Decision.objects.update(verdict="approve")
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        Decision.objects.all()._raw_delete("default")
    assert Decision.objects.count() == 1


def test_the_database_refuses_an_approval_without_limit_or_price(qinglan: str) -> None:
    strategy = StrategyVersion.objects.get()
    with pytest.raises(IntegrityError, match="decision_approval_complete"), transaction.atomic():
        Decision.objects.create(
            subject="x",
            on_date=DAY,
            decided_at=NOW,
            role="champion",
            strategy_version=strategy,
            strategy_sha256=strategy.sha256,
            facts={},
            result={},
            verdict="approve",
            limit=Money(100),
            sha256="0" * 64,
        )


def test_an_unknown_decision_is_not_found(qinglan: str) -> None:
    with pytest.raises(queries.DecisionUnknown):
        queries.get_decision(uuid4())
    with pytest.raises(queries.DecisionUnknown):
        queries.replay(uuid4())


def test_deciding_demands_a_transaction(committed_qinglan: str) -> None:
    with pytest.raises(TransactionMissing):
        decide()
    assert Decision.objects.count() == 0


def test_a_decision_wants_what_the_day_s_documents_and_recent_drafts_declare(qinglan: str) -> None:
    first = strategy_in_force(DAY).document
    assert wanted(DAY) == frozenset(first["facts"])

    wider = first | {"facts": first["facts"] | {"graph.ring_size": "count"}}
    draft_strategy(document=wider, note="to be tried", drafted_by="li", now=NOW)
    assert wanted(DAY) == wanted(DAY + timedelta(days=180)) == frozenset(wider["facts"])
    assert wanted(DAY + timedelta(days=181)) == frozenset(first["facts"])


def test_what_was_asked_decides_as_if_it_had_not_been_and_only_for_its_subject(qinglan: str) -> None:
    asking = queries.asked(subject="app_test", on_date=DAY)
    view = operations.decide(subject="app_test", facts=GIVEN, on_date=DAY, now=NOW, asking=asking)
    assert (view.sha256, view.facts) == (decide().sha256, decide().facts)
    count = Decision.objects.count()
    with pytest.raises(AskedOtherwise, match="app_test"):
        operations.decide(subject="app_2", facts=GIVEN, on_date=DAY, now=NOW, asking=asking)
    assert Decision.objects.count() == count


def test_a_decision_alone_is_the_same_and_durable_and_takes_a_shadow_with_it(committed_qinglan: str) -> None:
    about: dict[str, Any] = {"subject": "app_test", "facts": GIVEN, "on_date": DAY, "now": NOW}
    with transaction.atomic():
        within = operations.decide(**about)
    alone = sole_act(operations.decide, **about)
    with pytest.raises(FactUnknown):
        sole_act(operations.decide, **about | {"facts": {"no.such": 1}})
    connection.close()  # whatever was not committed is gone
    assert (alone.id != within.id, alone.sha256) == (True, within.sha256)
    assert queries.get_decision(alone.id) == alone
    assert Decision.objects.count() == 2
    with transaction.atomic():
        draft = draft_strategy(document=first_document(), note="beside", drafted_by="li", now=NOW)
        until = DAY + timedelta(days=1)
        assign_shadow(draft_id=draft.id, effective_from=DAY, effective_to=until, assigned_by="li", now=NOW)
    live = sole_act(operations.decide, **about)
    [shadow] = queries.companions(live.id)
    assert (shadow.role, shadow.verdict) == ("shadow", live.verdict)
