"""The scene door: from token to answer, one transaction, one effect a key, every error a problem."""

import json
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpResponse
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIRequestFactory

from interfaces.door import enqueue, now
from interfaces.event_body import API_VERSION
from interfaces.gate import KEY_LENGTH_MAX
from interfaces.problems import problem_of, wire
from openbanking.partners import operations as partners
from plumbing.audit.models import AuditRecord
from plumbing.clock.models import BusinessClock
from plumbing.idempotency.models import RememberedCall
from plumbing.schemas import bank_schema, current_schema, public_schema
from tenants.access import operations as access
from tenants.banks import operations as banks_operations
from tenants.scenes import operations as scenes
from testkit.banks import FIRST_BUSINESS_DATE
from testkit.clock import NOON
from testkit.scenes import SceneAccess, open_scene

pytestmark = pytest.mark.usefixtures("probe")


@pytest.fixture
def scene(banks: tuple[str, str]) -> SceneAccess:
    return open_scene("xianlian", banks=["qinglan"])


def call(
    method: str, path: str = "/v1/probe", *, token: str | None = None, body: Any = None, **headers: str
) -> HttpResponse:
    """Call the API host; a body that is no text is sent as JSON."""
    client = Client(headers={"host": "api.localhost"}, raise_request_exception=False)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    data = body if isinstance(body, str) else json.dumps(body or {})
    content_type = sent.pop("content-type", "application/json")
    return client.generic(
        method, path, data if method != "GET" else "", content_type=content_type, headers=sent
    )


def post(token: str, body: Any = None, key: str = "O-1", **headers: str) -> HttpResponse:
    return call("POST", token=token, body=body, idempotency_key=key, **headers)


def records() -> tuple[int, int]:
    """Return how many probe records and remembered calls 青澜 has."""
    with bank_schema("qinglan"):
        return AuditRecord.objects.filter(subject="probe").count(), RememberedCall.objects.count()


def assert_problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["type"].endswith(f"/{code}")
    assert body["request_id"] == response["Request-Id"]
    assert set(body) == {
        "type", "title", "status", "detail", "instance", "code", "request_id", "retryable", "errors",
        "params",
    }  # fmt: skip
    return body


def test_a_call_enters_the_bank_of_its_token(scene: SceneAccess) -> None:
    response = call("GET", token=scene.token("qinglan", now=now()))
    assert response.status_code == 200
    body = response.json()
    assert (body["schema"], body["bank"]) == ("qinglan", "qinglan")
    assert body["business_date"] == FIRST_BUSINESS_DATE.isoformat()
    assert body["limit"] == {"amount": "1234.50", "currency": "CNY"}
    assert (body["rate"], body["on"]) == ("0.072000", "2026-11-02")
    assert response["Sluice-Version"] == "2026-11-01"
    assert current_schema() == "public"


def test_no_token_and_wrong_tokens(scene: SceneAccess) -> None:
    response = call("GET")
    assert_problem(response, 401, "token_missing")
    assert response["WWW-Authenticate"] == 'Bearer error="token_missing"'
    assert_problem(call("GET", token="slt_unknown"), 401, "token_invalid")
    assert_problem(call("GET", authorization="Basic Zm9vOmJhcg=="), 401, "token_missing")
    old = scene.token("qinglan", now=now() - timedelta(minutes=11))
    assert_problem(call("GET", token=old), 401, "token_expired")


