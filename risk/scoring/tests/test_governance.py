"""A model's life: two people, one way forward, nothing rewritten."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from kernel.refusals import Refusal
from plumbing.sql import TransactionMissing
from risk.rules.canonical import sha256_of
from risk.scoring import operations, queries
from risk.scoring.card import CardInvalid, load_card
from risk.scoring.models import ModelMove, ModelVersion
from risk.scoring.states import MOVES, ModelStateConflict, ModelStatus, SecondPersonMissing

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
DEVELOPER, CHECKER = "developer@bank.example", "checker@bank.example"


def another_card() -> dict[str, Any]:
    document = load_card(operations.FIRST_CARD)
    document["scale"]["base"] += 1
    return document


def register(**changes: Any) -> queries.ModelView:
    return operations.register_model(
        **{"document": another_card(), "report": "# a card", "developed_by": DEVELOPER, "now": NOW} | changes
    )


def move(model: queries.ModelView, status: str, by: str = CHECKER, note: str = "seen") -> queries.ModelView:
    return operations.move_model(model_version_id=model.id, status=status, by=by, note=note, now=NOW)


def refused(card: dict[str, Any]) -> str | None:
    try:
        queries.require_usable(card)
    except Refusal as refusal:
        return refusal.code
    return None


def test_a_new_bank_has_the_first_card_approved_by_somebody_else(qinglan: str) -> None:
    sha256 = sha256_of(load_card(operations.FIRST_CARD))

    (model,) = queries.models_registered()

    assert (model.code, model.version, model.status, model.sha256) == ("sba_card_v1", 1, "approved", sha256)
    queries.require_usable(load_card(operations.FIRST_CARD))
    steps = queries.get_model(model.id).moves
    assert [step.status for step in steps] == ["developed", "validated", "approved"]
    assert steps[0].moved_by != steps[1].moved_by
    assert operations.seed_first_card(developed_by=DEVELOPER, checked_by=CHECKER, now=NOW) == model
    assert ModelMove.objects.count() == 3


def test_only_an_approved_or_monitored_card_may_be_embedded(qinglan: str) -> None:
    model = register()
    approved = {model.status: refused(another_card())}
    for status in (
        ModelStatus.VALIDATED,
        ModelStatus.APPROVED,
        ModelStatus.MONITORED,
        ModelStatus.RETIRED,
    ):
        reached = move(model, status).status
        approved[reached] = refused(another_card())

    assert model.version == 2
    assert approved == {
        "developed": "scoring.card_not_usable",
        "validated": "scoring.card_not_usable",
        "approved": None,
        "monitored": None,
        "retired": "scoring.card_not_usable",
    }


def test_a_card_is_a_model_by_what_it_says_of_itself(qinglan: str) -> None:
    trained, by_hand = another_card(), another_card()
    trained["code"] = "another"
    for key in ("trained_on", "data"):
        del by_hand[key]

    assert refused(trained) == "scoring.card_unregistered"
    assert refused(by_hand) == "scoring.card_unregistered"  # it has the code of a registered model
    assert refused(by_hand | {"code": "written_by_hand"}) is None


@pytest.mark.parametrize(
    ("wanted", "by"),
    [("validated", DEVELOPER), ("validated", f" {DEVELOPER.upper()} "), ("validated", ""), ("retired", " ")],
)
def test_the_developer_does_not_validate_and_nobody_moves_nothing(qinglan: str, wanted: str, by: str) -> None:
    model = register()

    with pytest.raises(SecondPersonMissing):
        move(model, wanted, by=by)

    assert queries.get_model(model.id).model.status == "developed"


def test_the_developer_does_not_approve(qinglan: str) -> None:
    model = move(register(), "validated")

    with pytest.raises(SecondPersonMissing):
        move(model, "approved", by=DEVELOPER)

    assert refused(another_card()) == "scoring.card_not_usable"


def test_states_are_not_skipped_and_retirement_is_final(qinglan: str) -> None:
    model = register()
    for wanted in ("approved", "monitored", "developed"):
        with pytest.raises(ModelStateConflict):
            move(model, wanted)
    move(model, "retired")
    with pytest.raises(ModelStateConflict):
        move(model, "validated")

    assert [step.status for step in queries.get_model(model.id).moves] == ["developed", "retired"]
    assert set(MOVES) == set(ModelStatus.values)


def test_what_is_not_whole_is_not_registered(qinglan: str) -> None:
    before = ModelVersion.objects.count()

    with pytest.raises(CardInvalid):
        register(document={"code": "x"})
    with pytest.raises(operations.NoteMissing):
        register(report=" ")
    with pytest.raises(SecondPersonMissing):
        register(developed_by=" ")
    with pytest.raises(operations.ModelRegistered):
        register(document=load_card(operations.FIRST_CARD))

    assert ModelVersion.objects.count() == before


def test_a_move_has_a_reason_and_a_model(qinglan: str) -> None:
    model = register()

    with pytest.raises(operations.NoteMissing):
        move(model, "validated", note="")
    with pytest.raises(queries.ModelUnknown):
        operations.move_model(model_version_id=uuid4(), status="validated", by=CHECKER, note="x", now=NOW)
    with pytest.raises(queries.ModelUnknown):
        queries.get_model(uuid4())

    assert queries.get_model(model.id).model.status == "developed"


@pytest.mark.parametrize("table", [ModelVersion, ModelMove])
def test_the_register_only_grows(qinglan: str, table: Any) -> None:
    with pytest.raises(DatabaseError, match="may only grow"), transaction.atomic():
        table.objects.all().delete() if table is ModelMove else table.objects.update(report="")

    assert table.objects.exists()


def test_operations_demand_a_transaction() -> None:
    with pytest.raises(TransactionMissing):
        register()
