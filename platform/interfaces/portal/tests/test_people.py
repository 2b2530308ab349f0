"""Who comes in: people of a scene by its code, invited by an owner, out at once when removed."""

import pytest

from interfaces.portal.tests.conftest import Sides
from interfaces.sign_in import TRIES_PER_ADDRESS
from interfaces.tests.portal import OPERATOR, OPS_HOST, browser, of_scene, signed_in
from kernel.ids import new_id, public_id
from tenants.access.operations import add_operator
from tenants.scenes.operations import set_scene_status
from tenants.teams import operations
from tenants.teams.models import TeamAct, TeamMember
from tenants.teams.roles import Role
from testkit.banks import TEAM_PASSWORD
from testkit.clock import NOON
from testkit.teams import add_person

PAIR = {"scene": "own", "email": "owner@own.example", "password": TEAM_PASSWORD}


def test_a_wrong_answer_lets_nobody_in_and_says_nothing(sides: Sides) -> None:
    add_operator(email=OPERATOR, name="运营", password=TEAM_PASSWORD, now=NOON)
    client = browser(OPS_HOST, json=True)
    for wrong in (
        {"scene": "other"},
        {"scene": "nowhere"},
        {"email": "nobody@own.example"},
        {"password": "not-the-password"},
        {"email": OPERATOR},
    ):
        answer = client.post("/portal/sign-in", {**PAIR, **wrong})
        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in.failed")
    assert client.get("/portal/").status_code == 302


def test_nobody_guesses_for_ever(sides: Sides) -> None:
    client = browser(OPS_HOST, json=True)
    for _ in range(TRIES_PER_ADDRESS):
        client.post("/portal/sign-in", {**PAIR, "password": "not-the-password"})
    assert client.post("/portal/sign-in", PAIR).json()["code"] == "sign_in.too_many_tries"


def test_the_console_and_the_portal_are_not_one_house(sides: Sides) -> None:
    add_operator(email=OPERATOR, name="运营", password=TEAM_PASSWORD, now=NOON)
    assert signed_in(OPS_HOST, OPERATOR).get("/portal/").status_code == 302
    assert of_scene("own", "owner").get("/ops/").status_code == 403
    answer = browser(OPS_HOST, json=True).post(
        "/ops/sign-in", {"email": PAIR["email"], "password": TEAM_PASSWORD}
    )
    assert answer.status_code == 403


def test_an_invited_person_joins_once_and_signs_in(sides: Sides) -> None:
    made = sides.owner.post("/portal/team", {"email": "New@own.example", "name": "New", "role": "developer"})
    assert made.status_code == 201, made.content
    path = made.json()["link"].removeprefix("http://localhost")
    guest = browser(OPS_HOST)
    assert b"new@own.example" in guest.get(path).content
    short = guest.post(path, {"password": "short"})
    assert short.status_code == 400
    assert TeamMember.objects.get(email="new@own.example").joined_at is None
    assert guest.post(path, {"password": "a password of my own"}).status_code == 302
    assert guest.get(path).status_code == 404
    assert guest.post(path, {"password": "another password"}).status_code == 404
    pair = {"scene": "own", "email": "new@own.example", "password": "a password of my own"}
    assert browser(OPS_HOST, json=True).post("/portal/sign-in", pair).status_code == 200
    again = sides.owner.post("/portal/team", {"email": "new@own.example", "name": "New", "role": "owner"})
    assert (again.status_code, again.json()["code"]) == (409, "teams.member_exists")
    assert TeamMember.objects.get(email="new@own.example").role == Role.DEVELOPER


def test_an_operator_invites_the_first_owner(sides: Sides) -> None:
    add_operator(email=OPERATOR, name="运营", password=TEAM_PASSWORD, now=NOON)
    page = f"/ops/scenes/{public_id('scn', sides.own.scene_id)}"
    sent = {"email": "first@own.example", "name": "First"}
    assert sides.owner.post(f"{page}/team", sent).status_code == 403
    console = signed_in(OPS_HOST, OPERATOR)
    assert console.post(f"{page}/team", sent).status_code == 302
    assert b"/portal/join/" in console.get(page).content
    assert b"/portal/join/" not in console.get(page).content
    person = TeamMember.objects.get(email="first@own.example")
    assert (person.role, person.joined_at) == (Role.OWNER, None)
    act = TeamAct.objects.get(action="person.invite")
    assert (act.actor, act.scene_id, act.detail["email"]) == (OPERATOR, sides.own.scene_id, person.email)


def test_who_is_removed_is_out_at_once(sides: Sides) -> None:
    person = add_person(sides.own.scene_id, Role.DEVELOPER, scene="own")
    client = of_scene("own", Role.DEVELOPER, json=True)
    assert client.get("/portal/").status_code == 200
    assert sides.owner.post(f"/portal/team/{public_id('mem', person.id)}").status_code == 200
    assert client.get("/portal/").status_code == 302
    assert [one["role"] for one in sides.owner.get("/portal/team").json()["people"]] == ["owner"]


def test_a_closed_scene_has_no_way_in(sides: Sides) -> None:
    set_scene_status(scene_id=sides.own.scene_id, status="closed")
    assert sides.owner.get("/portal/").status_code == 302
    assert browser(OPS_HOST, json=True).post("/portal/sign-in", PAIR).status_code == 403


def test_the_last_owner_stays(sides: Sides) -> None:
    me = TeamMember.objects.get(scene_id=sides.own.scene_id)
    page = f"/portal/team/{public_id('mem', me.id)}"
    for sent in ({}, {"role": "developer"}):
        answer = sides.owner.post(page, sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "teams.last_owner")
    assert sides.owner.post(page, {"role": "emperor"}).json()["code"] == "teams.role_unknown"
    me.refresh_from_db()
    assert (me.role, me.is_active) == (Role.OWNER, True)


def test_a_team_is_not_endless(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = add_person(sides.own.scene_id, Role.DEVELOPER, scene="own")
    operations.remove(member_id=gone.id, scene_id=sides.own.scene_id)
    monkeypatch.setattr(operations, "TEAM_MAX", 1)
    for email in ("b@own.example", gone.email):
        answer = sides.owner.post("/portal/team", {"email": email, "name": "B", "role": "owner"})
        assert (answer.status_code, answer.json()["code"]) == (409, "teams.team_full")
    assert TeamMember.objects.filter(scene_id=sides.own.scene_id, is_active=True).count() == 1


def test_another_scenes_person_is_not_there(sides: Sides) -> None:
    me = TeamMember.objects.get(scene_id=sides.own.scene_id)
    for name in (public_id("mem", me.id), public_id("mem", new_id())):
        answer = sides.stranger.post(f"/portal/team/{name}", {"role": "developer"})
        assert (answer.status_code, answer.json()["code"]) == (404, "teams.member_unknown")
    assert "owner@own.example" not in sides.stranger.get("/portal/team").content.decode()
    me.refresh_from_db()
    assert me.role == Role.OWNER
