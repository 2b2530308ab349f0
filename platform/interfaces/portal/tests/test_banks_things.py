"""What happens at banks: deliveries, clocks, data, settlements, the widget; a scene's own only."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client

from interfaces.door import now
from interfaces.portal.tests.conftest import Sides
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.test_token import ask
from interfaces.scene.tests.world import business_body
from interfaces.tests.portal import HOST, browser, of_scene
from kernel.ids import new_id, parse_id, public_id
from kernel.money import Money
from ledger.settlement import operations as settlement
from ledger.settlement.netting import Owed
from openbanking.batches.models import BatchStatus, DataBatch, RowFault
from openbanking.embed_sessions.models import EmbedSession
from plumbing.outbox import operations as outbox
from plumbing.outbox.models import OutboxEvent, WebhookDelivery
from plumbing.schemas import bank_schema
from tenants.banks.models import Bank
from tenants.banks.queries import get_bank
from tenants.sandboxes.models import TestClock as ClockRow
from tenants.sandboxes.operations import mark_ready, open_clock
from tenants.scenes.models import Scene
from tenants.teams.roles import Role
from testkit.clock import NOON
from testkit.teams import add_person


def delivered(scene_id: UUID) -> WebhookDelivery:
    """Register an endpoint, ping it, and note the answer as the sender would."""
    instant = now()
    with bank_schema("qinglan"), transaction.atomic():
        endpoint, _ = outbox.register_endpoint(
            scene_id=scene_id, url="https://own.example/hook", event_types=[], now=instant
        )
        outbox.ping_endpoint(endpoint_id=endpoint.id, scene_id=scene_id, now=instant)
        outbox.publish(now=instant)
        [parcel] = outbox.claim_deliveries(now=instant, limit=1)
        outbox.record_delivery(
            delivery_id=parcel.delivery_id,
            status_code=200,
            error="",
            response_excerpt="ok",
            duration=timedelta(milliseconds=7),
            retry_after_seconds=None,
            jitter=0.5,
            now=instant,
        )
        return WebhookDelivery.objects.get(id=parcel.delivery_id)


def ways() -> int:
    with bank_schema("qinglan"):
        return WebhookDelivery.objects.count() + OutboxEvent.objects.count()


def test_a_delivery_is_seen_and_sent_again_by_its_own_scene_alone(sides: Sides) -> None:
    one = delivered(sides.own.scene_id)
    bank = public_id("bnk", get_bank(schema_name="qinglan").id)
    [row] = sides.owner.get("/portal/deliveries").json()["data"]
    assert (row["status"], row["event_type"]) == ("delivered", "webhook_endpoint.ping")
    page = f"/portal/deliveries/{row['id']}"
    detail = sides.owner.get(page).json()
    assert (detail["attempts"][0]["status_code"], detail["body"]["bank"]) == (200, bank)
    assert "webhook" in sides.owner.get("/portal/").json()["done"]
    endpoint = f"/portal/endpoints/{row['endpoint']}"
    before = ways()
    for act in ("ping", "replay", "enable"):
        answer = sides.stranger.post(f"{endpoint}/{act}", {"event": row["event"]})
        assert (answer.status_code, answer.json()["code"]) == (404, "outbox.endpoint_unknown")
    assert sides.owner.post(f"{endpoint}/replay", {"from": "soon", "to": "later"}).status_code == 400
    assert sides.owner.post(f"{endpoint}/replay", {"event": public_id("evt", new_id())}).status_code == 404
    assert ways() == before
    assert sides.owner.post(f"{endpoint}/replay", {"event": row["event"]}).json()["event_count"] == 1
    span = {"from": (one.created_at - timedelta(hours=1)).isoformat(), "to": now().isoformat()}
    assert sides.owner.post(f"{endpoint}/replay", span).json()["event_count"] == 1
    assert sides.owner.post(f"{endpoint}/ping").status_code == 202
    assert ways() > before
    assert sides.stranger.get("/portal/deliveries").json()["data"] == []
    assert sides.stranger.get(page).status_code == 404
    elsewhere = public_id("bnk", get_bank(schema_name="lian").id)
    assert sides.owner.get("/portal/deliveries", {"bank": elsewhere}).status_code == 404


def test_a_business_person_replays_nothing(sides: Sides) -> None:
    endpoint = public_id("whe", delivered(sides.own.scene_id).endpoint_id)
    add_person(sides.own.scene_id, Role.BUSINESS, scene="own")
    before, person = ways(), of_scene("own", Role.BUSINESS, json=True)
    assert person.post(f"/portal/endpoints/{endpoint}/ping").status_code == 403
    assert ways() == before


@pytest.fixture
def clock(sides: Sides) -> ClockRow:
    """A clock of the first scene, noted as ready; its bank is one that stands already."""
    view, _ = open_clock(
        scene_id=sides.own.scene_id,
        name="story",
        frozen_date=date(2026, 11, 2),
        seed="empty",
        idempotency_key="",
        body_sha256="",
        now=NOON,
    )
    mark_ready(clock_id=view.id, frozen_date=view.frozen_date, now=NOON)
    return ClockRow.objects.get(id=view.id)


def test_a_clock_is_its_own_scenes_alone(sides: Sides, clock: ClockRow) -> None:
    page = f"/portal/clocks/{public_id('clk', clock.id)}"
    [row] = sides.owner.get("/portal/clocks").json()["clocks"]
    assert (row["name"], row["frozen_date"]) == ("story", "2026-11-02")
    assert sides.owner.get(page).json()["timeline"] == []
    assert sides.stranger.get("/portal/clocks").json()["clocks"] == []
    assert sides.stranger.get(page).status_code == 404
    for path in (page, f"{page}/reset", f"{page}/delete"):
        answer = sides.stranger.post(path, {"to_date": "2026-12-01"})
        assert (answer.status_code, answer.json()["code"]) == (404, "sandboxes.clock_not_found")
    unclear = sides.owner.post(page, {"to_date": "2026-12-01", "until": "maturity"})
    assert (unclear.status_code, unclear.json()["code"]) == (400, "sandboxes.advance_unclear")
    assert sides.owner.post(page, {"until": "christmas"}).status_code == 400
    row = ClockRow.objects.get(id=clock.id)
    assert (row.status, row.advance_number) == ("ready", 0)


def test_a_clock_that_moves_is_left_alone(sides: Sides, clock: ClockRow) -> None:
    rows = ClockRow.objects.filter(id=clock.id)
    rows.update(bank=get_bank(schema_name="lian").id)
    page = f"/portal/clocks/{public_id('clk', clock.id)}"
    assert sides.owner.post(page, {"until": "maturity"}).json()["code"] == "sandboxes.nothing_to_wait_for"
    assert rows.get().advance_number == 0
    assert "clock" not in sides.owner.get("/portal/").json()["done"]
    rows.update(status="advancing", advance_number=1, advance_to_date=date(2026, 12, 1))
    answer = sides.owner.post(f"{page}/delete")
    assert (answer.status_code, answer.json()["code"]) == (409, "sandboxes.clock_advancing")
    assert rows.get().advance_to_date == date(2026, 12, 1)
    assert "clock" in sides.owner.get("/portal/").json()["done"]


def test_freshness_and_refused_rows_by_cluster(sides: Sides) -> None:
    caller = Caller(sides.own, token=ask(sides.own).json()["access_token"])
    business = caller.post("/businesses", business_body())["id"]
    with bank_schema("qinglan"):
        batch = DataBatch.objects.create(
            enterprise_id=parse_id("biz", business),
            scene_id=sides.own.scene_id,
            consent_id=new_id(),
            cluster="receipts",
            period_start_date=date(2026, 10, 1),
            period_end_date=date(2026, 10, 31),
            status=BatchStatus.COMPLETED,
            rows_read=12,
            rows_accepted=9,
            rows_rejected=2,
            rows_duplicate=1,
            created_at=NOON,
            completed_at=NOON,
        )
        RowFault.objects.create(batch=batch, line=4, code="receipts.amount_invalid", field="amount")
    [row] = sides.owner.get("/portal/data").json()["data"]
    figures = ("rows_accepted", "rows_rejected", "rows_duplicate", "last_day")
    assert [row[name] for name in figures] == [9, 2, 1, "2026-10-30"]
    assert row["name"] == "示***1"
    assert row["faults"] == [{"line": 4, "code": "receipts.amount_invalid", "field": "amount"}]
    assert sides.stranger.get("/portal/data").json()["data"] == []


def test_settlements_are_the_scenes_own_and_business_peoples(sides: Sides) -> None:
    party = f"scene:{sides.own.scene_id}"
    with bank_schema("qinglan"), transaction.atomic():
        settlement.register_party(
            code=party, kind="scene", name=party, account_number="", holder_name="", now=NOON
        )
        owed = [
            Owed(party, "service_fee", Money.parse(amount), "2241", date(2026, 11, 1), f"fee:{amount}", "drw")
            for amount in ("6.00", "1.50")
        ]
        settlement.accrue(owed=owed[:1], now=NOON)
        [batch] = settlement.net_day(business_date=date(2026, 11, 2), now=NOON)
        settlement.accrue(owed=owed[1:], now=NOON)
    found = sides.owner.get("/portal/settlements").json()
    assert found["accrued"]["amount"] == "1.50"
    assert [(one["id"], one["net"]["amount"]) for one in found["batches"]] == [(batch.public_id, "6.00")]
    page = f"/portal/settlements/{batch.public_id}"
    assert sides.owner.get(page).json()["lines"][0]["key"] == "fee:6.00"
    assert batch.public_id in sides.owner.get(page, {"form": "file"}).content.decode()
    assert sides.stranger.get(page).status_code == 404
    assert sides.stranger.get("/portal/settlements").json()["batches"] == []
    add_person(sides.own.scene_id, Role.DEVELOPER, scene="own")
    assert of_scene("own", Role.DEVELOPER, json=True).get(page).status_code == 403


def previewed(client: Client, business: str, **changes: str) -> Any:
    sent = {"component": "offer_tile", "locale": "en", "business": business, **changes}
    return client.post("/portal/embed", sent)


def test_a_preview_is_a_session_of_the_scenes_own_business(sides: Sides) -> None:
    caller = Caller(sides.own, token=ask(sides.own).json()["access_token"])
    business = caller.post("/businesses", business_body())["id"]
    answer = previewed(sides.owner, business)
    assert answer.status_code == 201, answer.content
    assert answer.json()["url"].startswith("http://qinglan.localhost/embed/ems_")
    frame = browser(HOST).get(answer.json()["url"].partition("#")[0].removeprefix(f"http://{HOST}"))
    assert frame["Content-Security-Policy"].endswith("frame-ancestors http://localhost")
    page = previewed(of_scene("own", "owner"), business)
    assert "frame-src http://qinglan.localhost" in page["Content-Security-Policy"]
    with bank_schema("qinglan"):
        count = EmbedSession.objects.count()
    assert previewed(sides.stranger, business).status_code == 404
    assert previewed(sides.owner, business, locale="xx").status_code == 400
    assert previewed(sides.owner, business, component="all").status_code == 400
    sides.owner.post(f"/portal/keys/{sides.own.client_id}/revoke")
    assert previewed(sides.owner, business).json()["code"] == "portal.preview_needs_key"
    Bank.objects.filter(schema_name="qinglan").update(livemode=True)
    assert previewed(sides.owner, business).json()["code"] == "portal.preview_sandbox_only"
    with bank_schema("qinglan"):
        assert EmbedSession.objects.count() == count


def test_the_checklist_for_going_live_is_what_is(sides: Sides) -> None:
    found = sides.owner.get("/portal/go-live").json()
    assert found["banks"] == {}
    assert [name for name, holds in found["items"].items() if holds] == ["active"]
    bank = get_bank(schema_name="qinglan")
    Bank.objects.filter(id=bank.id).update(livemode=True)
    delivered(sides.own.scene_id)
    Scene.objects.filter(id=sides.own.scene_id).update(status="read_only")
    found = sides.owner.get("/portal/go-live").json()
    assert found["banks"][public_id("bnk", bank.id)] == {"contract": True, "listing": True, "webhook": True}
    assert found["items"]["active"] is False
