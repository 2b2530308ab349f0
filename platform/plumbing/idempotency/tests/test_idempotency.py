"""One key, one effect; the same answer again; never a wait."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from plumbing.audit import operations as audit
from plumbing.audit.models import AuditRecord
from plumbing.idempotency.models import RememberedCall
from plumbing.idempotency.operations import KEPT, KeyInUse, KeyReused, Replay, claim, forget_old, remember
from plumbing.schemas import bank_schema
from testkit.clock import NOON, after

CALL = {"scope": "scene POST /v1/drawdowns", "key": "O-8841-1", "body_sha256": "a" * 64}


def test_a_first_call_goes_ahead_and_a_second_gets_the_answer(qinglan: str) -> None:
    assert claim(**CALL, now=NOON) is None
    remember(**CALL, status=201, response={"id": "drw_1"}, now=NOON)
    assert claim(**CALL, now=after(hours=71)) == Replay(201, {"id": "drw_1"})
    assert RememberedCall.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(qinglan: str) -> None:
    claim(**CALL, now=NOON)
    remember(**CALL, status=201, response={"id": "drw_1"}, now=NOON)
    with pytest.raises(KeyReused):
        claim(**{**CALL, "body_sha256": "b" * 64}, now=NOON)
    assert RememberedCall.objects.get().response == {"id": "drw_1"}


@pytest.mark.parametrize("change", [{"scope": "other scene POST /v1/drawdowns"}, {"key": "O-8841-2"}])
def test_another_scope_or_key_is_another_call(qinglan: str, change: dict[str, str]) -> None:
    claim(**CALL, now=NOON)
    remember(**CALL, status=201, response={"id": "drw_1"}, now=NOON)
    assert claim(**{**CALL, **change}, now=NOON) is None


def test_after_72_hours_the_key_is_free(qinglan: str) -> None:
    claim(**CALL, now=NOON)
    remember(**CALL, status=201, response={"id": "drw_1"}, now=NOON)
    assert claim(**CALL, now=NOON + KEPT - timedelta(seconds=1)) is not None
    assert claim(**CALL, now=NOON + KEPT) is None
    assert RememberedCall.objects.count() == 0


def test_old_answers_are_forgotten(qinglan: str) -> None:
    for hours in (0, 1):
        remember(**{**CALL, "key": f"k{hours}"}, status=200, response={}, now=after(hours=hours))
    assert forget_old(now=NOON + KEPT) == 1
    assert RememberedCall.objects.get().key == "k1"


def test_another_bank_knows_nothing_of_the_key(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        claim(**CALL, now=NOON)
        remember(**CALL, status=201, response={"id": "drw_1"}, now=NOON)
    with bank_schema("lian"):
        assert claim(**CALL, now=NOON) is None


def test_thirty_calls_at_once_have_one_effect(committed_qinglan: str) -> None:
    everybody = threading.Barrier(30, timeout=60)

    def call(_: int) -> str:
        try:
            with bank_schema("qinglan"):
                connection.ensure_connection()
                everybody.wait()
                with transaction.atomic():
                    replay = claim(**CALL, now=NOON)
                    if replay is not None:
                        return f"replay {replay.response['id']}"
                    audit.record(actor="scene", action="drawdown", subject="race", detail={}, now=NOON)
                    remember(**CALL, status=201, response={"id": "drw_1"}, now=NOON)
                    return "done drw_1"
        except KeyInUse:
            return "in use"
        finally:
            connection.close()

    with ThreadPoolExecutor(30) as pool:
        outcomes = list(pool.map(call, range(30)))
    assert outcomes.count("done drw_1") == 1
    assert set(outcomes) <= {"done drw_1", "replay drw_1", "in use"}
    assert AuditRecord.objects.filter(subject="race").count() == 1


def test_a_call_that_failed_leaves_the_key_free(committed_qinglan: str) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        claim(**CALL, now=NOON)
        remember(**CALL, status=201, response={}, now=NOON)
        1 / 0  # noqa: B018
    with transaction.atomic():
        assert claim(**CALL, now=NOON) is None


def test_the_lock_of_one_bank_does_not_hold_another(committed_qinglan: str) -> None:
    def claim_at_lian() -> object:
        try:
            with bank_schema("lian"), transaction.atomic():
                return claim(**CALL, now=NOON)
        finally:
            connection.close()

    def claim_here() -> object:
        try:
            with bank_schema("qinglan"), transaction.atomic(), pytest.raises(KeyInUse):
                claim(**CALL, now=NOON)
            return "in use"
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        assert claim(**CALL, now=NOON) is None
        assert pool.submit(claim_at_lian).result() is None
        assert pool.submit(claim_here).result() == "in use"
