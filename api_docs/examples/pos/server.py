"""A till's back office that offers its shop credit: a scene, as small as one can be. Python's library alone.

It keeps the sandbox key on the server, introduces its one shop, sends receipts once the shop has consented
(told by the event feed), and opens an embed session whenever its page asks. See README.md beside it.
"""

import json
import os
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

HERE = Path(__file__).parent
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SHOP = {
    "external_id": "till-7",
    "legal_name": "示例面馆七号店",
    "registration_no": "92331002MA00078T4L",
    "industry": "H6210",
    "area_code": "331002",
    "opened_date": "2021-04-01",
    "representative": {"name": "示例店主", "id_number": "330106198706050007", "phone": "13900007001"},
}
CARD = {"account_number": "6222000000700150000", "bank_name": "示例银行", "holder_name": "示例面馆七号店"}
SALES_A_DAY, SALE, DAYS = 5, "292.00", 200


class Sluice:
    """The embedded API, for one bank."""

    def __init__(self, base: str, client_id: str, secret: str, bank: str) -> None:
        self.base, self.bank = base, bank
        self._basic = b64encode(f"{client_id}:{secret}".encode()).decode()
        self._token, self._until = "", 0.0

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", lines: bytes = b"") -> Any:
        """Call the API; a POST carries its idempotency key, so that it may be sent again."""
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        if lines:
            headers["Content-Type"] = "application/x-ndjson"
        data = lines or (None if body is None else json.dumps(body).encode())
        asked = Request(f"{self.base}/v1{path}", data, headers, method=method)  # noqa: S310
        with urlopen(asked, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def token(self) -> str:
        """Return a token for the bank; it lasts ten minutes and is asked for again in time."""
        if time.monotonic() > self._until:
            form = {"grant_type": "client_credentials", "resource": f"{self.base}/banks/{self.bank}"}
            headers = {"Authorization": f"Basic {self._basic}"}
            asked = Request(f"{self.base}/oauth/token", urlencode(form).encode(), headers)  # noqa: S310
            with urlopen(asked, timeout=30) as answer:  # noqa: S310
                told = json.load(answer)
            self._token, self._until = told["access_token"], time.monotonic() + told["expires_in"] - 60
        return self._token


class Till:
    """The shop as the till knows it."""

    def __init__(self, sluice: Sluice, page: str) -> None:
        self.sluice, self.page = sluice, page
        self.business: str = sluice.call("POST", "/businesses", SHOP, key="till-7")["id"]
        sluice.call("POST", f"/businesses/{self.business}/bank_accounts", CARD, key="till-7-card")
        self.today = date.fromisoformat(sluice.call("GET", f"/banks/{sluice.bank}/status")["business_date"])

    def session(self, locale: str, components: list[str]) -> Any:
        """Open an embed session: half an hour for this shop alone."""
        body = {
            "business": self.business,
            "components": components,
            "locale": locale,
            "return_url": f"{self.page}/?lang={locale}",
        }
        return self.sluice.call("POST", "/embed_sessions", body)

    def receipts(self) -> Iterator[bytes]:
        """Yield what the till took, a line a sale."""
        for offset in range(DAYS, 0, -1):
            day = self.today - timedelta(days=offset)
            for nth in range(SALES_A_DAY):
                sale = {
                    "receipt_no": f"{day}-{nth}",
                    "paid_at": f"{day}T1{nth}:00:00+08:00",
                    "amount": SALE,
                    "kind": "sale",
                    "payer_ref": f"guest-{offset}-{nth}",
                    "channel": "merchant_code",
                }
                yield json.dumps(sale).encode() + b"\n"

    def follow(self) -> None:
        """Read the event feed; when the shop has consented to its takings being used, send them."""
        after = ""
        while True:
            try:
                page = self.sluice.call("GET", f"/events?limit=100{after}")
                for event in page["data"]:
                    self.heed(event)
                    after = f"&after={event['id']}"
            except (HTTPError, OSError) as trouble:
                sys.stderr.write(f"events: {trouble}\n")
            time.sleep(0.5)

    def heed(self, event: dict[str, Any]) -> None:
        """Act on one event."""
        thing = event["data"]["object"]
        mine = thing.get("business") == self.business and thing.get("purpose") == "credit_assessment"
        if event["type"] == "consent.authorised" and mine:
            asked = urlencode({"business": self.business, "consent": thing["id"]})
            lines = b"".join(self.receipts())
            self.sluice.call("POST", f"/data_batches?{asked}", key=f"sales-{thing['id']}", lines=lines)


class Page(BaseHTTPRequestHandler):
    """The back office in the browser: three files, and one address that opens a session."""

    till: Till
    policy: str

    def do_GET(self) -> None:
        """Serve the page and its two files."""
        name = urlsplit(self.path).path.lstrip("/") or "index.html"
        if name == "config.js":
            loader = {"loader": f"{self.till.sluice.base}/v1/sluice.js"}
            return self.answer(200, "text/javascript", f"window.POS = {json.dumps(loader)};\n".encode())
        file = HERE / name
        if "/" in name or file.suffix not in TYPES or not file.is_file():
            return self.answer(404, "text/plain", b"not here\n")
        return self.answer(200, TYPES[file.suffix], file.read_bytes())

    def do_POST(self) -> None:
        """Open a session. A real back office asks first who is signed in."""
        if self.path != "/credit-session" or self.headers.get("Content-Type") != "application/json":
            return self.answer(404, "text/plain", b"not here\n")
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        try:
            made = self.till.session(str(asked["locale"]), [str(one) for one in asked["components"]])
        except HTTPError as refused:
            return self.answer(502, "application/json", refused.read())
        told = {name: made[name] for name in ("id", "client_secret", "url", "expires_at")}
        return self.answer(200, "application/json", json.dumps(told).encode())

    def answer(self, status: int, kind: str, body: bytes) -> None:
        """Send an answer under the page's own strict policy."""
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", self.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: an address may carry what no log should hold."""


def main() -> None:
    """Serve until stopped."""
    base, port = os.environ["SLUICE"].rstrip("/"), int(os.environ.get("PORT", "8100"))
    sluice = Sluice(base, os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"], os.environ["BANK"])
    Page.till = Till(sluice, os.environ.get("PAGE", f"http://localhost:{port}"))
    Page.policy = (
        f"default-src 'none'; script-src 'self' {base}; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'; frame-src {os.environ['FRAME']}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    threading.Thread(target=Page.till.follow, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", port), Page)
    sys.stdout.write(f"http://localhost:{port}/\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
