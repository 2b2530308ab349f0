"""The server for assistants: what it says in its protocol, and what it refuses before anything happens."""

import io
import json
from typing import Any

import httpx
import pytest

from interfaces.assistants.protocol import VERSIONS, serve
from interfaces.assistants.sandbox import Sandbox
from interfaces.assistants.tools import TOOLS

BANK = "bnk_01JEGV5GYMFSFRMTVWHPF0Z8DJ"
CLOCK = {"name": "story", "frozen_date": "2026-11-02"}
ACTS = [
    ("read_object", {"path": "/v1/loans"}),
    ("create_test_clock", CLOCK),
    ("advance_test_clock", {"clock": "clk_01JEGV5GYMFSFRMTVWHPF0Z8DJ", "until": "maturity"}),
]


class Platform:
    """A platform that answers as if every bank were live, and notes what it was asked to do."""

    def __init__(self, token: httpx.Response | None = None, *, livemode: Any = True) -> None:
        self.token = token or httpx.Response(200, json={"access_token": "slt_x"})
        self.livemode = livemode
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if request.url.path == "/openapi.json":
            paths = {"/v1/loans": {"get": {}, "post": {}}, "/v1/loans/{loan_id}": {"get": {}}}
            return httpx.Response(200, json={"paths": paths})
        if request.url.path == "/oauth/token":
            return self.token
        return httpx.Response(200, json={"livemode": self.livemode})

    @property
    def done(self) -> list[str]:
        """What touched a bank or gave a right, beside reading the document."""
        return [asked for asked in self.asked if asked != "GET /openapi.json"]


def sandbox(platform: Any, **changes: str) -> Sandbox:
    given = {"client_id": "cli_1", "secret": "sk_test_1", "bank": BANK, **changes}
    return Sandbox("http://platform.example", **given, transport=httpx.MockTransport(platform))


def spoken(server: Sandbox, *messages: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    serve(server, [one if isinstance(one, str) else json.dumps(one) for one in messages], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def refused(server: Sandbox, tool: str, given: Any) -> str:
    params = {"name": tool, "arguments": given}
    (answer,) = spoken(server, {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    assert answer["result"]["isError"] is True, answer
    return str(json.loads(answer["result"]["content"][0]["text"])["code"])


@pytest.mark.parametrize(("tool", "given"), ACTS)
@pytest.mark.parametrize("secret", ["sk_live_1", "eyJhbGciOi", "sk_test_", " sk_test_1"])
def test_a_key_that_is_not_of_the_sandbox_is_refused_and_nothing_is_sent(
    tool: str, given: dict[str, Any], secret: str
) -> None:
    platform = Platform()
    assert refused(sandbox(platform, secret=secret), tool, given) == "assistants.live_key_refused"
    assert platform.done == []


@pytest.mark.parametrize(("tool", "given"), ACTS)
def test_a_live_bank_is_refused_and_nothing_happens(tool: str, given: dict[str, Any]) -> None:
    no_token = Platform(httpx.Response(400, json={"error": "invalid_target", "code": "live_not_enabled"}))
    assert refused(sandbox(no_token), tool, given) == "assistants.live_bank_refused"
    assert no_token.done == ["POST /oauth/token"]
    for livemode in (True, None, "false"):
        live = Platform(livemode=livemode)
        server = sandbox(live)
        assert refused(server, tool, given) == "assistants.live_bank_refused"
        assert live.done == ["POST /oauth/token", "GET /v1/me"]
        assert server._tokens == {}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/drawdowns",
        "/oauth/token",
        "/v1/loans/../repayments",
        "/v1/loans/a/b",
        "v1/loans",
        "http://x/v1/loans",
        "/v1/loans?x=1",
    ],
)
def test_only_reads_of_the_document_are_read(path: str) -> None:
    platform = Platform(livemode=False)
    assert refused(sandbox(platform), "read_object", {"path": path}) == "assistants.not_a_read"
    assert platform.done == []


def test_what_cannot_be_used_is_refused_and_nothing_is_sent() -> None:
    platform = Platform(livemode=False)
    server = sandbox(platform)
    for tool, given in (
        ("read_page", {"path": "/v1/me"}),
        ("read_page", {"path": "/docs/../v1/me.md"}),
        ("explain_error", {"code": "../x"}),
        ("explain_error", {}),
        ("explain_error", {"code": 7}),
        ("search_docs", {"query": "?"}),
        ("advance_test_clock", {"clock": "clk_1/../../drawdowns"}),
        ("create_test_clock", {**CLOCK, "method": "POST"}),
    ):
        assert refused(server, tool, given) == "assistants.argument_invalid", tool
    assert refused(server, "search_docs", ["query"]) == "assistants.argument_invalid"
    assert refused(server, "draw_down", {}) == "assistants.tool_unknown"
    assert refused(sandbox(platform, secret=""), *ACTS[1]) == "assistants.key_missing"
    assert refused(sandbox(platform, bank="qinglan"), *ACTS[1]) == "assistants.bank_unclear"
    assert platform.done == []


def test_a_server_that_is_not_there_and_one_that_refuses_are_told_apart() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    assert refused(sandbox(gone), *ACTS[1]) == "assistants.not_reachable"
    wrong = Platform(httpx.Response(401, json={"error": "invalid_client", "code": "client_invalid"}))
    assert refused(sandbox(wrong), *ACTS[1]) == "assistants.call_refused"
    assert wrong.done == ["POST /oauth/token"]


@pytest.mark.parametrize("secret", ["sk_test_a-_Z9", "sk_test_-"])
def test_a_secret_of_the_sandbox_is_shown_once_for_a_token(secret: str) -> None:
    platform = Platform(livemode=False)
    server = sandbox(platform, secret=secret)
    for _ in range(2):
        assert server.call("GET", "/v1/loans") == {"livemode": False}
    assert platform.done == ["POST /oauth/token", "GET /v1/me", "GET /v1/loans", "GET /v1/loans"]


def test_the_protocol_greets_lists_and_answers_nothing_to_a_notice() -> None:
    server = sandbox(Platform())
    hello, old, tools, pong, unknown, broken, odd = spoken(
        server,
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2099-01-01"}},
        {"jsonrpc": "2.0", "id": 2, "method": "initialize", "params": {"protocolVersion": VERSIONS[-1]}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": "three", "method": "tools/list"},
        "",
        {"jsonrpc": "2.0", "id": 4, "method": "ping"},
        {"jsonrpc": "2.0", "id": 5, "method": "resources/list"},
        {"jsonrpc": "2.0", "id": 9, "result": {}},
        "{",
        "[]",
    )
    assert hello["result"]["protocolVersion"] == VERSIONS[0]
    assert old["result"]["protocolVersion"] == VERSIONS[-1]
    assert tools["id"] == "three"
    listed = {tool["name"]: tool for tool in tools["result"]["tools"]}
    acts = {name for name, tool in listed.items() if not tool["annotations"]["readOnlyHint"]}
    assert acts == {"create_test_clock", "advance_test_clock"}
    assert all(
        set(tool["inputSchema"]["required"]) <= set(tool["inputSchema"]["properties"])
        for tool in listed.values()
    )
    assert len(listed) == len(TOOLS)
    assert pong["result"] == {}
    assert [one["error"]["code"] for one in (unknown, broken, odd)] == [-32601, -32700, -32600]
