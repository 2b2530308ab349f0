"""A leak is answered by one act (J2), and what the client did before can be shown afterwards."""

import hashlib
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils.dateparse import parse_datetime
from joserfc.jwk import OKPKey

from interfaces import call_log
from interfaces.door import now
from interfaces.ops.leaks import record
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.test_token import ask
from interfaces.scene.tests.world import business_body, fund_bank, merchant
from interfaces.tests.portal import OPERATOR, OPS_HOST, signed_in
from kernel.ids import parse_id, public_id
from lending.credit_lines.queries import get_line
from plumbing.schemas import bank_schema, public_schema
from tenants.access import operations as access
from tenants.access.models import AccessToken, ApiClient, CallRecord
from tenants.access.queries import CallSeen, sha256
from tenants.banks.queries import get_bank
from tenants.reference.queries import calls_kept
from tenants.scenes.operations import set_scene_status
from tenants.scenes.queries import get_scene
from testkit.banks import TEAM_PASSWORD
from testkit.clock import NOON
from testkit.scenes import SceneAccess, open_scene


@pytest.fixture(autouse=True)
def _nothing_noted() -> Iterator[None]:
    call_log.forget()
    yield
    call_log.forget()


@pytest.fixture
def scene(banks: tuple[str, str]) -> SceneAccess:
    access.add_operator(email=OPERATOR, name="运营", password=TEAM_PASSWORD, now=NOON)
    return open_scene("xianlian", banks=["qinglan"])


def lines(client_id: str, **window: datetime) -> list[dict[str, Any]]:
    since, until = window.get("since", now() - timedelta(hours=1)), window.get("until", now())
    return [json.loads(line) for line in record(client_id, since, until)]


def test_one_act_shuts_the_client_and_its_scene_and_keeps_the_record(scene: SceneAccess) -> None:
    token = ask(scene).json()["access_token"]
    caller = Caller(scene, token=token)
    made = caller.post("/businesses", business_body())
    assert caller.get("/loans?limit=5")["data"] == []
    caller.refused("GET", "/loans/lon_1", 404, "malformed_id")
    console = signed_in(OPS_HOST, OPERATOR, json=True)
    page = f"/ops/scenes/{public_id('scn', scene.scene_id)}/clients/{scene.client_id}"
    done = console.post(f"{page}/leak", {})
    assert done.status_code == 200, done.content
    assert {name: done.json()[name] for name in ("scene_status", "tokens_ended", "keys_ended")} == {
        "scene_status": "read_only",
        "tokens_ended": 1,
        "keys_ended": [],
    }
    caller.refused("GET", "/loans", 401, "token_invalid")
    assert ask(scene).status_code == 401
    assert AccessToken.objects.count() == 0

    text = b"".join(console.get(done.json()["record"]).streaming_content).decode()
    *calls, tried, end = [json.loads(line) for line in text.splitlines()]
    assert (tried["path"], tried["status"], tried["code"]) == ("/oauth/token", 401, "invalid_client")
    assert (tried["token"], tried["bank_schema"]) == ("", "")
    assert [(call["method"], call["path"], call["status"]) for call in calls] == [
        ("POST", "/oauth/token", 200),
        ("POST", "/v1/businesses", 201),
        ("GET", "/v1/loans", 200),
        ("GET", "/v1/loans/lon_1", 404),
    ]
    assert {call["token"] for call in calls} == {sha256(token)[:16]}
    assert {(call["address"], call["bank_schema"]) for call in calls} == {("127.0.0.1", "qinglan")}
    assert [call["made"] for call in calls] == ["", made["id"], "", ""]
    assert all(call["request_id"].startswith("req_") for call in calls)
    body = "".join(f"{line}\n" for line in text.splitlines()[:-1])
    assert (end["calls"], end["sha256"]) == (5, hashlib.sha256(body.encode()).hexdigest())
    for secret in (token, scene.secret, "330106198808080004", "13900009999"):
        assert secret not in text


def test_a_fresh_key_opens_the_client_again_and_the_scene_only_reads(scene: SceneAccess) -> None:
    with public_schema(), transaction.atomic():
        access.answer_leak(client_id=scene.client_id, now=now())
        key = OKPKey.generate_key("Ed25519", {"kid": "k2"}).as_dict(private=False)
        access.add_key(client_id=scene.client_id, key=key, now=now())
        bank = get_bank(schema_name="qinglan").id
        token = access.issue_token(client=scene.client_id, bank=bank, now=now())
    caller = Caller(scene, token=token)
    assert caller.get("/loans")["data"] == []
    caller.refused("POST", "/businesses", 403, "scene_read_only", business_body())
    with public_schema(), transaction.atomic():
        set_scene_status(scene_id=scene.scene_id, status="closed")
        assert access.answer_leak(client_id=scene.client_id, now=now()).scene_status == "closed"


