"""Parts of the document that drf-spectacular does not make: the token call, and what operations share."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from interfaces.problems import CONTENT_TYPE
from interfaces.rate_limits import RateLimited
from interfaces.scene.expansion import ADDRESSES, MEMBER, PARAMETER
from interfaces.scene.problem_list import meaning_of, problem_example
from interfaces.signatures import COVERED

_FORM: Final = {
    "type": "object",
    "properties": {
        "grant_type": {"type": "string", "const": "client_credentials"},
        "resource": {"type": "string", "description": "`<base>/banks/bnk_…`: the one bank the token is for."},
        "scope": {
            "type": "string",
            "description": "Separated by spaces; without it, all the client may have.",
        },
        "client_id": {"type": "string"},
        "client_secret": {"type": "string", "description": "Sandbox only; or in the Authorization header."},
        "client_assertion_type": {"type": "string"},
        "client_assertion": {"type": "string", "description": "A JWT signed by the client (RFC 7523)."},
    },
    "required": ["grant_type", "resource"],
}
_TOKEN: Final = {
    "type": "object",
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"type": "string", "const": "Bearer"},
        "expires_in": {"type": "integer", "description": "Seconds."},
        "scope": {"type": "string"},
    },
    "required": ["access_token", "token_type", "expires_in", "scope"],
}
_TOKEN_PROBLEM: Final = {
    "type": "object",
    "properties": {
        "error": {
            "type": "string",
            "enum": [
                "invalid_request",
                "invalid_client",
                "invalid_scope",
                "invalid_target",
                "unsupported_grant_type",
            ],
        },
        "error_description": {"type": "string"},
        "code": {
            "type": "string",
            "description": "More exact than `error` where the standard has no word: `live_not_enabled` (a "
            "sandbox client asked for a live bank), `access.live_client` (the other way round), "
            "`ip_not_allowed`.",
        },
    },
    "required": ["error", "error_description", "code"],
}
_EXAMPLE_TOKEN: Final = {
    "access_token": "slt_5wJ…",
    "token_type": "Bearer",
    "expires_in": 600,
    "scope": "drawdowns:write loans:read",
}


def _headers(*names: str) -> dict[str, Any]:
    """Return headers that other calls describe."""
    every = ("Request-Id", "RateLimit", "RateLimit-Policy", *names)
    return {name: {"$ref": f"#/components/headers/{name}"} for name in every}


def _json(schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema, "example": example}}


def _refused(error: str, text: str, *headers: str) -> dict[str, Any]:
    example = {"error": error, "error_description": text, "code": error}
    return {
        "description": text,
        "headers": _headers(*headers),
        "content": _json(_TOKEN_PROBLEM, example),
    }


def _too_often() -> dict[str, Any]:
    code = RateLimited.code
    example = {**problem_example(429, code), "instance": "/oauth/token"}
    return {
        "description": f"`{code}`: {meaning_of(RateLimited)}",
        "headers": _headers("Retry-After"),
        "content": {
            CONTENT_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {"RateLimited": {"value": example, "summary": code}},
            }
        },
    }


TOKEN_PATHS: Final[dict[str, Any]] = {
    "/oauth/token": {
        "post": {
            "operationId": "issue_token",
            "summary": "Get a token for one bank",
            "description": "Ten minutes, one bank, opaque: keep it until it ends. Sandbox clients show a "
            "secret, live ones sign. Counted by client and by address, apart from all other calls.",
            "tags": ["tokens"],
            "security": [],
            "requestBody": {
                "required": True,
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": _FORM,
                        "example": {
                            "grant_type": "client_credentials",
                            "resource": "https://api.sluice.example/banks/bnk_01JEGV5GYMFSFRMTVWHPF0Z8DJ",
                            "scope": "drawdowns:write loans:read",
                        },
                    }
                },
            },
            "responses": {
                "200": {
                    "description": "A token.",
                    "headers": _headers(),
                    "content": _json(_TOKEN, _EXAMPLE_TOKEN),
                },
                "400": _refused("invalid_target", "Name one bank: resource=<base>/banks/bnk_…."),
                "401": _refused(
                    "invalid_client", "The client's credentials are not valid.", "WWW-Authenticate"
                ),
                "429": _too_often(),
            },
        }
    },
    "/.well-known/oauth-authorization-server": {
        "get": {
            "operationId": "get_authorization_server",
            "summary": "Describe the token endpoint",
            "description": "Where tokens are issued, and how a client may show who it is (RFC 8414).",
            "tags": ["tokens"],
            "security": [],
            "responses": {
                "200": {
                    "description": "RFC 8414.",
                    "content": _json({"type": "object"}, {"issuer": "https://api.sluice.example"}),
                }
            },
        }
    },
}


def without_marks(value: Any) -> Any:
    """Return a document without drf-spectacular's own marks on enumerations."""
    if isinstance(value, dict):
        return {name: without_marks(part) for name, part in value.items() if name != "x-spec-enum-id"}
    if isinstance(value, list):
        return [without_marks(part) for part in value]
    return value


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation of every operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def mark_signed(document: dict[str, Any]) -> None:
    """Mark the calls that are signed with what their signature covers at least."""
    for _, _, operation in operations(document):
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        if "Signature" in names:
            operation["x-sluice-signed"] = list(COVERED)


