"""From a key to a repaid loan in a sandbox bank of one's own, with every step that a scene's server takes.

    SLUICE=http://127.0.0.1:8000 CLIENT_ID=cli_… CLIENT_SECRET=sk_test_… BANK=bnk_… python first_loan.py

With PRIVATE_KEY (a PEM) and KEY_ID instead of the secret, tokens and draws are signed, as live.
"""

import os
import sys
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sluice_sdk import Sluice, WebhookRefused, begin_clock, until, verify_webhook
from sluice_sdk.generated.types import DataRow, WebhookEvent

NAME = "first loan in Python"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def say(name: str, value: object) -> None:
    """Tell what has been reached."""
    sys.stdout.write(f"{name}: {value}\n")
    sys.stdout.flush()


class Receiver(BaseHTTPRequestHandler):
    """Webhooks come here: verified first, believed afterwards."""

    key = ""
    heard: list[WebhookEvent] = []

    def do_POST(self) -> None:
        """Take a message in, if it is the bank's."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            self.heard.append(verify_webhook(self.key, dict(self.headers.items()), body))
            self.send_response(204)
        except WebhookRefused:
            self.send_response(400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def receipts(today: date) -> Iterator[DataRow]:
    """Yield two hundred days of takings."""
    for back in range(200, 0, -1):
        for sale in range(5):
            yield {
                "receipt_no": f"S{back}-{sale}",
                "paid_at": f"{today - timedelta(days=back)}T1{sale}:00:00+08:00",
                "amount": "292.00",
                "kind": "sale",
                "payer_ref": f"payer-{back:05d}-{sale}",
                "channel": "merchant_code",
            }


def merchant(sluice: Sluice) -> tuple[str, str]:
    """Introduce a business with its account, its consent and its receipts; return business and account."""
    business = sluice.introduce_business(
        external_id="start-1",
        legal_name="示例拉面馆",
        registration_no="92331002MA000Y5F4E",
        industry="H6210",
        area_code="331002",
        opened_date="2021-04-01",
        representative={"name": "示例店主", "id_number": "330106198808080004", "phone": "13900009999"},
    )
    account = sluice.add_bank_account(
        business["id"], account_number="6222000999999910000", bank_name="示例银行", holder_name="示例拉面馆"
    )
    consent = sluice.record_consent(
        business=business["id"],
        purpose="credit_assessment",
        data_classes=["receipts"],
        recipient="the bank",
        text_version="receipts-2026-10",
        text_sha256=SHA256,
        expires_at="2028-01-01T00:00:00Z",
        evidence={"channel": "scene_page", "confirmed": True},
    )
    today = date.fromisoformat(sluice.get_bank_status(sluice.bank)["business_date"])
    batch = sluice.send_batch_of_data(receipts(today), business=business["id"], consent=consent["id"])
    say("rows", batch["rows_accepted"])
    return business["id"], account["id"]


def line_of(sluice: Sluice, business: str) -> str:
    """Apply, be decided on, let the merchant sign; return the credit line."""
    asked = sluice.submit_application(
        business=business,
        product="receipts_revolving",
        tenor_days=60,
        purpose="working_capital",
        amount={"amount": "20000.00", "currency": "CNY"},
    )
    decided = until(lambda: sluice.get_application(asked["id"]), lambda one: one["status"] != "submitted")
    say("decision", decided["status"])
    agreement = sluice.prepare_agreement(asked["id"])
    say("sign", agreement["signing_url"])
    signed = until(lambda: sluice.get_agreement(agreement["id"]), lambda one: one["status"] == "signed")
    return str(signed["credit_line"])


def draw_and_repay(sluice: Sluice, line: str, account: str) -> str:
    """Draw under a key of our own, pay a part back; return the loan."""
    drawn = sluice.draw_down(
        credit_line=line,
        bank_account=account,
        tenor_days=60,
        amount={"amount": "5000.00", "currency": "CNY"},
        external_id="order-8841",
        idempotency_key="order-8841",
    )
    paid = until(lambda: sluice.get_drawdown(drawn["id"]), lambda one: one["status"] == "paid_out")
    loan = str(paid["loan"])
    part = sluice.collect_repayment(
        loan=loan,
        bank_account=account,
        type="partial_prepay",
        amount={"amount": "1000.00", "currency": "CNY"},
    )
    until(lambda: sluice.get_repayment(part["id"]), lambda one: one["status"] == "succeeded")
    say("owed", sluice.get_loan(loan)["outstanding"]["principal"]["amount"])
    return loan


def main() -> None:
    """Play it all out."""
    scene = Sluice(
        base_url=os.environ["SLUICE"],
        bank=os.environ["BANK"],
        client_id=os.environ["CLIENT_ID"],
        client_secret="" if "PRIVATE_KEY" in os.environ else os.environ["CLIENT_SECRET"],
        private_key=os.environ.get("PRIVATE_KEY", ""),
        key_id=os.environ.get("KEY_ID", ""),
    )
    for old in scene.list_test_clocks()["data"]:
        if old["name"] == NAME:
            scene.delete_test_clock(old["id"])
    clock = begin_clock(scene, name=NAME, frozen_date="2026-11-02")
    sluice = clock.sluice
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/sluice/events"
    made = sluice.register_webhook_endpoint(url=url, signing="v1a")
    Receiver.key = made["endpoint"]["public_key"] or ""

    business, account = merchant(sluice)
    loan = draw_and_repay(sluice, line_of(sluice, business), account)
    say("date", clock.advance(until="maturity", pay_when_due=True)["frozen_date"])
    say("loan", sluice.get_loan(loan)["status"])
    last = {"loan.paid_off", "test_clock.ready"}
    types = until(lambda: {one["type"] for one in Receiver.heard}, last.issubset)
    say("heard", " ".join(sorted(types)))


if __name__ == "__main__":
    main()
