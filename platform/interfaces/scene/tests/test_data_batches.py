"""Batches of every cluster through the door, and uploads that break off and go on."""

import json
import socket
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction

from interfaces.door import now
from interfaces.scene.data_rows import ROWS
from interfaces.scene.examples import example_of
from interfaces.scene.tests.caller import Caller, work
from interfaces.scene.tests.server import running
from interfaces.scene.tests.test_forms import rows as all_rows
from interfaces.scene.tests.world import business_body, consent_body, receipt_lines
from openbanking.batches.operations import UPLOAD_KEPT, forget_uploads
from openbanking.feed.operations import CLUSTERS, DATA_CLASSES, STREAM_OF
from openbanking.receipts.models import Receipt
from openbanking.streams.catalogue import STREAMS
from plumbing.schemas import bank_schema

NDJSON = "application/x-ndjson"
TOGETHER = ["receipts", "invoices", "orders", "taxes", "meters"]


class Shop:
    """A business and its consents."""

    def __init__(self, caller: Caller, *classes: str) -> None:
        self.caller = caller
        self.business = caller.post("/businesses", business_body())["id"]
        self.consent = self.consents(*(classes or ["receipts"]))

    def consents(self, *classes: str) -> str:
        given = self.caller.post("/consents", consent_body(self.business, data_classes=list(classes)))
        return str(given["id"])

    def send(self, data: bytes, status: int = 201, **query: str) -> Any:
        asked = urlencode({"business": self.business, "consent": self.consent, **query})
        sent = self.caller.send("POST", f"/v1/data_batches?{asked}", data, NDJSON)
        assert sent.status_code == status, sent.content
        return sent.json()

    def open(self, **members: str) -> Any:
        body = {"business": self.business, "consent": self.consent, **members}
        return self.caller.post("/data_batches/open", body)

    def more(self, batch: str, data: bytes, at: int) -> Any:
        return self.caller.send(
            "PATCH", f"/v1/data_batches/{batch}", data, NDJSON, upload_offset=str(at)
        ).json()


def row_of(cluster: str) -> dict[str, Any]:
    """The document's own example, on a day that is past wherever this runs."""
    row = example_of(ROWS[cluster])
    return {name: "2025-10-30" if name.endswith("day") else value for name, value in row.items()}


def test_every_cluster_has_one_door_and_a_row_in_the_document(caller: Caller) -> None:
    assert set(ROWS) == set(CLUSTERS)
    for cluster, stream in STREAM_OF.items():
        assert set(ROWS[cluster]().fields) == {"record_no", "revision", *STREAMS[stream].fields}
    shop = Shop(caller, *TOGETHER)
    apart = shop.consents("telematics")
    for cluster in CLUSTERS:
        row = json.dumps(row_of(cluster)).encode()
        consent = apart if DATA_CLASSES[cluster] == "telematics" else shop.consent
        batch = shop.send(row + b"\n" + row, cluster=cluster, consent=consent)
        assert (batch["cluster"], batch["rows_accepted"], batch["rows_duplicate"]) == (cluster, 1, 1)


def test_a_batch_of_data_nobody_consented_to_leaves_nothing(caller: Caller) -> None:
    shop = Shop(caller, "receipts")
    before = all_rows()
    row = json.dumps(row_of("invoices")).encode()
    assert shop.send(row, 403, cluster="invoices")["code"] == "consents.consent_required"
    unknown = shop.send(row, 400, cluster="dreams", schema_version="2", period_start_date="2026-10-01")
    assert {fault["pointer"] for fault in unknown["errors"]} == {"/cluster", "/schema_version"}
    half = shop.send(row, 400, period_start_date="2026-10-01")
    assert half["code"] == "period_incomplete"
    assert all_rows() == before


def test_errors_are_read_page_by_page_and_rows_outside_the_period_are_among_them(caller: Caller) -> None:
    shop = Shop(caller)
    lines = receipt_lines(days=3, a_day=2).splitlines()  # 30 October to 1 November
    batch = shop.send(
        b"\n".join([b"{", *lines, b"[]"]), period_start_date="2026-10-31", period_end_date="2026-11-02"
    )
    assert (batch["rows_read"], batch["rows_accepted"], batch["rows_rejected"]) == (8, 4, 4)
    path, seen = f"/data_batches/{batch['id']}/errors?limit=3", []
    first = caller.get(path)
    second = caller.get(f"{path}&after={first['next_cursor']}")
    assert (len(first["data"]), first["has_more"], second["has_more"]) == (3, True, False)
    seen = [(row["line"], row["code"], row["pointer"]) for row in (*first["data"], *second["data"])]
    assert seen == [
        (1, "receipts.malformed_json", ""),
        (2, "receipts.outside_period", "/paid_at"),
        (3, "receipts.outside_period", "/paid_at"),
        (8, "receipts.malformed_json", ""),
    ]


def test_a_trip_that_contradicts_itself_is_one_refused_row(caller: Caller) -> None:
    shop = Shop(caller, "telematics")
    trip = row_of("telematics")
    lines = [trip, {**trip, "record_no": "N-2", "loaded_metres": trip["metres"] + 1}]
    batch = shop.send("\n".join(map(json.dumps, lines)).encode(), cluster="telematics")
    assert (batch["rows_accepted"], batch["rows_rejected"]) == (1, 1)
    (error,) = caller.get(f"/data_batches/{batch['id']}/errors")["data"]
    assert (error["line"], error["pointer"]) == (2, "/loaded_metres")


