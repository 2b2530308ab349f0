"""The client libraries: current, and right about a server that fails on purpose; the same for all three."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from joserfc import jwt
from joserfc.jwk import OKPKey

from connectors.webhooks.sender import signature_headers
from interfaces.scene.document import COMMITTED
from interfaces.scene.sdk_shapes import read
from interfaces.scene.sdks import SDKS, sdk_files
from interfaces.signatures import Message, verify
from plumbing.outbox.keys import new_key, public_key

DROP = 0  # hang up without an answer
EVENT = json.dumps({"type": "loan.paid_off", "note": "结清"}, ensure_ascii=False)


@lru_cache(maxsize=1)
def committed() -> dict[str, Any]:
    return yaml.load(COMMITTED.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def made() -> dict[Path, str]:
    return sdk_files(committed())


def test_what_is_committed_is_what_generating_gives(made: dict[Path, str]) -> None:
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run ./sluice generate openapi"
    assert {path.parts[-2] for path in made} == {"generated", "sluice"}
    there = {path for path in SDKS.rglob("generated/*.*") if path.suffix in (".py", ".js", ".ts")}
    assert there <= set(made)


def test_every_call_is_a_method_of_all_three(made: dict[Path, str]) -> None:
    document = committed()
    ids = {call["operationId"] for item in document["paths"].values() for call in item.values()}
    assert len(read(document).operations) == len(ids) - 2  # the token's own
    client = {path.name: text for path, text in made.items()}
    for said in (
        "def draw_down(self",
        "  drawDown(body, options)",
        "Drawdown drawDown(Types.DrawdownBody body",
    ):
        assert any(said in text for text in client.values()), said


@pytest.mark.skipif(shutil.which("tsc") is None, reason="not on this machine: tsc")
def test_the_declarations_promise_what_is_right_and_refuse_what_is_wrong() -> None:
    strict = ["--strict", "--noEmit", "--module", "nodenext", "--moduleResolution", "nodenext"]
    against = ["--target", "es2022", "--lib", "es2022,dom,dom.iterable"]
    program = ["tsc", *strict, *against, SDKS / "typescript" / "tests" / "types.mts"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@dataclass
class Contrary:
    """A server that says what it was told to, then what is right; and remembers all it was sent."""

    troubles: dict[str, list[tuple[int, str, dict[str, str]]]]
    received: list[tuple[Message, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, message: Message) -> tuple[int, Any, dict[str, str]]:
        path = urlsplit(message.url).path
        if self.troubles.get(path):
            status, code, headers = self.troubles[path].pop(0)
            return status, {"code": code, "detail": code}, headers
        if path == "/v1/drawdowns" and b"2.00" in message.body:
            return 409, {"code": "applications.state_conflict", "detail": ""}, {}
        if path == "/oauth/token":
            return 200, {"access_token": f"token-{len(self.of(path))}", "expires_in": 600}, {}
        if path == "/v1/loans":
            return (
                200,
                {"data": [{"id": "lon_1"}, {"id": "lon_2"}], "has_more": False, "next_cursor": None},
                {},
            )
        return 201, {"id": "drw_1", "scene": "scn_1"}, {}

    def of(self, path: str) -> list[Message]:
        return [message for message, place in self.received if place == path]


@contextmanager
def listening(server: Contrary) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): text for name, text in self.headers.items()}
            message = Message(self.command, f"{server.url}{self.path}", headers, body)
            server.received.append((message, urlsplit(self.path).path))
            status, said, more = server.answer(message)
            if status == DROP:
                self.close_connection = True
                return
            self.send_response(status)
            for name, text in {**more, "Content-Length": str(len(json.dumps(said)))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_GET = do_POST = do_PATCH = do

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield
    finally:
        listener.shutdown()
        listener.server_close()


def messages() -> list[dict[str, str]]:
    """Messages as they are sent, and what is not to be believed: other key, changed, old."""
    now = datetime.now(UTC)
    keys = {signing: new_key(signing) for signing in ("v1", "v1a")}

    def message(key: str, *signing: str, sent_at: datetime = now, body: str = EVENT) -> dict[str, str]:
        headers = signature_headers(message_id="evt_1", body=EVENT, secrets=signing, sent_at=sent_at)
        at, signature = headers["webhook-timestamp"], headers["webhook-signature"]
        return {"id": "evt_1", "at": at, "signature": signature, "key": public_key(key) or key, "body": body}

    good = [message(key, new_key("v1"), key, new_key("v1a")) for key in keys.values()]
    bad = [message(key, new_key(signing)) for signing, key in keys.items()]
    changed = [message(key, key, body=EVENT.replace("off", "OFF")) for key in keys.values()]
    old = [message(key, key, sent_at=now - timedelta(seconds=310)) for key in keys.values()]
    return [*good, *bad, *changed, *old]


def command(language: str, folder: Path) -> list[str | Path]:
    """Return how a library's check is run; Java's is compiled first."""
    sdk = SDKS / language
    if language == "python":
        return [sys.executable, sdk / "tests" / "contrary.py"]
    for program in ["node"] if language == "typescript" else ["java", "javac"]:
        if shutil.which(program) is None:
            pytest.skip(f"not on this machine: {program}")
    if language == "typescript":
        return ["node", sdk / "tests" / "contrary.mjs"]
    sources = [*sorted((sdk / "src").rglob("*.java")), sdk / "tests" / "Contrary.java"]
    subprocess.run(["javac", "-encoding", "UTF-8", "-proc:none", "-d", folder, *sources], check=True)
    return ["java", "-cp", folder, "Contrary"]


@pytest.mark.parametrize("language", ["python", "typescript", "java"])
def test_a_contrary_server_is_asked_again_with_the_same_key_and_a_new_signature(
    language: str, tmp_path: Path
) -> None:
    server = Contrary(
        {
            "/oauth/token": [(503, "maintenance", {"Retry-After": "2"})],
            "/v1/drawdowns": [
                (DROP, "", {}),
                (503, "maintenance", {}),
                (409, "idempotency_key_in_use", {"Retry-After": "1"}),
                (429, "rate_limited", {"Retry-After": "7"}),
            ],
            "/v1/me": [(401, "token_expired", {})],
            "/v1/data_batches/bat_1": [(503, "maintenance", {})],
        }
    )
    key = ed25519.Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    (tmp_path / "messages.json").write_text(json.dumps(messages()), encoding="utf-8")
    program = command(language, tmp_path)
    with listening(server):
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SDKS / "python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SLUICE": server.url,
            "PRIVATE_KEY": pem,
            "MESSAGES": str(tmp_path / "messages.json"),
        }
        done = subprocess.run(
            program, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["webhooks"] == ["loan.paid_off"] * 2 + ["refused"] * 6
    assert (said["me"], said["loans"]) == ("scn_1", ["lon_1", "lon_2"])
    judge(server, said, OKPKey.import_key(pem))


def judge(server: Contrary, said: dict[str, Any], key: OKPKey) -> None:
    """Check what was sent: signed calls by the API's own verifier, tokens by the library the API uses."""
    assert said["through"] == "drw_1"
    assert said["refused"] == "applications.state_conflict"  # a conflict of states does not pass: asked once
    token, first, second, third, fourth = said["waits"]
    assert (token, third, fourth) == (2000, 1000, 7000)
    assert 250 <= first <= 313
    assert 500 <= second <= 625
    draws = server.of("/v1/drawdowns")
    assert len(draws) == 6
    assert [draw.headers["idempotency-key"] for draw in draws[:5]] == ["order-1"] * 5
    assert len({draw.body for draw in draws[:5]}) == 1
    assert len(draws[5].headers["idempotency-key"]) == 36
    public = {**key.as_dict(private=False), "kid": "k1"}
    nonces = {verify(draw, [public], datetime.now(UTC)).nonce for draw in draws}
    assert len(nonces) == 6
    tokens, me = server.of("/oauth/token"), server.of("/v1/me")
    assert len(tokens) == 3  # refused once, then one for all, then a new one for what had ended early
    assert len({draw.headers["authorization"] for draw in draws}) == 1
    assert len({call.headers["authorization"] for call in me}) == 2
    claims = [claims_of(asked, server.url, key) for asked in tokens]
    assert len({each["jti"] for each in claims}) == 3
    (upload,) = server.of("/v1/data_batches/bat_1")  # what arrived is kept: it is for the caller to go on
    assert (said["upload"], upload.headers["upload-offset"]) == ("maintenance", "7")
    (loans,) = server.of("/v1/loans")
    asked = {
        "limit": ["2"],
        "created_at[gte]": ["2026-11-02T00:00:00Z"],
        "expand[]": ["business", "credit_line"],
    }
    assert parse_qs(urlsplit(loans.url).query) == asked


def claims_of(asked: Message, url: str, key: OKPKey) -> dict[str, Any]:
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert form["resource"] == f"{url}/banks/bnk_1"
    token = jwt.decode(form["client_assertion"], key, algorithms=["Ed25519"])
    claims = token.claims
    assert token.header["kid"] == "k1"
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("cli_1", "cli_1", f"{url}/oauth/token")
    assert 0 < claims["exp"] - claims["iat"] <= 300
    return claims
