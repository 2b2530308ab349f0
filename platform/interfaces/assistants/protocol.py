"""The Model Context Protocol over lines of JSON (JSON-RPC 2.0): as much of it as a server of tools needs."""

import json
from collections.abc import Iterable
from typing import Any, Final, TextIO

from interfaces.assistants.sandbox import Sandbox
from interfaces.assistants.tools import TOOLS, call_tool
from kernel.refusals import Refusal

VERSIONS: Final = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")  # the first is what we speak best
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
INSTRUCTIONS: Final = (
    "Documentation and sandbox of the Sluice API. It reads, and moves test clocks; it cannot move money. "
    "Begin with search_docs or read_page /llms.txt."
)


def serve(server: Sandbox, lines: Iterable[str], out: TextIO) -> None:
    """Answer message after message until the lines end; what needs no answer gets none."""
    for line in lines:
        if line.strip():
            answer = answer_of(server, line)
            if answer is not None:
                out.write(json.dumps(answer, ensure_ascii=False) + "\n")
                out.flush()


def answer_of(server: Sandbox, line: str) -> dict[str, Any] | None:
    """Return the answer to one message."""
    try:
        message = json.loads(line)
    except ValueError:
        return _error(None, PARSE_ERROR, "not JSON")
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        is_answer = isinstance(message, dict) and ("result" in message or "error" in message)
        return None if is_answer else _error(None, INVALID_REQUEST, "not a request")
    if "id" not in message:
        return None
    params = message.get("params") or {}
    if not isinstance(params, dict):
        return _error(message["id"], INVALID_PARAMS, "params is an object")
    match message["method"]:
        case "initialize":
            result = _greeting(params)
        case "ping":
            result = {}
        case "tools/list":
            result = {"tools": [tool.described() for tool in TOOLS]}
        case "tools/call":
            result = _called(server, params)
        case other:
            return _error(message["id"], METHOD_NOT_FOUND, f"no method {other[:80]}")
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def _greeting(params: dict[str, Any]) -> dict[str, Any]:
    asked = params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in VERSIONS else VERSIONS[0],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": {"name": "sluice", "version": "1.0.0"},
        "instructions": INSTRUCTIONS,
    }


def _called(server: Sandbox, params: dict[str, Any]) -> dict[str, Any]:
    """Do a tool; a refusal is an answer with its code, so that the assistant can read it."""
    given = params.get("arguments") or {}
    try:
        text, refused = call_tool(server, str(params.get("name", "")), given), False
    except Refusal as refusal:
        text, refused = json.dumps({"code": refusal.code, "detail": refusal.said()}, ensure_ascii=False), True
    return {"content": [{"type": "text", "text": text}], "isError": refused}


def _error(identity: Any, code: int, text: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": text}}
