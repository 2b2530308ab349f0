"""The rules our own OpenAPI documents keep; `./sluice generate openapi --check` tells every breach."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from interfaces.problems import CONTENT_TYPE

Document = dict[str, Any]
SNAKE: Final = re.compile(r"[a-z][a-z0-9_]*")
MONEY: Final = frozenset(
    [
        "amount",
        "principal",
        "interest",
        "fees",
        "penalty",
        "total",
        "remaining",
        "available",
        "drawn",
        "reserved",
        "outstanding",
        "opening",
        "closing",
        "paid",
        "max_amount",
        "approved_amount",
        "counter_offer",
        "credit_limit",
        "minimum_payment",
    ]
)
MONEY_SHAPES: Final = ("#/components/schemas/Money", "#/components/schemas/PositiveMoney")
# Documents with a committed schema of their own, and money itself; a line of a file has plain amounts too.
PLAIN_AMOUNTS: Final = re.compile(r"Calculated\w+|Money|PositiveMoney")
LINES: Final = "application/x-ndjson"
ALWAYS: Final = frozenset({"401", "406", "500"})


def faults(document: Document) -> list[str]:
    """Return every breach of the rules, each with its place; a good document has none."""
    return [f"{rule.__name__}: {said}" for rule in RULES for said in rule(document)]


def _operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("paths", "webhooks"):
        for path, item in document.get(kind, {}).items():
            for method, operation in item.items():
                yield f"{method} {path}", operation


def _calls(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the operations of the API itself: those under /v1."""
    return (pair for pair in _operations(document) if " /v1" in pair[0])


def _deref(document: Document, part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def _shapes(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield component, member and schema of every member of every component."""
    for name, schema in document["components"]["schemas"].items():
        for member, said in schema.get("properties", {}).items():
            yield name, member, said


def operation_names(document: Document) -> Iterator[str]:
    """Let every operation have an id of its own, in snake_case."""
    named = Counter(operation.get("operationId", "") for _, operation in _operations(document))
    for name, count in named.items():
        if count > 1 or not SNAKE.fullmatch(name):
            yield f"operationId {name!r} occurs {count} times or is not snake_case"


def operation_texts(document: Document) -> Iterator[str]:
    """Let every operation have a line and a text, and each of its tags one of the document's."""
    tags = {tag["name"] for tag in document["tags"]}
    for where, operation in _operations(document):
        for member in ("summary", "description"):
            if not operation.get(member):
                yield f"{where} has no {member}"
        if where.split(" ")[1].startswith("/") and not (
            operation.get("tags") and set(operation["tags"]) <= tags
        ):
            yield f"{where} has no tag that is declared"


def operation_security(document: Document) -> Iterator[str]:
    """Let every operation say what opens it: a token with one scope, or that none is needed."""
    for where, operation in _operations(document):
        if "security" not in operation:
            yield f"{where} says nothing of security"
    for where, operation in _calls(document):
        if not any("oauth2" in way for way in operation.get("security", ())):
            yield f"{where} takes no token"


def answers(document: Document) -> Iterator[str]:
    """Let every call have one good answer with a shape, and every refusal problem+json with its codes."""
    for where, operation in _calls(document):
        responses = operation["responses"]
        good = [status for status in responses if status < "300"]
        if len(good) != 1 or not set(responses) >= ALWAYS:
            yield f"{where} has {good} as good answers, or lacks one of {sorted(ALWAYS)}"
        for status, response in responses.items():
            said = _deref(document, response)
            media = said.get("content", {})
            if not said.get("description") or not all("schema" in content for content in media.values()):
                yield f"{where} {status} has no text or no shape"
            if status >= "400":
                examples = media.get(CONTENT_TYPE, {}).get("examples", {}).values()
                codes = [example["value"]["code"] for example in examples]
                if not codes or not all(f"`{code}`" in said["description"] for code in codes):
                    yield f"{where} {status} lists no codes"


def keys(document: Document) -> Iterator[str]:
    """Let every POST name its idempotency key, and every body refuse what it does not know."""
    for where, operation in _calls(document):
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        if where.startswith("post ") and "Idempotency-Key" not in names:
            yield f"{where} names no Idempotency-Key"
        for content in operation.get("requestBody", {}).get("content", {}).values():
            form = _deref(document, content["schema"])
            if "properties" in form and form.get("additionalProperties") is not False:
                yield f"{where} takes members it does not know"


def names(document: Document) -> Iterator[str]:
    """Let members and parameters be in snake_case."""
    for name, member, _ in _shapes(document):
        if not SNAKE.fullmatch(member):
            yield f"{name}.{member} is not snake_case"
    for where, operation in _calls(document):
        for parameter in operation.get("parameters", ()):
            name = re.sub(r"(\[\w*\])$", "", parameter["name"])
            if parameter["in"] != "header" and not SNAKE.fullmatch(name):
                yield f"{where}: parameter {name} is not snake_case"


def ids(document: Document) -> Iterator[str]:
    """Let every id have its form: of an object, and in an address."""
    for name, member, said in _shapes(document):
        if member == "id" and "pattern" not in said:
            yield f"{name}.id has no pattern"
    for where, operation in _calls(document):
        for parameter in operation.get("parameters", ()):
            if parameter["name"].endswith("_id") and "pattern" not in parameter["schema"]:
                yield f"{where}: parameter {parameter['name']} has no pattern"


def _lines(document: Document) -> set[str]:
    """Return the shapes that a line of a file may have, and what they are made of."""
    bodies = (operation.get("requestBody", {}).get("content", {}) for _, operation in _calls(document))
    left, found = [json.dumps(body[LINES]) for body in bodies if LINES in body], set[str]()
    while left:
        for name in re.findall(r'"#/components/schemas/(\w+)"', left.pop()):
            if name not in found:
                found.add(name)
                left.append(json.dumps(document["components"]["schemas"][name]))
    return found


def money(document: Document) -> Iterator[str]:
    """Let money be an object of amount and currency wherever it stands, but for the lines of a file."""
    plain = _lines(document)
    for name, member, said in _shapes(document):
        if member in MONEY and not PLAIN_AMOUNTS.fullmatch(name) and name not in plain:
            shape = json.dumps(said)
            kind = _deref(document, said).get("type")
            if not any(f'"{known}"' in shape for known in MONEY_SHAPES) and kind not in ("object", "array"):
                yield f"{name}.{member} is not an amount with its currency"


def sent(document: Document) -> Iterator[str]:
    """Let no member of a body that is sent be one that is only read."""
    for where, operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for member, said in _deref(document, content["schema"]).get("properties", {}).items():
                if said.get("readOnly"):
                    yield f"{where}: {member} is only read, but sent"


def components(document: Document) -> Iterator[str]:
    """Let every component be used, and every reference lead somewhere."""
    text = json.dumps(document)
    for kind, held in document["components"].items():
        for name in held if kind != "securitySchemes" else ():
            if f'"#/components/{kind}/{name}"' not in text:
                yield f"components/{kind}/{name} is used nowhere"
    for kind, name in set(re.findall(r'"#/components/(\w+)/([^"]+)"', text)):
        if name not in document["components"].get(kind, {}):
            yield f"components/{kind}/{name} does not exist"


RULES: Final[tuple[Callable[[Document], Iterator[str]], ...]] = (
    operation_names,
    operation_texts,
    operation_security,
    answers,
    keys,
    names,
    ids,
    money,
    sent,
    components,
)
