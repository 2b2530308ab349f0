"""One bank never sees, touches or names another: at every door, in every thread, after every error."""

import io
import json
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import structlog
from celery import current_app, shared_task
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

import interfaces.jobs.tasks  # noqa: F401  registers the jobs
from interfaces.door import in_bank, now
from interfaces.middleware import BankFromHostMiddleware
from kernel.ids import new_id, public_id
from kernel.money import Money
from parties.enterprises import operations as enterprises
from plumbing.audit import operations as audit
from plumbing.audit.models import AuditRecord
from plumbing.crypto import blind_index, encrypt
from plumbing.logs import SHARED, render
from plumbing.schemas import BankSchemaMissing, bank_schema, current_schema, public_schema
from regulation.models import AdoptedRule
from tenants.banks.models import Bank, Domain
from testkit.clock import NOON
from testkit.scenes import SceneAccess, open_scene


def search_path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0])


def get(host: str, path: str, token: str | None = None) -> Any:
    headers = {"host": host} | ({"authorization": f"Bearer {token}"} if token else {})
    return Client(headers=headers, raise_request_exception=False).get(path)


@pytest.fixture
def scene(banks: tuple[str, str]) -> SceneAccess:
    return open_scene("xianlian", banks=["qinglan", "lian"])


@pytest.fixture
def thing_of_lian(banks: tuple[str, str]) -> str:
    subject = public_id("thg", new_id())
    with bank_schema("lian"):
        audit.record(actor="lian", action="probe", subject=subject, detail={}, now=NOON)
    return subject


# --- the API ---


def test_a_token_of_one_bank_finds_nothing_of_another(
    probe: None, scene: SceneAccess, thing_of_lian: str
) -> None:
    ours, theirs = scene.token("lian", now=now()), scene.token("qinglan", now=now())
    assert get("api.localhost", f"/v1/things/{thing_of_lian}", ours).json()["actor"] == "lian"
    response = get("api.localhost", f"/v1/things/{thing_of_lian}", theirs)
    assert response.status_code == 404
    never = get("api.localhost", f"/v1/things/{public_id('thg', new_id())}", theirs)
    hidden = {"instance", "request_id"}
    assert {name: part for name, part in response.json().items() if name not in hidden} == {
        name: part for name, part in never.json().items() if name not in hidden
    }


def test_the_banks_host_does_not_change_the_bank_of_a_token(probe: None, scene: SceneAccess) -> None:
    token = scene.token("lian", now=now())
    for host in ("api.localhost", "qinglan.localhost", "lian.localhost"):
        body = get(host, "/v1/probe", token).json()
        assert (body["bank"], body["schema"]) == ("lian", "lian")


def test_a_business_of_one_bank_is_not_there_at_another(scene: SceneAccess) -> None:
    with bank_schema("qinglan"):
        view = enterprises.register_enterprise(
            scene_id=scene.scene_id,
            external_id="m-1",
            legal_name="示例拉面馆",
            registration_no="92331002MA00000QX0",
            industry="H6210",
            area_code="331002",
            opened_date=NOON.date(),
            representative=None,
            now=NOON,
        )
    path = f"/v1/businesses/{public_id('biz', view.id)}"
    scopes = ["businesses:read"]
    ours = get("api.localhost", path, scene.token("qinglan", now=now(), scopes=scopes))
    theirs = get("api.localhost", path, scene.token("lian", now=now(), scopes=scopes))
    assert (ours.status_code, theirs.status_code) == (200, 404)


# --- hosts ---


def test_a_host_leads_to_its_bank_and_an_unknown_one_nowhere(probe: None, banks: tuple[str, str]) -> None:
    assert get("qinglan.localhost", "/stream").getvalue() == b"qinglan;qinglan;"
    assert get("lian.localhost:8000", "/stream").getvalue() == b"lian;lian;"
    assert get("localhost", "/stream").getvalue() == b"public;public;"
    for host in ("nobody.localhost", "qinglan.localhost.evil.example", "qinglan", "bad host"):
        assert get(host, "/stream").status_code in {400, 404}


def test_a_bank_that_is_not_ready_is_not_reached(probe: None, banks: tuple[str, str]) -> None:
    bank = Bank.objects.create(
        schema_name="half",
        name_zh="半",
        name_en="Half",
        kind="rural_commercial",
        tier1_capital=Money(1),
        created_at=NOON,
    )
    Domain.objects.create(domain="half.localhost", tenant=bank)
    assert get("half.localhost", "/stream").status_code == 404
    Bank.objects.filter(schema_name="half").update(ready_at=NOON)
    BankFromHostMiddleware.forget_hosts()
    assert get("half.localhost", "/stream").status_code == 500  # its schema is missing: never public instead
    assert current_schema() == "public"


# --- search_path after errors and across threads ---


def test_a_page_that_breaks_leaves_the_connection_in_public(probe: None, banks: tuple[str, str]) -> None:
    assert get("qinglan.localhost", "/crash").status_code == 500
    assert (current_schema(), search_path()) == ("public", "public")
    assert get("lian.localhost", "/stream").getvalue() == b"lian;lian;"


def test_requests_side_by_side_stay_in_their_banks(probe: None, banks: tuple[str, str]) -> None:
    def ask(number: int) -> bool:
        bank = ("qinglan", "lian")[number % 2]
        try:
            if number % 5 == 0:
                get(f"{bank}.localhost", "/crash")
            return bool(get(f"{bank}.localhost", "/stream").getvalue() == f"{bank};{bank};".encode())
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(ask, range(60)))


