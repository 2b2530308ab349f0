"""Webhook endpoints and their log through the API."""

import base64
from typing import Any, Final

import pytest
from django.db import transaction

from interfaces.door import now
from interfaces.scene.tests.caller import Caller, work
from kernel.ids import new_id, public_id
from plumbing.outbox import operations as outbox
from plumbing.schemas import bank_schema
from tenants.banks.models import Bank

EVENT: Final = public_id("evt", new_id())


def test_webhook_endpoints_live_and_die(caller: Caller) -> None:
    body = {"url": "https://scene.example/hook", "event_types": ["drawdown.paid_out"]}
    made = caller.post("/webhook_endpoints", body)
    endpoint = made["endpoint"]
    assert caller.get("/webhook_endpoints")["data"] == [endpoint]
    assert caller.get(f"/webhook_endpoints/{endpoint['id']}") == endpoint
    rotated = caller.post(f"/webhook_endpoints/{endpoint['id']}/rotate_secret", {}, status=200)
    assert rotated["secret"] != made["secret"]
    assert caller.post(f"/webhook_endpoints/{endpoint['id']}/ping", {}, status=202) == endpoint
    gone = caller.call("DELETE", f"/webhook_endpoints/{endpoint['id']}").json()
    assert (gone["status"], gone["disabled_reason"]) == ("disabled", "deleted")
    path = f"/webhook_endpoints/{endpoint['id']}"
    caller.refused("PATCH", path, 409, "outbox.endpoint_deleted", {"status": "enabled"})
    caller.refused("POST", f"{path}/rotate_secret", 409, "outbox.endpoint_deleted", {})
    caller.refused("POST", f"{path}/replay", 409, "outbox.endpoint_disabled", {"event_ids": [EVENT]})
    assert caller.get("/webhook_deliveries")["data"] == []
    assert caller.get(f"/webhook_deliveries?endpoint={endpoint['id']}")["data"] == []


def test_an_asymmetric_endpoint_has_a_public_key_and_no_secret(caller: Caller) -> None:
    body = {"url": "https://scene.example/hook", "signing": "v1a", "format": "cloudevents"}
    made = caller.post("/webhook_endpoints", body)
    endpoint = made["endpoint"]
    assert made["secret"] is None
    assert len(base64.b64decode(endpoint["public_key"].removeprefix("whpk_"))) == 32
    assert (endpoint["format"], endpoint["signing"]) == ("cloudevents", "v1a")
    turned = caller.post(f"/webhook_endpoints/{endpoint['id']}/rotate_secret", {}, status=200)
    assert turned["secret"] is None
    assert turned["endpoint"]["public_key"] != endpoint["public_key"]


def test_an_endpoint_is_changed_by_what_is_given(caller: Caller) -> None:
    endpoint = caller.post("/webhook_endpoints", {"url": "https://scene.example/hook"})["endpoint"]
    path = f"/webhook_endpoints/{endpoint['id']}"
    changes = {"url": "https://new.example/hook", "event_types": ["loan.overdue"], "status": "disabled"}
    changed = caller.call("PATCH", path, changes).json()
    assert changed == {**endpoint, **changes, "disabled_reason": "asked"}
    assert caller.call("PATCH", path, {"status": "enabled"}).json()["disabled_reason"] == ""
    caller.refused("PATCH", path, 422, "webhooks.url_refused", {"url": "https://10.0.0.1/"})
    for wrong in ({"api_version": "2020-01-01"}, {"status": "gone"}, {"secret": "x"}, {"signing": "v1a"}):
        caller.refused("PATCH", path, 400, "parameter_invalid", wrong)
    assert caller.get(path) == {**changed, "status": "enabled", "disabled_reason": ""}