def test_an_upload_goes_on_where_it_ended_and_counts_when_it_is_complete(caller: Caller) -> None:
    shop, data = Shop(caller), receipt_lines(days=3, a_day=2)
    batch = shop.open()
    assert (batch["status"], batch["byte_count"], batch["completed_at"]) == ("receiving", 0, None)
    address = f"/data_batches/{batch['id']}"
    assert shop.more(batch["id"], data[:100], 0)["byte_count"] == 100  # in the middle of a line
    for at in (0, 99, 101):
        again = shop.more(batch["id"], data[at:], at)
        assert (again["code"], again["params"]) == ("batches.offset_mismatch", {"received": 100})
    assert caller.get(address)["byte_count"] == 100
    assert shop.more(batch["id"], data[100:], 100)["byte_count"] == len(data)
    caller.refused("POST", f"{address}/complete", 409, "batches.offset_mismatch", {"byte_count": 99})
    with bank_schema("qinglan"):
        assert Receipt.objects.count() == 0
    done = caller.post(f"{address}/complete", {"byte_count": len(data)}, status=200, key="k")
    assert (done["status"], done["rows_accepted"], done["rows_rejected"]) == ("completed", 6, 0)
    assert caller.post(f"{address}/complete", {"byte_count": len(data)}, status=200, key="k") == done
    assert caller.get(address) == done
    before = all_rows()
    assert shop.more(batch["id"], b"{}", len(data))["code"] == "batches.batch_completed"
    caller.refused("POST", f"{address}/complete", 409, "batches.batch_completed", {"byte_count": len(data)})
    assert all_rows() == before


def test_an_upload_whose_consent_is_withdrawn_is_refused_and_swept_away(caller: Caller) -> None:
    shop, data = Shop(caller), receipt_lines(days=1)
    batch, kept = shop.open(), shop.open()
    shop.more(batch["id"], data, 0)
    caller.post(f"/consents/{shop.consent}/revoke", {}, status=200)
    before = all_rows()
    path, body = f"/data_batches/{batch['id']}", {"byte_count": len(data)}
    caller.refused("POST", f"{path}/complete", 403, "consents.consent_revoked", body)
    caller.refused(
        "POST",
        "/data_batches/open",
        403,
        "consents.consent_revoked",
        {"business": shop.business, "consent": shop.consent},
    )
    assert all_rows() == before
    with bank_schema("qinglan"), transaction.atomic():
        assert forget_uploads(now=now()) == 2
    for gone in (batch, kept):
        caller.refused("GET", f"/data_batches/{gone['id']}", 404, "batches.not_found")


def test_an_upload_that_nobody_completes_is_let_go_of_after_three_days(caller: Caller) -> None:
    shop = Shop(caller)
    batch = shop.open()
    shop.more(batch["id"], receipt_lines(days=1), 0)
    with bank_schema("qinglan"), transaction.atomic():
        assert forget_uploads(now=now()) == 0
        assert forget_uploads(now=now() + UPLOAD_KEPT) == 1
    work("jobs.relay_outbox", schema="qinglan")
    (told,) = caller.get("/events?type=data_batch.failed")["data"]
    assert (told["subject"], told["data"]["object"]["business"]) == (batch["id"], shop.business)
    assert told["data"]["object"]["rows_accepted"] == 0
    caller.refused("GET", f"/data_batches/{batch['id']}", 404, "batches.not_found")


def test_an_upload_has_an_end(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interfaces.scene.data_batches.MAX_BYTES", 100)
    shop = Shop(caller)
    batch = shop.open()
    shop.more(batch["id"], b"x" * 60, 0)
    before = all_rows()
    assert shop.more(batch["id"], b"x" * 41, 60)["code"] == "batches.upload_too_long"
    assert shop.more(batch["id"], b"x" * 101, 60)["code"] == "batch_too_large"
    assert all_rows() == before


def test_a_connection_that_breaks_leaves_an_upload_to_go_on_with_and_nothing_of_a_batch(
    committed: Caller,
) -> None:
    shop, data = Shop(committed), receipt_lines(days=2)
    batch = shop.open()["id"]
    asked = urlencode({"business": shop.business, "consent": shop.consent})
    with running() as address:
        host, _, port = address.removeprefix("http://").partition(":")

        def break_off(method: str, path: str) -> None:
            head = f"{method} {path} HTTP/1.1\r\nHost: api.localhost\r\nContent-Type: {NDJSON}\r\n"
            head += f"Authorization: Bearer {committed.token}\r\nContent-Length: {len(data)}\r\n\r\n"
            with socket.create_connection((host, int(port))) as line:
                line.sendall(head.encode() + data[:300])
                line.shutdown(socket.SHUT_WR)
                line.recv(65536)

        break_off("PATCH", f"/v1/data_batches/{batch}")
        break_off("POST", f"/v1/data_batches?{asked}")
        for _ in range(50):
            if committed.get(f"/data_batches/{batch}")["byte_count"] == 300:
                break
            time.sleep(0.1)
    with bank_schema("qinglan"):
        assert Receipt.objects.count() == 0
    shop.more(batch, data[300:], 300)
    done = committed.post(f"/data_batches/{batch}/complete", {"byte_count": len(data)}, status=200)
    assert done["rows_accepted"] == len(data.splitlines())