def test_a_revoked_client_is_out_at_once(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    with public_schema():
        access.revoke_client(client_id=scene.client_id)
    assert_problem(call("GET", token=token), 401, "token_invalid")


def test_a_closed_scene_is_out_and_a_read_only_one_may_still_read(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    scenes.set_scene_status(scene_id=scene.scene_id, status="read_only")
    assert call("GET", token=token).status_code == 200
    assert_problem(post(token), 403, "scene_read_only")
    scenes.set_scene_status(scene_id=scene.scene_id, status="closed")
    assert_problem(call("GET", token=token), 401, "token_invalid")
    assert records() == (0, 0)


def test_a_scope_that_is_missing(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now(), scopes=["loans:read"])
    assert call("GET", token=token).status_code == 200
    body = assert_problem(post(token), 403, "scope_insufficient")
    assert body["params"] == {"scope": "drawdowns:write"}
    assert records() == (0, 0)


def test_new_business_needs_the_banks_list(banks: tuple[str, str]) -> None:
    unlisted = open_scene("unlisted", banks=["qinglan"], listed=False)
    token = unlisted.token("qinglan", now=now())
    assert call("GET", token=token).status_code == 200
    assert_problem(post(token), 403, "partners.not_listed")
    assert records() == (0, 0)


def test_a_scene_taken_off_the_list_may_still_read(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    assert post(token).status_code == 201
    with bank_schema("qinglan"):
        partners.delist_scene(
            scene_id=scene.scene_id,
            listed_until=FIRST_BUSINESS_DATE,
            reason="contract ended",
            delisted_by="product@qinglan.example",
            now=NOON,
        )
    assert_problem(post(token, key="O-2"), 403, "partners.not_listed")
    assert call("GET", token=token).status_code == 200


def test_a_suspended_bank_starts_nothing_and_services_on(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    banks_operations.suspend_bank(schema="qinglan")
    assert_problem(post(token), 403, "bank_suspended")
    assert call("GET", token=token).status_code == 200
    assert records() == (0, 0)
    banks_operations.resume_bank(schema="qinglan")
    assert post(token).status_code == 201


def test_one_key_has_one_effect_and_one_answer(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    first = post(token, {"amount": "1"})
    again = post(token, {"amount": "1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert_problem(post(token, {"amount": "2"}), 422, "idempotency_key_reused")
    assert records() == (1, 1)
    assert post(token, {"amount": "1"}, key="O-2").status_code == 201
    assert records() == (2, 2)


@pytest.mark.parametrize("key", ["", "k" * (KEY_LENGTH_MAX + 1)])
def test_a_key_that_is_missing_or_too_long(scene: SceneAccess, key: str) -> None:
    response = post(scene.token("qinglan", now=now()), key=key)
    assert_problem(response, 400, "idempotency_key_missing")
    assert records() == (0, 0)


def test_the_same_key_and_body_with_another_query_is_another_request(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    assert post(token).status_code == 201
    again = call("POST", "/v1/probe?business=other", token=token, idempotency_key="O-1")
    assert_problem(again, 422, "idempotency_key_reused")
    assert records() == (1, 1)


def test_a_refused_call_leaves_nothing_and_its_key_free(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    body = assert_problem(post(token, {"wish": "refuse"}), 422, "probe.limit_exceeded")
    assert body["params"] == {
        "asked": {"amount": "30000.00", "currency": "CNY"},
        "available": {"amount": "10000.00", "currency": "CNY"},
    }
    assert body["retryable"] is False
    assert records() == (0, 0)
    assert post(token, {}).status_code == 201


def test_a_refusal_says_in_which_version_it_is(scene: SceneAccess) -> None:
    refused = post(scene.token("qinglan", now=now()), {"wish": "refuse"})
    assert (refused.status_code, refused["Sluice-Version"]) == (422, API_VERSION)
    assert call("GET")["Sluice-Version"] == API_VERSION


def test_a_broken_call_leaves_nothing_and_tells_nothing(
    scene: SceneAccess, caplog: pytest.LogCaptureFixture
) -> None:
    response = post(scene.token("qinglan", now=now()), {"wish": "break"})
    body = assert_problem(response, 500, "internal")
    assert "ZeroDivision" not in json.dumps(body)
    assert "6222000000000009" not in json.dumps(body)
    assert records() == (0, 0)
    assert current_schema() == "public"
    assert any("request_failed" in str(record.msg) for record in caplog.records)


def test_fields_that_are_wrong_are_pointed_at(scene: SceneAccess) -> None:
    response = post(scene.token("qinglan", now=now()), {"wish": "validate", "lines": [1, "x"]})
    body = assert_problem(response, 400, "parameter_invalid")
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [
        ("/amount", "required"),
        ("/lines/1", "invalid"),
    ]
    assert records() == (0, 0)


def test_what_cannot_be_read(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    assert_problem(post(token, "{not json"), 400, "malformed_json")
    assert_problem(post(token, "a=1", content_type="text/csv"), 415, "media_type_unsupported")
    response = call("DELETE", token=token)
    assert_problem(response, 405, "method_not_allowed")
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert_problem(call("GET", "/v1/nothing", token=token), 404, "not_found")
    assert records() == (0, 0)


def test_a_body_that_is_too_large(scene: SceneAccess, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = post(scene.token("qinglan", now=now()), {"text": "x" * 200})
    assert_problem(response, 413, "batch_too_large")


def test_a_bank_whose_books_are_not_open(scene: SceneAccess) -> None:
    with bank_schema("qinglan"):
        BusinessClock.objects.all().delete()
    body = assert_problem(call("GET", token=scene.token("qinglan", now=now())), 503, "clock.not_started")
    assert body["retryable"] is True


def test_the_language_changes_the_text_and_never_the_code(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    english = assert_problem(
        post(token, {"wish": "refuse"}, accept_language="en"), 422, "probe.limit_exceeded"
    )
    chinese = assert_problem(
        post(token, {"wish": "refuse"}, accept_language="zh"), 422, "probe.limit_exceeded"
    )
    assert english["detail"] == "30000.00 is more than 10000.00."
    assert (english["code"], english["params"]) == (chinese["code"], chinese["params"])


def test_request_ids_are_kept_when_decent(scene: SceneAccess) -> None:
    assert call("GET", request_id="my-call-000001")["Request-Id"] == "my-call-000001"
    for indecent in ("short", "x" * 65, "white space 123"):
        assert call("GET", request_id=indecent)["Request-Id"].startswith("req_")


def test_a_plain_read_costs_few_statements(scene: SceneAccess) -> None:
    token = scene.token("qinglan", now=now())
    call("GET", token=token)
    with CaptureQueriesContext(connection) as seen:
        assert call("GET", token=token).status_code == 200
    said = [query["sql"].split()[0] for query in seen.captured_queries]
    assert said.count("SELECT") <= 3, seen.captured_queries  # the token, the schema, the business date
    assert set(said) <= {"SELECT", "SET", "SAVEPOINT", "RELEASE"}


@pytest.mark.parametrize(
    ("sqlstate", "status"), [("55P03", 409), ("40P01", 409), ("40001", 409), ("53300", 500)]
)
def test_locks_that_are_not_had_are_worth_another_try(sqlstate: str, status: int) -> None:
    cause = OSError()
    cause.sqlstate = sqlstate  # type: ignore[attr-defined]
    error = OperationalError()
    error.__cause__ = cause
    response = problem_of(error, APIRequestFactory().get("/v1/probe"))
    assert response.status_code == status
    assert json.loads(response.content)["code"] == ("lock_timeout" if status == 409 else "internal")


def test_the_wire_knows_the_houses_types() -> None:
    assert wire({"at": NOON, "parts": ({"n": 1}, None, True)}) == {
        "at": "2026-11-02T04:00:00Z",
        "parts": [{"n": 1}, None, True],
    }


def test_a_queue_that_is_down_fails_no_call(
    banks: tuple[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(current_app._get_current_object(), "send_task", down)
    with TestCase.captureOnCommitCallbacks(execute=True) as asked:
        enqueue("jobs.assess", schema="qinglan")
    assert len(asked) == 1
    assert "Error calling enqueue" in caplog.text
