"""Calls a server that fails on purpose, and says what the library made of it: one JSON object."""

import json
import os
import sys
from pathlib import Path

from sluice_sdk import Sluice, SluiceError, WebhookRefused, verify_webhook

waits: list[float] = []
sluice = Sluice(
    base_url=os.environ["SLUICE"],
    bank="bnk_1",
    client_id="cli_1",
    private_key=os.environ["PRIVATE_KEY"],
    key_id="k1",
    retries=5,
    sleep=waits.append,
)


def draw(amount: str, key: str | None = None) -> str:
    try:
        drawn = sluice.draw_down(
            credit_line="lin_1",
            bank_account="acc_1",
            amount={"amount": amount, "currency": "CNY"},
            idempotency_key=key,
        )
    except SluiceError as refused:
        return refused.code
    return drawn["id"]


def upload() -> str:
    try:
        sluice.send_bytes_of_upload("bat_1", b"{}", offset=7)
    except SluiceError as refused:
        return refused.code
    return "sent"


def believed(message: dict[str, str]) -> str:
    headers = {
        "Webhook-Id": message["id"],
        "Webhook-Timestamp": message["at"],
        "Webhook-Signature": message["signature"],
    }
    try:
        return verify_webhook(message["key"], headers, message["body"].encode())["type"]
    except WebhookRefused:
        return "refused"


loans = sluice.list_loans(limit=2, created_at_gte="2026-11-02T00:00:00Z", expand=["business", "credit_line"])
said = {
    "through": draw("1.00", "order-1"),
    "waits": [round(seconds * 1000) for seconds in waits],
    "refused": draw("2.00"),
    "me": sluice.describe_token()["scene"],
    "upload": upload(),
    "loans": [loan["id"] for loan in loans["data"]],
    "webhooks": [
        believed(each) for each in json.loads(Path(os.environ["MESSAGES"]).read_text(encoding="utf-8"))
    ],
}
sys.stdout.write(json.dumps(said))
