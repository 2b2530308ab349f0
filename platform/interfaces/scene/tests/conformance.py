"""Is what came over the wire what the committed document says?"""

from functools import lru_cache
from typing import Any

import yaml
from django.urls import resolve
from jsonschema import Draft202012Validator, FormatChecker

from interfaces.scene.document import COMMITTED

METHODS = ("get", "post", "patch", "delete")


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(COMMITTED.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def closed(schema: Any) -> Any:
    """Return a schema whose objects admit no member that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(part) for name, part in schema.items()}
    if "properties" in inner:
        inner.setdefault("additionalProperties", False)
    return inner


@lru_cache(maxsize=1)
def components() -> Any:
    return closed({"schemas": document()["components"]["schemas"]})


def validate(value: Any, schema: dict[str, Any]) -> None:
    whole = {**closed(schema), "components": components()}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


def deref(part: dict[str, Any]) -> dict[str, Any]:
    found: Any = part
    while "$ref" in found:
        at: Any = document()
        for step in found["$ref"].removeprefix("#/").split("/"):
            at = at[step]
        found = at
    return dict(found)


def event_schema(name: str, media: str = "application/json") -> dict[str, Any]:
    """Return what the document says of the body of one type of event."""
    content: dict[str, Any] = document()["webhooks"][name]["post"]["requestBody"]["content"]
    return dict(content[media]["schema"])


def template_of(path: str) -> str:
    """Return the document's path of a request's path."""
    route = resolve(path, urlconf="interfaces.scene.urls").route
    return "/" + route.replace("<str:", "{").replace(">", "}")


def check(method: str, path: str, response: Any) -> None:
    """Check one answer: its status is documented, its body has the documented shape, problems their code."""
    operation = document()["paths"][template_of(path)][method.lower()]
    status = str(response.status_code)
    assert status in operation["responses"], f"{method} {path} answered an undocumented {status}"
    answer = deref(operation["responses"][status])
    media = response["Content-Type"].partition(";")[0]
    assert media in answer["content"], f"{method} {path} answered {media}"
    content = answer["content"][media]
    validate(response.json(), content["schema"])
    if path == "/v1/events" and response.status_code == 200:
        for event in response.json()["data"]:
            validate(event, event_schema(event["type"]))
    if media == "application/problem+json":
        codes = {example["value"]["code"] for example in content["examples"].values()}
        assert response.json()["code"] in codes, (
            f"{method} {path}: {response.json()['code']} is not documented"
        )
