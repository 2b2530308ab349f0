"""What an assistant can ask for: five ways to read, two acts in the sandbox."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from interfaces.assistants.sandbox import Sandbox, as_text
from kernel.refusals import Kind, Refusal

FOUND_MAX: Final = 8
EXCERPT: Final = 600
_PAGE: Final = re.compile(r"/(?:docs/[\w./-]+\.md|llms\.txt|llms-full\.txt)")
_CODE: Final = re.compile(r"[a-z0-9_.]{1,80}")
_CLOCK: Final = re.compile(r"clk_[0-9A-Z]{26}")
_SOURCE: Final = "Source: "


class ToolUnknown(Refusal):
    """There is no such tool."""

    code = "assistants.tool_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no tool {tool}."


class ArgumentInvalid(Refusal):
    """A tool was given what it cannot use."""

    code = "assistants.argument_invalid"
    kind = Kind.INVALID
    message = "{argument} cannot be used: {reason}."


class NotARead(Refusal):
    """The path is no GET of the API's document."""

    code = "assistants.not_a_read"
    kind = Kind.FORBIDDEN
    message = "{path} is not something to read: only GET calls of the API's document are."


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: what it is for, its arguments as a JSON schema, and what does it."""

    name: str
    text: str
    properties: Mapping[str, Any]
    required: tuple[str, ...]
    act: Callable[[Sandbox, dict[str, Any]], str]
    reads: bool = True

    def described(self) -> dict[str, Any]:
        """Return the tool as `tools/list` shows it."""
        return {
            "name": self.name,
            "description": self.text,
            "inputSchema": {
                "type": "object",
                "properties": dict(self.properties),
                "required": list(self.required),
                "additionalProperties": False,
            },
            "annotations": {"readOnlyHint": self.reads, "destructiveHint": False, "openWorldHint": False},
        }


def search_docs(server: Sandbox, given: dict[str, Any]) -> str:
    """Return the passages that hold most of the words, the best first, each with its page."""
    words = [word for word in re.split(r"\W+", given["query"].lower()) if word]
    if not words:
        raise ArgumentInvalid(argument="query", reason="it has no words")
    page = ""
    found: list[tuple[int, int, str]] = []
    for passage in re.split(r"\n(?=#{1,3} |Source: )", server.page("/llms-full.txt", _language(given))):
        if passage.startswith(_SOURCE):
            page = passage.splitlines()[0].removeprefix(_SOURCE)
            continue
        text, head = passage.lower(), passage.splitlines()[0].lower() if passage.strip() else ""
        score = sum((word in text) * 10 + min(text.count(word), 5) + (word in head) * 8 for word in words)
        if score:
            found.append((-score, len(found), f"{page}\n{passage.strip()[:EXCERPT]}"))
    return "\n\n---\n\n".join(text for *_, text in sorted(found)[:FOUND_MAX]) or "Nothing fits these words."


def read_page(server: Sandbox, given: dict[str, Any]) -> str:
    """Return one page."""
    path = given["path"] if given["path"].endswith((".md", ".txt")) else f"{given['path']}.md"
    path = {"/docs.md": "/docs/index.md"}.get(path, path)
    if not _PAGE.fullmatch(path) or ".." in path:
        raise ArgumentInvalid(argument="path", reason="it is no page; /llms.txt lists them")
    return server.page(path, _language(given))


def explain_error(server: Sandbox, given: dict[str, Any]) -> str:
    """Return the page of an error code."""
    if not _CODE.fullmatch(given["code"]):
        raise ArgumentInvalid(argument="code", reason="it is no error code")
    return server.page(f"/docs/errors/{given['code']}.md", _language(given))


def show_operation(server: Sandbox, given: dict[str, Any]) -> str:
    """Return one call's part of the reference, found by its id or by method and path."""
    for path, method, operation in _operations(server):
        if given["operation"].strip() in {operation["operationId"], f"{method.upper()} {path}"}:
            text = server.page(f"/docs/reference/{operation['tags'][0]}.md", _language(given))
            head = f"```http\n{method.upper()} {path}\n```"
            return next(part for part in re.split(r"\n(?=## )", text) if head in part).strip()
    raise ArgumentInvalid(
        argument="operation", reason="the API has no such call; /docs/reference.md lists them"
    )


def read_object(server: Sandbox, given: dict[str, Any]) -> str:
    """Return what a GET of the API answers."""
    path = given["path"]
    for known, method, _ in _operations(server):
        pattern = re.sub(r"\\\{\w+\\\}", r"[\\w.-]+", re.escape(known))
        if method == "get" and known.startswith("/v1/") and re.fullmatch(pattern, path):
            return as_text(server.call("GET", path, bank=given.get("bank", ""), query=given.get("query")))
    raise NotARead(path=path[:80])