def say_expansions(document: dict[str, Any]) -> None:
    """Say of what a call can expand that its answer may carry it, as the call that answers its id does."""
    schemas = document["components"]["schemas"]
    for _, _, operation in operations(document):
        parameters = operation.get("parameters", ())
        names = [one["schema"]["items"]["enum"] for one in parameters if one["name"] == PARAMETER]
        if names:
            _expandable(operation, schemas)["properties"][MEMBER] = {
                "type": "object",
                "description": f"What `{PARAMETER}` asked for; null where it is not to be had.",
                "properties": {
                    name: {"oneOf": [_answer_of(document["paths"][ADDRESSES[name]]["get"]), {"type": "null"}]}
                    for name in names[0]
                },
            }


def _expandable(operation: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return the shape of the object that an operation answers, once or in a list."""
    shape = _named(_answer_of(operation), schemas)
    data = shape["properties"].get("data", {})
    return _named(data["items"], schemas) if "items" in data else shape


def _answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    """Return how an operation's good answer refers to its shape."""
    found: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return dict(found)


def link_ids(document: dict[str, Any]) -> None:
    """Say of every answer with an id which calls take it, of a list those that take its first."""
    schemas = document["components"]["schemas"]
    takers: dict[str, list[str]] = {}
    links = document["components"].setdefault("links", {})
    for _, _, operation in operations(document):
        ids = [one for one in operation.get("parameters", []) if one["in"] == "path"]
        if len(ids) == 1 and "pattern" in ids[0]["schema"]:
            named, name = operation["operationId"], ids[0]["name"]
            takers.setdefault(ids[0]["schema"]["pattern"], []).append(named)
            for start, at in (("", "/id"), ("first.", "/data/0/id")):
                links[start + named] = {"operationId": named, "parameters": {name: f"$response.body#{at}"}}
    used: set[str] = set()
    for _, _, operation in operations(document):
        for status, response in operation["responses"].items():
            if status < "300":
                pattern, start = _answered_id(response, schemas)
                found = [one for one in takers.get(pattern, []) if one != operation["operationId"]]
                if found:
                    response["links"] = {one: {"$ref": f"#/components/links/{start}{one}"} for one in found}
                    used |= {f"{start}{one}" for one in found}
    document["components"]["links"] = {name: link for name, link in links.items() if name in used}


def _answered_id(response: dict[str, Any], schemas: dict[str, Any]) -> tuple[str, str]:
    """Return the pattern of an answer's own id, and `first.` when it is that of a list's members."""
    schema = response["content"].get("application/json", {}).get("schema", {})
    answer, start = _named(schema, schemas), ""
    if "has_more" in answer.get("properties", {}):
        answer, start = _named(answer["properties"]["data"].get("items", {}), schemas), "first."
    return answer.get("properties", {}).get("id", {}).get("pattern", ""), start


def _named(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    found: dict[str, Any] = schemas.get(name, schema)
    return found


def share_responses(document: dict[str, Any]) -> None:
    """Move headers, and problems that several operations have in common, into components."""
    components = document["components"]
    headers = components.setdefault("headers", {})
    shared = components.setdefault("responses", {})
    found = [
        (operation["responses"], status, response)
        for _, _, operation in operations(document)
        for status, response in operation["responses"].items()
    ]
    for _, _, response in found:
        for name, header in response.get("headers", {}).items():
            if "$ref" not in header:
                headers[name] = header
        if "headers" in response:
            response["headers"] = {
                name: {"$ref": f"#/components/headers/{name}"} for name in response["headers"]
            }
    counts = Counter(json.dumps(response) for _, status, response in found if status >= "400")
    for responses, status, response in found:
        if status >= "400" and counts[json.dumps(response)] > 1:
            name = _name(status, response)
            shared[name] = response
            responses[status] = {"$ref": f"#/components/responses/{name}"}


def _name(status: str, response: dict[str, Any]) -> str:
    """Return a name that says the status and the codes."""
    examples = next(iter(response["content"].values())).get("examples", {})
    codes = [example["value"]["code"] for example in examples.values()]
    return ".".join([status, *codes])