def test_deliveries_are_read_and_events_sent_again(caller: Caller) -> None:
    endpoint = caller.post("/webhook_endpoints", {"url": "https://nowhere.example/hook"})["endpoint"]
    path = f"/webhook_endpoints/{endpoint['id']}"
    caller.post(f"{path}/ping", {}, status=202)
    with bank_schema("qinglan"), transaction.atomic():
        outbox.publish(now=now())
        (parcel,) = outbox.claim_deliveries(now=now())
        outbox.record_delivery(
            delivery_id=parcel.delivery_id, status_code=410, response_excerpt="gone", now=now()
        )
    (failed,) = caller.get("/webhook_deliveries?status=failed")["data"]
    assert (failed["event_type"], failed["is_replay"]) == ("webhook_endpoint.ping", False)
    detail = caller.get(f"/webhook_deliveries/{failed['id']}")
    assert [(one["status_code"], one["response_excerpt"]) for one in detail["attempts"]] == [(410, "gone")]
    caller.call("PATCH", path, {"status": "enabled"})
    for body in (
        {"event_ids": [failed["event"]]},
        {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"},
    ):
        sent = caller.post(f"{path}/replay", body, status=202)
        assert (sent["endpoint"], sent["event_count"]) == (endpoint["id"], 1)
    page = caller.get(f"/webhook_deliveries?event={failed['event']}&limit=1")
    assert (page["data"][0]["is_replay"], page["has_more"]) == (True, True)
    (last,) = caller.get(f"/webhook_deliveries?event_type=webhook_endpoint.ping&after={page['next_cursor']}")[
        "data"
    ]
    assert last == failed
    caller.refused("POST", f"{path}/replay", 400, "replay_unbounded", {"from": "2020-01-01T00:00:00Z"})
    caller.refused("POST", f"{path}/replay", 404, "outbox.event_unknown", {"event_ids": [EVENT]})
    caller.refused("GET", f"/webhook_deliveries?event={EVENT}", 404, "outbox.event_unknown")
    caller.refused("GET", f"/webhook_deliveries/{public_id('whd', new_id())}", 404, "outbox.delivery_unknown")
    assert len(caller.get("/webhook_deliveries")["data"]) == 2


@pytest.mark.parametrize(
    "url",
    ["http://scene.example/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "ftp://x.example/",
     "https://user:pw@scene.example/", "https://scene.example/#x", "https://169.254.169.254/latest", "//x",
     "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://0x7f.1/", "https://2130706433/",
     "https://localhost/", "https://intranet/", "https://a b.example/", "https:///path"],
)  # fmt: skip
def test_an_endpoint_must_be_a_public_https_address(caller: Caller, url: str) -> None:
    caller.refused("POST", "/webhook_endpoints", 422, "webhooks.url_refused", {"url": url})


def test_an_unknown_event_type_is_refused(caller: Caller) -> None:
    body = {"url": "https://scene.example/hook", "event_types": ["loan.forgiven"]}
    answer = caller.refused("POST", "/webhook_endpoints", 400, "parameter_invalid", body)
    assert answer["errors"][0]["pointer"] == "/event_types/0"


def test_the_feed_says_whether_the_bank_is_live(caller: Caller) -> None:
    endpoint = caller.post("/webhook_endpoints", {"url": "https://scene.example/hook"})["endpoint"]
    caller.post(f"/webhook_endpoints/{endpoint['id']}/ping", {}, status=202)
    with bank_schema("qinglan"), transaction.atomic():
        outbox.publish(now=now())
    assert (endpoint["livemode"], caller.get("/events")["data"][0]["livemode"]) == (False, False)
    Bank.objects.filter(schema_name="qinglan").update(livemode=True)
    (event,) = caller.get("/events")["data"]
    assert (event["livemode"], caller.get(f"/events/{event['id']}")["livemode"]) == (True, True)
    assert caller.get(f"/webhook_endpoints/{endpoint['id']}")["livemode"] is True
    by_name = {bank["name"]: bank["livemode"] for bank in caller.get("/banks")["data"]}
    assert by_name == {"漓岸城商银行": False, "青澜农商银行": True}


def pinged(caller: Caller, metadata: dict[str, str]) -> Any:
    """Register an endpoint, ping it, let the relay work; return the delivery with its attempts."""
    types = ["webhook_endpoint.ping"]
    body = {"url": "https://scene.example/hook", "event_types": types, "metadata": metadata}
    endpoint = caller.post("/webhook_endpoints", body)["endpoint"]
    assert endpoint["metadata"] == metadata
    caller.post(f"/webhook_endpoints/{endpoint['id']}/ping", {}, status=202)
    work("jobs.relay_outbox", schema="qinglan")
    (found,) = caller.get(f"/webhook_deliveries?endpoint={endpoint['id']}")["data"]
    return caller.get(f"/webhook_deliveries/{found['id']}")


def test_a_simulated_endpoint_fails_as_often_as_asked_and_then_takes_it(committed: Caller) -> None:
    delivery = pinged(committed, {"sluice_fail": "500:3", "shop": "S-1"})
    assert delivery["status"] == "delivered"
    said = [(one["number"], one["status_code"], one["response_excerpt"]) for one in delivery["attempts"]]
    assert said == [
        (1, 500, "simulated"),
        (2, 500, "simulated"),
        (3, 500, "simulated"),
        (4, 200, "simulated"),
    ]
    path = f"/webhook_endpoints/{delivery['endpoint']}"
    assert (committed.get(path)["failing_since_at"], committed.get(path)["paused_until_at"]) == (None, None)
    assert committed.call("PATCH", path, {"metadata": {"sluice_fail": "410:1"}}).status_code == 200
    committed.post(f"{path}/ping", {}, status=202)
    work("jobs.relay_outbox", schema="qinglan")
    assert committed.get(path)["disabled_reason"] == "gone"
    assert pinged(committed, {"sluice_fail": "503:10"})["status"] == "failed"


@pytest.mark.parametrize("mark", ["", "500", "200:1", "500:0", "500:11", "600:1", "5OO:3", "500:3 "])
def test_a_simulation_that_says_nothing_is_refused(caller: Caller, mark: str) -> None:
    wrong = {"url": "https://scene.example/hook", "metadata": {"sluice_fail": mark}}
    caller.refused("POST", "/webhook_endpoints", 400, "outbox.simulation_invalid", wrong)
    endpoint = caller.post("/webhook_endpoints", {"url": "https://scene.example/hook"})["endpoint"]
    path = f"/webhook_endpoints/{endpoint['id']}"
    caller.refused("PATCH", path, 400, "outbox.simulation_invalid", {"metadata": {"sluice_fail": mark}})
    assert caller.get("/webhook_endpoints")["data"] == [endpoint]


def test_a_live_bank_simulates_no_endpoint(caller: Caller) -> None:
    endpoint = caller.post("/webhook_endpoints", {"url": "https://scene.example/hook"})["endpoint"]
    Bank.objects.filter(schema_name="qinglan").update(livemode=True)
    asked = {"metadata": {"sluice_fail": "500:3"}}
    path = f"/webhook_endpoints/{endpoint['id']}"
    caller.refused("PATCH", path, 403, "outbox.simulation_live", asked)
    body = {"url": "https://scene.example/hook", **asked}
    caller.refused("POST", "/webhook_endpoints", 403, "outbox.simulation_live", body)
    assert caller.get("/webhook_endpoints")["data"] == [{**endpoint, "livemode": True}]