def create_test_clock(server: Sandbox, given: dict[str, Any]) -> str:
    """Begin a test clock."""
    body = {name: given[name] for name in ("name", "frozen_date", "seed") if name in given}
    return as_text(server.call("POST", "/v1/test_clocks", body=body))


def advance_test_clock(server: Sandbox, given: dict[str, Any]) -> str:
    """Move a test clock; it is on its way when this returns."""
    if not _CLOCK.fullmatch(given["clock"]):
        raise ArgumentInvalid(argument="clock", reason="it is no id of a test clock, clk_…")
    body = {name: value for name, value in given.items() if name != "clock"}
    return as_text(server.call("POST", f"/v1/test_clocks/{given['clock']}/advance", body=body))


def call_tool(server: Sandbox, name: str, given: Any) -> str:
    """Check the arguments and do what the tool does."""
    tool = next((tool for tool in TOOLS if tool.name == name), None)
    if tool is None:
        raise ToolUnknown(tool=name[:80])
    if not isinstance(given, dict):
        raise ArgumentInvalid(argument="arguments", reason="it is no object")
    kinds = {"string": str, "object": dict, "boolean": bool, "array": list}
    for argument in tool.required:
        if argument not in given:
            raise ArgumentInvalid(argument=argument, reason="it is missing")
    for argument, value in given.items():
        if argument not in tool.properties:
            raise ArgumentInvalid(argument=argument[:80], reason="the tool does not take it")
        if not isinstance(value, kinds[tool.properties[argument]["type"]]):
            raise ArgumentInvalid(argument=argument, reason="it is of another type")
    return tool.act(server, given)


def _operations(server: Sandbox) -> list[tuple[str, str, dict[str, Any]]]:
    paths = server.document()["paths"]
    return [(path, method, one) for path, item in paths.items() for method, one in item.items()]


def _language(given: dict[str, Any]) -> str:
    return "zh-hans" if given.get("language", "en") == "zh-hans" else "en"


def _text(about: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": about, **more}


_LANGUAGE: Final = {"language": _text("The language of the text.", enum=["en", "zh-hans"])}
_BANK: Final = {"bank": _text("Another sandbox bank than the usual one, such as a test clock's: bnk_….")}
TOOLS: Final = (
    Tool(
        "search_docs",
        "Find passages of the documentation.",
        {"query": _text("Words to look for."), **_LANGUAGE},
        ("query",),
        search_docs,
    ),
    Tool(
        "read_page",
        "Read a page of the documentation as Markdown; /llms.txt lists all.",
        {"path": _text("Such as /docs/webhooks.md."), **_LANGUAGE},
        ("path",),
        read_page,
    ),
    Tool(
        "explain_error",
        "Explain an error code: meaning, whether to send again, which calls answer it.",
        {"code": _text("Such as lending.limit_exceeded."), **_LANGUAGE},
        ("code",),
        explain_error,
    ),
    Tool(
        "show_operation",
        "Show one call of the API: parameters, body, answers, refusals.",
        {"operation": _text("An operationId, or method and path such as POST /v1/drawdowns."), **_LANGUAGE},
        ("operation",),
        show_operation,
    ),
    Tool(
        "read_object",
        "Read from the API with the developer's sandbox key (GET only).",
        {
            "path": _text("Such as /v1/loans or /v1/loans/lon_…."),
            "query": {
                "type": "object",
                "description": "Query parameters.",
                "additionalProperties": {"type": "string"},
            },
            **_BANK,
        },
        ("path",),
        read_object,
    ),
    Tool(
        "create_test_clock",
        "Begin a test clock: a sandbox bank whose calendar can be moved.",
        {
            "name": _text("What to call it."),
            "frozen_date": _text("Its first business date, YYYY-MM-DD."),
            "seed": _text("What it holds at first; see the reference."),
        },
        ("name", "frozen_date"),
        create_test_clock,
        reads=False,
    ),
    Tool(
        "advance_test_clock",
        "Move a test clock; read /v1/test_clocks/clk_… to see how far it is.",
        {
            "clock": _text("clk_…"),
            "to_date": _text("Where to, YYYY-MM-DD."),
            "until": _text("Instead of a date.", enum=["next_event", "maturity"]),
            "pay_when_due": {"type": "boolean", "description": "Borrowers pay on each due date."},
            "missed_instalments": {
                "type": "array",
                "items": {"type": "integer"},
                "description": "Numbers of instalments paid late.",
            },
        },
        ("clock",),
        advance_test_clock,
        reads=False,
    ),
)
