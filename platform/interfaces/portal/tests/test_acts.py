"""What people of a scene do is written down: who, what, when, from where; only its owners read it."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from interfaces.portal.tests.conftest import Sides
from interfaces.tests.portal import OPS_HOST, browser, of_scene
from tenants.banks.queries import get_bank
from tenants.teams.models import TeamAct
from tenants.teams.roles import Role
from testkit.teams import add_person

PAGE = "/portal/audit"


def trail(client: Client, **asked: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(PAGE, asked).json()["data"]
    return rows


def test_acts_are_read_newest_first_by_the_scenes_owners_alone(sides: Sides) -> None:
    owner = sides.owner
    key = owner.post("/portal/keys", {"name": "mine"}).json()["client_id"]
    owner.post(f"/portal/keys/{key}/addresses", {"addresses": "192.0.2.0/24"})
    owner.post(f"/portal/keys/{key}/secret")
    owner.post(f"/portal/keys/{key}/revoke")
    sent = {"email": "new@own.example", "name": "New", "role": "developer"}
    invited = owner.post("/portal/team", sent).json()
    answer = browser(OPS_HOST, json=True).post(
        invited["link"].removeprefix("http://localhost"), {"password": "a long enough one"}
    )
    assert answer.status_code == 200
    owner.post(f"/portal/team/{invited['id']}", {"role": "business"})
    owner.post(f"/portal/team/{invited['id']}")
    made = owner.post("/portal/endpoints", {"url": "https://own.example/hook?token=hidden"}).json()
    owner.post(f"/portal/endpoints/{made['endpoint']['id']}/ping")
    rows = trail(owner)
    assert [row["action"] for row in rows] == [
        *("endpoint.ping", "endpoint.register", "person.remove", "person.role", "person.join"),
        *("person.invite", "key.revoke", "key.secret", "key.addresses", "key.make", "session.begin"),
    ]
    by_name = {row["action"]: row for row in rows}
    assert by_name["person.join"]["actor"] == "new@own.example"
    assert by_name["key.addresses"]["detail"] == {"addresses": "192.0.2.0/24"}
    assert (by_name["key.revoke"]["subject"], by_name["key.revoke"]["address"]) == (key, "127.0.0.1")
    assert by_name["endpoint.register"]["subject"] == "https://own.example/hook"
    assert by_name["endpoint.ping"]["bank_name"] == get_bank(schema_name="qinglan").name_en
    assert not {"sk_test", "whsec", "hidden"} & set(str(rows).split("_"))
    assert [row["action"] for row in trail(sides.stranger)] == ["session.begin"]
    add_person(sides.own.scene_id, Role.DEVELOPER, scene="own")
    assert of_scene("own", Role.DEVELOPER, json=True).get(PAGE).status_code == 403


def test_the_trail_is_filtered_and_paged(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two", "three"):
        sides.owner.post("/portal/keys", {"name": name})
    assert [row["detail"] for row in trail(sides.owner, kind="key", who="OWNER@")] == [
        {"name": "three"},
        {"name": "two"},
        {"name": "one"},
    ]
    assert trail(sides.owner, who="nobody") == trail(sides.owner, until="2026-01-01") == []
    monkeypatch.setattr("interfaces.portal.acts.LISTED", 2)
    assert sides.owner.get(PAGE, {"kind": "key"}).json()["has_more"] is True
    last = TeamAct.objects.filter(action="key.make").order_by("position")[1]
    assert [row["detail"] for row in trail(sides.owner, kind="key", after=str(last.position))] == [
        {"name": "one"}
    ]
    for wrong in ({"kind": "emperor"}, {"after": "x"}, {"from": "soon"}, {"after": "9" * 30}):
        assert sides.owner.get(PAGE, wrong).status_code == 400


def test_what_is_refused_at_the_scene_leaves_no_act_and_at_a_bank_both(sides: Sides) -> None:
    made = sides.owner.post("/portal/endpoints", {"url": "https://own.example/hook"}).json()["endpoint"]["id"]
    before = TeamAct.objects.count()
    assert sides.owner.post("/portal/keys/cli_none/revoke").status_code == 404
    assert (
        sides.owner.post("/portal/team", {"email": "x@y.example", "name": "X", "role": "x"}).status_code
        == 400
    )
    assert sides.stranger.post(f"/portal/endpoints/{made}/ping").status_code == 404
    assert TeamAct.objects.count() == before
    span = {"from": "soon", "to": "later"}
    assert sides.owner.post(f"/portal/endpoints/{made}/replay", span).status_code == 400
    refused, begun, *_ = trail(sides.owner)
    assert (begun["action"], begun["refused_with"]) == ("endpoint.replay", "")
    assert (refused["action"], refused["refused_with"]) == ("endpoint.replay", "form.field_invalid")


def test_the_database_refuses_to_change_or_drop_an_act(sides: Sides) -> None:
    rows = TeamAct.objects.filter(scene_id=sides.own.scene_id)
    for change in (lambda: rows.update(actor="nobody@own.example"), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert [row.actor for row in rows] == ["owner@own.example"]
