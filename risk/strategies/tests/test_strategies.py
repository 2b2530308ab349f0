from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from plumbing.sql import TransactionMissing
from risk.rules.canonical import sha256_of
from risk.strategies import operations, queries
from risk.strategies.impact import Impact
from risk.strategies.models import StrategyVersion

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
DAY = date(2026, 11, 10)
SIGNERS = ("risk@bank.example", "checker@bank.example")


def other_document(**changes: Any) -> dict[str, Any]:
    document = operations.first_document()
    document["limit"]["minimum"] = "8000.00"
    return document | changes


def publish(
    effective_from: date = DAY, signed_by: tuple[str, str] = SIGNERS, **changes: Any
) -> queries.StrategyView:
    document = other_document(**changes)
    return operations.publish_strategy(
        document=document,
        signed_by=signed_by,
        effective_from=effective_from,
        now=NOW,
        impact=Impact(sha256_of(document), 0),
    )


def test_a_new_bank_has_a_strategy_signed_by_two(qinglan: str) -> None:
    view = queries.strategy_in_force(DAY)

    assert (view.code, view.version) == ("receipts_revolving", 1)
    assert len(set(view.signed_by)) == 2
    assert view.document == operations.first_document()


def test_seeding_again_changes_nothing(qinglan: str) -> None:
    before = queries.strategies()

    again = operations.seed_first_strategy(signed_by=SIGNERS, effective_from=DAY, now=NOW)

    assert queries.strategies() == before == (again,)


def test_versions_take_effect_on_their_day(qinglan: str) -> None:
    first = queries.strategy_in_force(DAY)

    second = publish(effective_from=date(2026, 12, 1))

    assert second.version == 2
    assert second.sha256 != first.sha256
    assert queries.strategy_in_force(date(2026, 11, 30)) == first
    assert queries.strategy_in_force(date(2026, 12, 1)) == second
    assert queries.get_strategy(first.id) == first


def test_each_bank_has_its_own(banks: tuple[str, str], qinglan: str) -> None:
    publish()
    assert len(queries.strategies()) == 2


def test_the_other_bank_sees_nothing_of_it(lian: str) -> None:
    assert len(queries.strategies()) == 1


@pytest.mark.parametrize(
    "signed_by",
    [("a@x", "a@x"), ("a@x", " A@X "), ("a@x", ""), (" ", "b@x")],
)
def test_two_different_people_sign_or_nothing_happens(qinglan: str, signed_by: tuple[str, str]) -> None:
    """R-01."""
    with pytest.raises(operations.SignaturesMissing):
        publish(signed_by=signed_by)
    assert StrategyVersion.objects.count() == 1


def test_a_broken_document_is_refused_and_nothing_happens(qinglan: str) -> None:
    with pytest.raises(operations.StrategyInvalid, match="stage is missing"):
        publish_without = other_document()
        del publish_without["price"]
        operations.publish_strategy(
            document=publish_without,
            signed_by=SIGNERS,
            effective_from=DAY,
            now=NOW,
            impact=Impact(sha256_of(publish_without), 0),
        )
    assert StrategyVersion.objects.count() == 1


def test_a_rate_above_the_cap_is_refused_and_nothing_happens(qinglan: str) -> None:
    """R-11: 23.7 % on 360 days costs 24.03 % on 365."""
    price = operations.first_document()["price"]

    with pytest.raises(operations.RateAboveCap, match=r"0\.240292"):
        publish(price=price | {"rates": price["rates"] | {"D": "0.237000"}})
    assert StrategyVersion.objects.count() == 1

    highest = publish(price=price | {"rates": price["rates"] | {"D": "0.236700"}})
    assert highest.version == 2


def test_a_version_may_not_start_before_the_newest(qinglan: str) -> None:
    publish(effective_from=date(2026, 12, 1))

    with pytest.raises(operations.EffectiveTooEarly):
        publish(effective_from=date(2026, 11, 30))
    assert StrategyVersion.objects.count() == 2


def test_before_the_first_day_there_is_none(qinglan: str) -> None:
    with pytest.raises(queries.StrategyMissing):
        queries.strategy_in_force(date(2020, 1, 1))
    with pytest.raises(queries.StrategyMissing):
        queries.strategy_in_force(DAY, code="another")


def test_an_unknown_version_is_not_found(qinglan: str) -> None:
    with pytest.raises(queries.StrategyUnknown):
        queries.get_strategy(StrategyVersion().id)


@pytest.mark.parametrize("column", ["document", "sha256", "effective_from", "signed_by_first"])
def test_the_database_refuses_to_change_a_published_strategy(qinglan: str, column: str) -> None:
    values = {"document": {}, "sha256": "0" * 64, "effective_from": DAY, "signed_by_first": "x"}
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        StrategyVersion.objects.update(**{column: values[column]})
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        StrategyVersion.objects.all()._raw_delete("default")


def test_the_database_refuses_one_signature_and_a_repeated_number(qinglan: str) -> None:
    row = StrategyVersion.objects.get()
    fields = {
        "code": row.code,
        "document": row.document,
        "sha256": row.sha256,
        "effective_from": DAY,
        "published_at": NOW,
    }
    with pytest.raises(IntegrityError, match="strategy_two_signatures"), transaction.atomic():
        StrategyVersion.objects.create(**fields, version=2, signed_by_first="a", signed_by_second="a")
    with pytest.raises(IntegrityError, match="strategy_version_once"), transaction.atomic():
        StrategyVersion.objects.create(**fields, version=1, signed_by_first="a", signed_by_second="b")


def test_publishing_demands_a_transaction(committed_qinglan: str) -> None:
    with pytest.raises(TransactionMissing):
        publish()
    assert StrategyVersion.objects.count() == 1


def test_a_document_that_cannot_be_run_is_said_to_be_unreadable(qinglan: str) -> None:
    view = queries.strategy_in_force(DAY)
    strange = {"format": 0}

    with pytest.raises(queries.StrategyUnreadable, match="was changed"):
        queries.compile_strategy(replace(view, document=strange))
    with pytest.raises(queries.StrategyUnreadable, match="stage is missing"):
        queries.compile_strategy(replace(view, document=strange, sha256=sha256_of(strange)))


def test_a_strategy_is_compiled_once(qinglan: str, django_assert_num_queries: Any) -> None:
    first = queries.strategy_to_run(DAY)

    with django_assert_num_queries(1):
        assert queries.strategy_to_run(DAY).strategy is first.strategy
    assert queries.strategy_to_replay(first.id) == first
    with pytest.raises(queries.StrategyMissing):
        queries.strategy_to_run(date(2020, 1, 1))
    with pytest.raises(queries.StrategyUnknown):
        queries.strategy_to_replay(StrategyVersion().id)
