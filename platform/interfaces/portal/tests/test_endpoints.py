"""Webhook endpoints made in the portal: the scene's own, a secret shown once, an address that is refused."""

from typing import Any

import pytest

from interfaces.portal.tests.conftest import Sides
from interfaces.tests.portal import of_scene
from kernel.ids import parse_id
from plumbing.outbox.models import OutboxEvent, WebhookDelivery, WebhookEndpoint
from plumbing.schemas import bank_schema
from tenants.banks.models import Bank
from tenants.teams.roles import Role
from testkit.teams import add_person

PAGE = "/portal/endpoints"
URL = "https://own.example/hook"


def left() -> list[Any]:
    """Return everything that an act on an endpoint could leave behind."""
    with bank_schema("qinglan"):
        tables = (WebhookEndpoint, WebhookDelivery, OutboxEvent)
        return [list(table.objects.order_by("pk").values_list()) for table in tables]


@pytest.fixture
def made(sides: Sides) -> dict[str, Any]:
    answer = sides.owner.post(PAGE, {"url": URL, "event_types": ["loan.overdue", "webhook_endpoint.ping"]})
    assert answer.status_code == 201, answer.content
    assert answer["Cache-Control"] == "no-store"
    body: dict[str, Any] = answer.json()
    return body


def test_an_endpoint_is_registered_changed_paused_and_removed(sides: Sides, made: dict[str, Any]) -> None:
    endpoint, page = made["endpoint"], f"{PAGE}/{made['endpoint']['id']}"
    assert made["secret"].startswith("whsec_")
    assert (endpoint["status"], endpoint["event_types"]) == (
        "enabled",
        ["loan.overdue", "webhook_endpoint.ping"],
    )
    changed = sides.owner.post(page, {"url": "https://own.example/other"}).json()
    assert (changed["url"], changed["event_types"]) == ("https://own.example/other", [])
    assert sides.owner.post(f"{page}/pause").json()["status"] == "disabled"
    assert sides.owner.get(page).json()["disabled_reason"] == "asked"
    assert sides.owner.post(f"{page}/enable").json()["status"] == "enabled"
    again = sides.owner.post(f"{page}/secret").json()["secret"]
    assert again.startswith("whsec_")
    assert again != made["secret"]
    shown = of_scene("own", "owner").get(page).content.decode()
    assert "https://own.example/other" in shown
    assert "whsec_" not in shown
    assert sides.owner.post(f"{page}/remove").json()["status"] == "disabled"
    before = left()
    for act, sent in (("", {"url": URL}), ("/secret", {}), ("/pause", {}), ("/enable", {})):
        answer = sides.owner.post(f"{page}{act}", sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "outbox.endpoint_deleted")
    assert left() == before


def test_the_page_shows_the_secret_once_or_says_there_is_none(sides: Sides) -> None:
    owner = of_scene("own", "owner")
    assert "whsec_" in owner.post(PAGE, {"url": URL}).content.decode()
    signed = owner.post(PAGE, {"url": URL, "signing": "v1a", "format": "cloudevents"}).content.decode()
    assert "whpk_" in signed
    assert "WEBHOOK_SECRET" not in signed
    assert "whsec_" not in owner.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"url": "http://own.example/hook"}, 422, "webhooks.url_refused"),
        ({"url": "https://10.0.0.8/hook"}, 422, "webhooks.url_refused"),
        ({"url": "https://169.254.169.254/latest"}, 422, "webhooks.url_refused"),
        ({"url": ""}, 400, "form.field_missing"),
        ({"url": URL, "event_types": ["loan.lost"]}, 400, "form.field_invalid"),
        ({"url": URL, "signing": "none"}, 400, "form.field_invalid"),
    ],
)
def test_an_address_that_may_not_be_called_registers_and_changes_nothing(
    sides: Sides, made: dict[str, Any], sent: dict[str, Any], status: int, code: str
) -> None:
    before = left()
    answer = sides.owner.post(PAGE, sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if "signing" not in sent:
        changed = sides.owner.post(f"{PAGE}/{made['endpoint']['id']}", sent)
        assert (changed.status_code, changed.json()["code"]) == (status, code)
    assert left() == before


def test_a_refused_address_is_said_in_the_readers_language_beside_what_was_typed(sides: Sides) -> None:
    owner = of_scene("own", "owner", language="zh-hans")
    answer = owner.post(PAGE, {"url": "https://192.168.1.9/hook", "event_types": ["loan.overdue"]})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "不是公网地址" in text
    assert 'value="https://192.168.1.9/hook"' in text
    assert 'value="loan.overdue" checked' in text


def test_strangers_and_business_people_touch_no_endpoint(sides: Sides, made: dict[str, Any]) -> None:
    add_person(sides.own.scene_id, Role.BUSINESS, scene="own")
    page, business = f"{PAGE}/{made['endpoint']['id']}", of_scene("own", Role.BUSINESS, json=True)
    assert sides.stranger.get(PAGE).json()["endpoints"] == []
    assert business.get(PAGE).json()["endpoints"][0]["url"] == URL
    before = left()
    assert sides.stranger.get(page).status_code == 404
    for act in ("", "/secret", "/pause", "/remove"):
        answer = sides.stranger.post(f"{page}{act}", {"url": URL})
        assert (answer.status_code, answer.json()["code"]) == (404, "outbox.endpoint_unknown")
        assert business.post(f"{page}{act}", {"url": URL}).status_code == 403
    assert business.post(PAGE, {"url": URL}).status_code == 403
    assert left() == before


def test_where_a_live_banks_events_go_is_the_owners_business(sides: Sides, made: dict[str, Any]) -> None:
    Bank.objects.filter(schema_name="qinglan").update(livemode=True)
    add_person(sides.own.scene_id, Role.DEVELOPER, scene="own")
    page, developer = f"{PAGE}/{made['endpoint']['id']}", of_scene("own", Role.DEVELOPER, json=True)
    before = left()
    assert developer.post(PAGE, {"url": URL}).status_code == 403
    for act in ("", "/secret", "/pause", "/remove", "/enable"):
        assert developer.post(f"{page}{act}", {"url": URL}).status_code == 403
    assert left() == before
    assert developer.post(f"{page}/ping").status_code == 202
    assert sides.owner.post(f"{page}/pause").status_code == 200
    with bank_schema("qinglan"):
        row = WebhookEndpoint.objects.get(id=parse_id("whe", made["endpoint"]["id"]))
    assert row.disabled_reason == "asked"