def test_a_thread_that_a_view_starts_does_not_inherit_the_bank(banks: tuple[str, str]) -> None:
    seen: list[str] = []

    def look() -> None:
        seen.append(current_schema())
        connection.close()

    with bank_schema("qinglan"):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == ["public"]


# --- jobs ---


@shared_task(name="test.isolation.look")
def look_task(*, schema: str, then_break: bool = False) -> str:
    """Say in which schema a job works."""
    with in_bank(schema):
        if then_break:
            raise ZeroDivisionError
        return search_path()


def test_a_job_works_in_the_bank_it_names(banks: tuple[str, str]) -> None:
    current_app.set_current()
    for schema in ("qinglan", "lian", "qinglan"):
        assert look_task.apply(kwargs={"schema": schema}).get() == schema
        assert search_path() == "public"


def test_a_job_that_breaks_leaves_nothing_behind(banks: tuple[str, str]) -> None:
    with pytest.raises(ZeroDivisionError):
        look_task.apply(kwargs={"schema": "qinglan", "then_break": True}).get()
    assert search_path() == "public"
    assert look_task.apply(kwargs={"schema": "lian"}).get() == "lian"


@pytest.mark.parametrize("schema", ["gone", "public", ""])
def test_a_job_for_a_bank_that_is_not_there_does_nothing(banks: tuple[str, str], schema: str) -> None:
    with pytest.raises(BankSchemaMissing):
        look_task.apply(kwargs={"schema": schema}).get()
    assert search_path() == "public"


def test_every_job_that_takes_a_schema_refuses_one_that_is_missing(banks: tuple[str, str]) -> None:
    jobs = {
        "jobs.disburse": {"drawdown_id": str(new_id())},
        "jobs.collect": {"repayment_id": str(new_id())},
        "jobs.sweep": {},
        "jobs.relay_outbox": {},
        "jobs.day_end": {"until_date": "2026-11-03"},
    }
    missing = [name for name in jobs if name not in current_app.tasks]
    assert missing == []
    for name, arguments in jobs.items():
        with pytest.raises(BankSchemaMissing):
            current_app.tasks[name].apply(kwargs={"schema": "gone", **arguments}).get()


# --- tables ---


def test_banks_have_their_own_rows_in_every_table(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        audit.record(actor="qinglan", action="x", subject="x", detail={}, now=NOON)
        count = AuditRecord.objects.count()
    with bank_schema("lian"):
        assert AuditRecord.objects.count() == count - 1
        assert not AuditRecord.objects.filter(actor="qinglan").exists()


def test_a_bank_cannot_name_a_public_table_and_public_has_no_bank_table(banks: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'qinglan'")
        ours = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        public = {row[0] for row in cursor.fetchall()}
    framework = {name for name in ours if name.startswith(("django_", "auth_"))}
    assert ours & public == framework
    assert "staff_member" in ours
    assert "banks_bank" in public


def test_no_foreign_key_leaves_a_schema(banks: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conname FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid"
            " JOIN pg_class b ON b.oid = c.confrelid"
            " WHERE c.contype = 'f' AND a.relnamespace <> b.relnamespace"
        )
        assert cursor.fetchall() == []


def test_both_banks_have_the_same_tables(banks: tuple[str, str]) -> None:
    columns = {}
    for schema in banks:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = %s ORDER BY 1, 2",
                [schema],
            )
            columns[schema] = cursor.fetchall()
    assert columns["qinglan"] == columns["lian"]
    assert len(columns["qinglan"]) > 100


def test_a_write_in_a_transaction_that_fails_in_another_bank_is_gone(committed_qinglan: str) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record(actor="a", action="x", subject="x", detail={}, now=NOON)
        with bank_schema("lian"):
            audit.record(actor="a", action="x", subject="x", detail={}, now=NOON)
            1 / 0  # noqa: B018
    assert not AuditRecord.objects.filter(subject="x").exists()
    with bank_schema("lian"):
        assert not AuditRecord.objects.filter(subject="x").exists()


# --- cache, keys, logs ---


def test_cached_values_belong_to_a_bank(banks: tuple[str, str]) -> None:
    for schema in banks:
        with bank_schema(schema):
            cache.set("isolation", schema, 60)
    with public_schema():
        assert cache.get("isolation") is None
    for schema in banks:
        with bank_schema(schema):
            assert cache.get("isolation") == schema
            cache.delete("isolation")


def test_the_same_secret_is_sealed_and_indexed_differently_in_each_bank(banks: tuple[str, str]) -> None:
    seals, indexes = set(), set()
    for schema in banks:
        with bank_schema(schema):
            seals.add(encrypt("632127199003140005"))
            indexes.add(blind_index("632127199003140005"))
    assert (len(seals), len(indexes)) == (2, 2)


def test_log_lines_name_the_bank_they_are_about(probe: None, scene: SceneAccess) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.getLogger().addHandler(handler)
    try:
        for host in ("qinglan.localhost", "lian.localhost", "localhost"):
            get(host, "/crash")
    finally:
        logging.getLogger().removeHandler(handler)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line.get("bank") for line in lines] == ["qinglan", "lian", None]
    assert len({line["request_id"] for line in lines}) == 3


def test_each_bank_signed_its_own_rules(banks: tuple[str, str]) -> None:
    signers = {}
    for schema in banks:
        with bank_schema(schema):
            signers[schema] = set(AdoptedRule.objects.values_list("adopted_by", flat=True))
    assert signers == {"qinglan": {"risk@qinglan.example"}, "lian": {"risk@lian.example"}}
