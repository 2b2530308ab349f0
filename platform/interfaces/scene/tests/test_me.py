"""Who a token speaks for, the reasons a decision may give, and the version a call is pinned to."""

from interfaces.door import now
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.test_forms import rows
from interfaces.scene.tests.world import business_body
from kernel.ids import public_id
from risk.rules.reasons import NEUTRAL_EN


def test_a_token_says_whose_it_is_and_what_it_may_do(caller: Caller) -> None:
    caller.token = caller.access.token("lian", now=now(), scopes=["events:read", "loans:read"])
    said = caller.get("/me")
    assert said["scene"] == public_id("scn", caller.access.scene_id)
    assert (said["scene_code"], said["client"]) == ("xianlian", caller.access.client_id)
    assert said["scopes"] == ["events:read", "loans:read"]


def test_reasons_are_listed_in_the_readers_language_and_suspicions_are_not(caller: Caller) -> None:
    english = caller.call("GET", "/reason_codes", accept_language="en").json()["data"]
    chinese = caller.call("GET", "/reason_codes", accept_language="zh-CN").json()["data"]
    assert [row["code"] for row in english] == sorted({row["code"] for row in chinese})
    texts = {row["code"]: row["text"] for row in english}
    assert texts["history_short"] == "Your receipts history is still too short."
    assert NEUTRAL_EN not in texts.values()
    assert {row["code"]: row["text"] for row in chinese}["history_short"] == "您的收款历史时间较短"


def test_a_call_is_answered_in_the_version_it_pins_and_an_unknown_one_does_nothing(caller: Caller) -> None:
    assert caller.call("GET", "/me")["Sluice-Version"] == "2026-11-01"
    assert caller.call("GET", "/me", sluice_version="2026-11-01").status_code == 200
    before = rows()
    refused = caller.refused(
        "POST", "/businesses", 400, "version_unknown", business_body(), sluice_version="2020-01-01"
    )
    assert refused["params"] == {"given": "2020-01-01", "known": "2026-11-01"}
    assert rows() == before


def test_lists_are_asked_by_the_scenes_own_id_and_by_when_things_were_made(caller: Caller) -> None:
    first, second = (caller.post("/businesses", business_body(number)) for number in (1, 2))
    ids = {row["id"] for row in caller.get("/businesses")["data"]}
    assert ids == {first["id"], second["id"]}
    [found] = caller.get("/businesses?external_id=shop-2")["data"]
    assert found["id"] == second["id"]
    moment = second["created_at"]
    since = caller.get(f"/businesses?created_at[gte]={moment}")["data"]
    before = caller.get(f"/businesses?created_at[lt]={moment}")["data"]
    assert ([row["id"] for row in since], [row["id"] for row in before]) == ([second["id"]], [first["id"]])
    for path in ("applications", "drawdowns", "repayments"):
        assert caller.get(f"/{path}?external_id=shop-2&created_at[gte]={moment}")["data"] == []
    for path in ("credit_lines", "loans", "offers"):
        assert caller.get(f"/{path}?created_at[lt]={moment}")["data"] == []
    caller.refused("GET", "/loans?created_at[gte]=yesterday", 400, "parameter_invalid")
