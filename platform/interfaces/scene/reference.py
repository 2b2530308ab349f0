"""The reference: the committed OpenAPI document as Markdown pages, one a resource."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from interfaces.event_types import TYPES, example_data
from interfaces.scene.catalogue import messages
from interfaces.scene.document import committed_document
from interfaces.scene.document_parts import operations
from interfaces.scene.schema_tables import Row, members, resolved, table, type_of
from plumbing.documents import API_DOCS

TRANSLATIONS: Final = API_DOCS / "guides" / "reference.zh-hans.json"
_GENERAL: Final = frozenset({"Sluice-Version", "Content-Digest", "Signature", "Signature-Input"})
_WORDS: Final = {
    "en": {
        "title": "Reference",
        "lead": "Every call, by resource, from [the OpenAPI document](/openapi.yaml). Required headers of "
        "all calls: `Authorization: Bearer …`. Optional ones: `Sluice-Version`, `Accept-Language`.",
        "call": "Call",
        "what": "What it does",
        "scope": "Scope",
        "any_scope": "any token",
        "no_token": "no token",
        "signed": "Signed: see [keys and signing](/docs/signing).",
        "key": "`Idempotency-Key` is required.",
        "parameters": "Parameters",
        "body": "Body",
        "answer": "Answer",
        "refusals": "Refusals",
        "heads": ("Member", "Type", "What it is"),
        "refusal_heads": "| Status | Code | Message |",
        "required": "Required.",
        "one_of": "One line each, of one of these kinds:",
        "events": "Events",
        "events_lead": "What is sent to [webhook endpoints](/docs/webhooks) and listed by `GET /v1/events`. "
        "`data.object` has the members below beside `id`, `object` and `status`; `data.changed` names what "
        "changed.",
        "event_heads": "| Event | When | Status | Changed |",
    },
    "zh-hans": {
        "title": "接口参考",
        "lead": "按资源列出的全部调用，来自 [OpenAPI 文件](/openapi.yaml)。每个调用都必须带 "
        "`Authorization: Bearer …`；可选请求头：`Sluice-Version`、`Accept-Language`。",
        "call": "调用",
        "what": "作用",
        "scope": "权限",
        "any_scope": "任何令牌",
        "no_token": "无需令牌",
        "signed": "须签名：见[签名与密钥](/docs/signing)。",
        "key": "必须带 `Idempotency-Key`。",
        "parameters": "参数",
        "body": "请求体",
        "answer": "回答",
        "refusals": "拒绝",
        "heads": ("字段", "类型", "含义"),
        "refusal_heads": "| 状态 | 错误码 | 文字 |",
        "required": "必填。",
        "one_of": "每行一条，为下列之一：",
        "events": "事件",
        "events_lead": "发往[通知地址](/docs/webhooks)、并由 `GET /v1/events` 列出的内容。"
        "`data.object` 除 `id`、`object`、`status` 外还有下列字段；`data.changed` 指出哪些字段有变化。",
        "event_heads": "| 事件 | 何时 | 状态 | 变化 |",
    },
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the committed document."""
    found: dict[str, Any] = json.loads(committed_document("json"))
    return found


@lru_cache(maxsize=1)
def _chinese() -> dict[str, str]:
    found: dict[str, str] = json.loads(TRANSLATIONS.read_text(encoding="utf-8"))
    return found


def said(text: str, language: str) -> str:
    """Return a text of the document in a language; what has no translation yet stays English."""
    return text if language == "en" else _chinese().get(text, text)


def tags() -> dict[str, str]:
    """Return the resources and what each is, in the document's order."""
    return {tag["name"]: tag["description"] for tag in document()["tags"]}


def index(language: str) -> str:
    """Return the list of all calls by resource."""
    words = _WORDS[language]
    parts = [f"# {words['title']}", str(words["lead"])]
    for tag, text in tags().items():
        rows = [
            f"| `{method.upper()} {path}` | {link_to(operation, language)} |"
            for path, method, operation in _of(tag)
        ]
        head = f"| {words['call']} | {words['what']} |\n|---|---|"
        parts += [f"## {tag} {{#{tag}}}", said(text, language), "\n".join([head, *rows])]
    return "\n\n".join(parts) + "\n"


def link_to(operation: dict[str, Any], language: str) -> str:
    """Return a link to a call's place in the reference."""
    place = f"/docs/reference/{operation['tags'][0]}#{operation['operationId']}"
    return f"[{said(operation['summary'], language)}]({place})"


def resource(tag: str, language: str) -> str:
    """Return the page of one resource: each call with its parameters, body, answers and refusals."""
    parts = [f"# {tag}", said(tags()[tag], language)]
    for path, method, operation in _of(tag):
        parts += operation_parts(path, method, operation, language)
    return "\n\n".join(parts) + "\n"