def test_what_may_be_forged_is_frozen_and_the_bank_gets_the_list(scene: SceneAccess) -> None:
    fund_bank("qinglan", "100000.00")
    caller = Caller(scene)
    shop = merchant(caller)
    before = shop.line("20000.00")
    frame = {"business": shop.business, "components": ["application"]}
    session = caller.post("/embed_sessions", frame)
    console = signed_in(OPS_HOST, OPERATOR, json=True)
    page = f"/ops/scenes/{public_id('scn', scene.scene_id)}/clients/{scene.client_id}"
    wrong = console.post(f"{page}/leak", {"since": "yesterday"})
    assert (wrong.status_code, get_scene(scene_id=scene.scene_id).status) == (400, "active")
    (bank,) = console.post(f"{page}/leak", {}).json()["banks"]
    assert (bank["bank"], bank["sessions_ended"], bank["lines_frozen"]) == ("qinglan", 1, 0)
    assert {shop.business, before["application"], session["id"]} <= set(bank["made"])
    since = (now() - timedelta(hours=1)).isoformat()
    (again,) = console.post(f"{page}/leak", {"since": since}).json()["banks"]
    assert (again["sessions_ended"], again["lines_frozen"]) == (0, 1)
    with bank_schema("qinglan"):
        line = get_line(line_id=parse_id("lin", before["id"]), scene_id=None)
        assert (line.status, line.frozen_reason) == ("frozen", "leak")


def test_another_scenes_client_is_not_shut_from_here(scene: SceneAccess) -> None:
    other = open_scene("other", banks=["qinglan"])
    console = signed_in(OPS_HOST, OPERATOR, json=True)
    page = f"/ops/scenes/{public_id('scn', scene.scene_id)}/clients/{other.client_id}"
    assert console.post(f"{page}/leak", {}).status_code == 401
    assert console.get(f"{page}/calls").status_code == 401
    assert get_scene(scene_id=other.scene_id).status == "active"
    assert ApiClient.objects.exclude(secret_sha256="").count() == 2


def test_the_command_shuts_and_writes_the_record(scene: SceneAccess, tmp_path: Path) -> None:
    assert Caller(scene).get("/loans")["data"] == []
    file = tmp_path / "calls.ndjson"
    call_command("answer_leak", scene.client_id, "--record", str(file), "--only-record")
    assert get_scene(scene_id=scene.scene_id).status == "active"
    call_command("answer_leak", scene.client_id, "--record", str(file))
    assert get_scene(scene_id=scene.scene_id).status == "read_only"
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    with pytest.raises(CommandError):
        call_command("answer_leak", "cli_nobody", "--record", str(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_the_record_is_of_a_window_and_of_one_client(scene: SceneAccess) -> None:
    for hour, client_id in ((1, scene.client_id), (2, scene.client_id), (3, scene.client_id), (2, "cli_x")):
        call_log.note(seen(NOON + timedelta(hours=hour), client_id))
    window = {"since": NOON + timedelta(hours=2), "until": NOON + timedelta(hours=3)}
    (call, end) = lines(scene.client_id, **window)
    assert parse_datetime(call["at"]) == window["since"]
    assert end["calls"] == 1


def test_calls_are_kept_for_half_a_year_at_least(scene: SceneAccess) -> None:
    call_log.note(seen(NOON, scene.client_id))
    assert call_log.write() == 1
    kept = calls_kept(on_date=NOON.date())
    assert kept >= timedelta(days=184)
    assert access.forget_old_calls(kept=kept, now=NOON + kept) == 0
    assert access.forget_old_calls(kept=kept, now=NOON + kept + timedelta(days=1)) == 1
    assert CallRecord.objects.count() == 0


def test_a_thread_writes_what_was_noted(fresh_database: str, settings: Any) -> None:
    settings.CALL_LOG_SECONDS = 0.01
    call_log.note(seen(NOON, "cli_thread"))
    deadline = time.monotonic() + 10
    while not CallRecord.objects.filter(client_id="cli_thread").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    settings.CALL_LOG_SECONDS = 0
    while call_log._threads:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_call_that_cannot_be_written_does_not_hold_the_others_up(scene: SceneAccess) -> None:
    with bank_schema("qinglan"):
        call_log.note(seen(NOON, "cli_" + "x" * 100))
        assert call_log.write() == 0
        call_log.note(seen(NOON, "cli_next"))
        assert call_log.write() == 1


def seen(at: datetime, client_id: str) -> CallSeen:
    return CallSeen(at, client_id, "qinglan", "req_12345678", "GET", "/v1/loans", "127.0.0.1", 200, "", "")
