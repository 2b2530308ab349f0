"""The overview counts a scene's own merchants, each in the month it came, and names what failed."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from interfaces.door import now
from interfaces.portal.overview import first_month, months_between
from interfaces.portal.tests.conftest import Sides
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.test_token import ask
from interfaces.tests.portal import of_scene
from kernel.ids import public_id
from lending.applications.models import Application
from marketing.campaigns.models import Offer
from plumbing.outbox import operations as outbox
from plumbing.schemas import bank_schema
from tenants.banks.models import Bank
from tenants.banks.queries import get_bank
from tenants.teams.roles import Role
from testkit.teams import add_person
from testkit.worlds import build

PAGE = "/portal/overview"


def figures(client: Client, **asked: str) -> dict[str, Any]:
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_the_funnel_counts_a_scenes_own_merchants_by_the_month_they_came(sides: Sides) -> None:
    with bank_schema("qinglan"), transaction.atomic():
        build(sides.own)
        applications = list(Application.objects.order_by("submitted_at", "id"))
        offers = Offer.objects.count()
        Offer.objects.update(delivered_at=now())
        touched = applications[0]
        Application.objects.filter(id=touched.id).update(human_touch_count=2)
    found = figures(sides.owner)
    steps = found["total"]["steps"]
    approved = [one for one in applications if one.approved_amount is not None]
    assert (steps["offered"], steps["delivered"]) == (offers, offers)
    assert (steps["applied"], steps["approved"]) == (len(applications), len(approved))
    assert 0 < steps["drawn"] <= steps["approved"]
    assert found["total"]["human_touches"] >= 2
    assert float(found["total"]["amount"]["amount"]) > 0
    [bank] = found["banks"]
    assert bank["bank"] == public_bank()
    assert sum(month["applied"] for month in bank["months"]) == len(applications)
    with bank_schema("qinglan"):
        Application.objects.filter(id=touched.id).update(submitted_date=date(2026, 8, 31))
    assert figures(sides.owner)["total"]["steps"]["applied"] == len(applications) - 1
    assert figures(sides.owner, months="12")["banks"][0]["months"][0]["month"] == "2026-08-01"
    page = of_scene("own", "owner").get(PAGE, {"months": "12"}).content.decode()
    assert page.count("data-chart=") == 2
    nothing = figures(sides.stranger)
    assert set(nothing["total"]["steps"].values()) == {0}
    assert nothing["failures"] == []


def public_bank() -> str:
    return public_id("bnk", get_bank(schema_name="qinglan").id)


def test_the_last_failures_are_the_scenes_own(sides: Sides) -> None:
    caller = Caller(sides.own, token=ask(sides.own).json()["access_token"])
    caller.refused("GET", "/loans/lon_1", 404, "malformed_id")
    with bank_schema("qinglan"), transaction.atomic():
        instant = now()
        endpoint, _ = outbox.register_endpoint(
            scene_id=sides.own.scene_id, url="https://own.example/hook", event_types=[], now=instant
        )
        outbox.ping_endpoint(endpoint_id=endpoint.id, scene_id=sides.own.scene_id, now=instant)
        outbox.publish(now=instant)
        [parcel] = outbox.claim_deliveries(now=instant, limit=1)
        outbox.record_delivery(
            delivery_id=parcel.delivery_id,
            status_code=410,
            error="gone",
            response_excerpt="",
            duration=timedelta(milliseconds=7),
            retry_after_seconds=None,
            jitter=0.5,
            now=instant,
        )
    rows = figures(sides.owner)["failures"]
    assert {(row["what"], row["code"]) for row in rows} == {
        ("call", "malformed_id"),
        ("delivery", "webhook_endpoint.ping"),
    }
    assert figures(sides.stranger)["failures"] == []


def test_money_is_for_those_who_see_it_and_banks_of_a_kind_stay_apart(sides: Sides) -> None:
    add_person(sides.own.scene_id, Role.DEVELOPER, scene="own")
    developer = of_scene("own", Role.DEVELOPER, json=True)
    assert "owed" not in figures(developer)["total"]
    assert "owed" not in figures(developer)["banks"][0]
    assert figures(sides.owner)["total"]["owed"]["amount"] == "0.00"
    Bank.objects.filter(schema_name="qinglan").update(livemode=True)
    assert len(figures(sides.owner)["banks"]) == 1
    assert figures(sides.owner, kind="sandbox")["banks"] == []
    for wrong in ({"kind": "all"}, {"months": "7"}):
        assert sides.owner.get(PAGE, wrong).status_code == 400


def test_a_period_begins_with_a_month() -> None:
    assert first_month(date(2026, 11, 7), 1) == date(2026, 11, 1)
    assert first_month(date(2026, 1, 31), 3) == date(2025, 11, 1)
    assert first_month(date(2026, 12, 1), 12) == date(2026, 1, 1)
    august, january = date(2026, 8, 1), date(2027, 1, 1)
    assert months_between([january, august, august])[::5] == [august, january]
    assert months_between([]) == []