def operation_parts(path: str, method: str, operation: dict[str, Any], language: str) -> Iterator[str]:
    """Return the Markdown of one call, part by part."""
    words = _WORDS[language]
    yield f"## {said(operation['summary'], language)} {{#{operation['operationId']}}}"
    yield f"```http\n{method.upper()} {path}\n```"
    yield said(operation.get("description", ""), language)
    yield _rights(operation, language)
    rows = list(_parameters(operation))
    if rows:
        yield f"### {words['parameters']}\n\n" + _table(rows, language, with_required=True)
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"### {words['body']} `{media}`"
        yield from _content(content, language, with_required=True)
    problems: list[tuple[str, str]] = []
    for status, given in operation["responses"].items():
        response = resolved(document(), given)
        if status < "400":
            yield f"### {words['answer']} {status}"
            for content in response.get("content", {}).values():
                yield from _content(content, language, with_required=False)
        else:
            problems += [(status, code) for code in _codes(response)]
    if problems:
        yield f"::: {words['refusals']} ({len(problems)})"
        yield _refusals(problems, language)
        yield ":::"


def calls_answering(code: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the calls that may be refused with a code."""
    found = []
    for path, method, operation in operations(document()):
        answers = [
            resolved(document(), given) for status, given in operation["responses"].items() if status >= "400"
        ]
        if any(code in _codes(answer) for answer in answers):
            found.append((path, method, operation))
    return found


def events_page(language: str) -> str:
    """Return every type of event, by object, with what it carries and an example."""
    words = _WORDS[language]
    parts = [f"# {words['events']}", str(words["events_lead"])]
    for kind in dict.fromkeys(one.object for one in TYPES.values()):
        types = {name: one for name, one in TYPES.items() if one.object == kind}
        rows = [
            f"| `{name}` | {said(one.text, language)} | `{one.status}` | "
            f"{', '.join(f'`{member}`' for member in one.changed) or '—'} |"
            for name, one in types.items()
        ]
        example = json.dumps(example_data(next(iter(types))), ensure_ascii=False, indent=2)
        head = f"{words['event_heads']}\n|---|---|---|---|"
        parts += [f"## {kind} {{#{kind}}}", "\n".join([head, *rows]), f"```json\n{example}\n```"]
    return "\n\n".join(parts) + "\n"


def texts() -> set[str]:
    """Return every English text of the document that a page shows and that is translated."""
    found = {*tags().values(), *(one.text for one in TYPES.values())}
    for _, _, operation in operations(document()):
        found |= {operation["summary"], operation.get("description", "")}
        bodies = [
            operation.get("requestBody", {}),
            *(resolved(document(), one) for status, one in operation["responses"].items() if status < "400"),
        ]
        rows = list(_parameters(operation))
        for body in bodies:
            for content in body.get("content", {}).values():
                rows += [row for schema in _kinds(content) for row in members(document(), schema)]
        found |= {" ".join(row.text.split()) for row in rows}
    return found - {""}


def _of(tag: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [found for found in operations(document()) if tag in found[2]["tags"]]


def _rights(operation: dict[str, Any], language: str) -> str:
    words = _WORDS[language]
    security = operation.get("security", [])
    scopes = next((one["oauth2"] for one in security if "oauth2" in one), None)
    if scopes is None:
        right = str(words["no_token"])
    else:
        right = ", ".join(f"`{scope}`" for scope in scopes) or str(words["any_scope"])
    lines = [f"{words['scope']}: {right}." if language == "en" else f"{words['scope']}：{right}。"]
    if any(one["name"] == "Idempotency-Key" and one.get("required") for one in _given(operation)):
        lines.append(str(words["key"]))
    if "x-sluice-signed" in operation:
        lines.append(str(words["signed"]))
    return " ".join(lines)


def _given(operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [resolved(document(), one) for one in operation.get("parameters", [])]


def _parameters(operation: dict[str, Any]) -> Iterator[Row]:
    for one in _given(operation):
        if one["name"] not in _GENERAL:
            kind = type_of(document(), resolved(document(), one["schema"]))
            yield Row(one["name"], kind, bool(one.get("required")), one.get("description", ""))


def _content(content: dict[str, Any], language: str, *, with_required: bool) -> Iterator[str]:
    kinds = _kinds(content)
    if len(kinds) > 1:
        yield str(_WORDS[language]["one_of"])
    for schema in kinds:
        whole = resolved(document(), schema)
        if len(kinds) > 1 and whole.get("description"):
            yield said(" ".join(whole["description"].split()), language)
        rows = list(members(document(), schema))
        if rows:
            yield _table(rows, language, with_required=with_required)
    for example in list(content.get("examples", {}).values())[:1]:
        value = example["value"]
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
        yield f"```json\n{text}\n```"


def _kinds(content: dict[str, Any]) -> list[dict[str, Any]]:
    whole = resolved(document(), content.get("schema", {}))
    return list(whole.get("oneOf", [whole]))


def _codes(response: dict[str, Any]) -> list[str]:
    problem = response.get("content", {}).get("application/problem+json", {})
    return [example["value"]["code"] for example in problem.get("examples", {}).values()]


def _refusals(problems: list[tuple[str, str]], language: str) -> str:
    known = messages(language)
    rows = []
    for status, code in problems:
        message = known[code][1].replace("|", "/") if code in known else ""
        rows.append(f"| {status} | [`{code}`](/docs/errors/{code}) | {message} |")
    return "\n".join([str(_WORDS[language]["refusal_heads"]), "|---|---|---|", *rows])


def _table(rows: list[Row], language: str, *, with_required: bool) -> str:
    words = _WORDS[language]
    required = str(words["required"]) if with_required else ""
    heads: Any = words["heads"]
    return table(rows, heads, required, lambda text: said(text, language))
