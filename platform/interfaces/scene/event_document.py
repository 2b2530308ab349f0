"""The `webhooks` of the document: each type of event with its own body and an example."""

from typing import Any, Final

from interfaces.event_body import CLOUD_PREFIX
from interfaces.event_types import CODES, MEMBERS, PREFIXES, TYPES, Member, example_data
from interfaces.scene.examples import example_of
from kernel.ids import ALPHABET

_HEADERS: Final = {
    "webhook-id": "The event's id, the same on every attempt: drop what you have seen.",
    "webhook-timestamp": "When this attempt was signed, in seconds; refuse what is older than five minutes.",
    "webhook-signature": "One or two signatures (`v1,…` or `v1a,…`) with a space between: one must be right.",
}
_MONEY: Final = {"$ref": "#/components/schemas/Money"}
_STRING: Final = {"type": "string"}
_SCHEMA: Final = "#/components/schemas/"
_PARAMETER: Final = "#/components/parameters/"


def webhooks(components: dict[str, Any], event_shape: Any) -> dict[str, Any]:
    """Return the operation of every type of event; what they share and their bodies go into `components`."""
    schemas = components["schemas"]
    base, example = schemas["Event"], example_of(event_shape)
    components["parameters"] = {**components.get("parameters", {}), **_parameters()}
    for kind in MEMBERS:
        schemas[_object_name(kind)] = _object_schema(kind)
    for name in TYPES:
        schemas[_event_name(name)] = _event_schema(name, base)
    schemas["CloudEvent"] = _cloud_schema()
    return {name: _operation(name, example) for name in sorted(TYPES)}


def _parameters() -> dict[str, Any]:
    signed = {
        name: {"name": name, "in": "header", "required": True, "description": text, "schema": dict(_STRING)}
        for name, text in _HEADERS.items()
    }
    replay = {
        "name": "Sluice-Replay",
        "in": "header",
        "required": False,
        "description": "`true` when the event is sent again because it was asked for.",
        "schema": {"type": "string", "const": "true"},
    }
    return {**signed, "Sluice-Replay": replay}


def _camel(text: str) -> str:
    return "".join(word.title() for word in text.replace(".", "_").split("_"))


def _object_name(kind: str) -> str:
    return f"{_camel(kind)}InEvent"


def _event_name(name: str) -> str:
    return f"{_camel(name)}Event"


def _member_schema(member: Member) -> dict[str, Any]:
    if member.form == "money":
        return dict(_MONEY)
    schema: dict[str, Any] = {"type": [member.form, "null"] if member.nullable else member.form}
    return {**schema, "items": dict(_STRING)} if member.form == "array" else schema


def _object_schema(kind: str) -> dict[str, Any]:
    properties = {
        "id": {"type": "string", "pattern": CODES.get(kind) or f"^{PREFIXES[kind]}_[{ALPHABET}]{{26}}$"},
        "object": {"type": "string", "const": kind},
        "status": dict(_STRING),
        **{name: _member_schema(member) for name, member in MEMBERS[kind].items()},
    }
    return {
        "type": "object",
        "description": f"A {kind.replace('_', ' ')} as its events show it.",
        "properties": properties,
        "required": list(properties),
    }


def _data_schema(name: str) -> dict[str, Any]:
    described = {"type": "array", "items": dict(_STRING), "description": "The members that changed."}
    properties = {
        "object": {"$ref": f"{_SCHEMA}{_object_name(TYPES[name].object)}"},
        "changed": described,
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _event_schema(name: str, base: dict[str, Any]) -> dict[str, Any]:
    """Return the shape of one type: here it is what is sent, so no member is only for reading."""
    own = {"type": {"type": "string", "const": name}, "data": _data_schema(name)}
    shared = {
        member: {word: value for word, value in said.items() if word != "readOnly"}
        for member, said in base["properties"].items()
    }
    return {
        "type": "object",
        "description": TYPES[name].text,
        "properties": {**shared, **own},
        "required": list(base["required"]),
    }


def _cloud_schema() -> dict[str, Any]:
    properties = {
        "specversion": {"type": "string", "const": "1.0"},
        "id": {**_STRING, "pattern": f"^evt_[{ALPHABET}]{{26}}$", "description": "The event's id."},
        "source": {"type": "string", "format": "uri-reference", "description": "The bank."},
        "type": {"type": "string", "description": f"`{CLOUD_PREFIX}` and the type."},
        "subject": dict(_STRING),
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string", "const": "application/json"},
        "sequence": {"type": "string", "pattern": "^[0-9]{10}$"},
        "apiversion": dict(_STRING),
        "livemode": {"type": "boolean"},
        "data": {"type": "object", "additionalProperties": True, "description": "As in the standard form."},
    }
    return {
        "type": "object",
        "description": "An event as CloudEvents 1.0 writes it, for endpoints of that format.",
        "properties": properties,
        "required": list(properties),
    }


def _operation(name: str, example: dict[str, Any]) -> dict[str, Any]:
    data = example_data(name)
    event = {**example, "type": name, "subject": data["object"]["id"], "sequence": 2, "data": data}
    content = {
        "application/json": {
            "schema": {"$ref": f"{_SCHEMA}{_event_name(name)}"},
            "examples": {"event": {"value": event}},
        },
        "application/cloudevents+json": {"schema": {"$ref": f"{_SCHEMA}CloudEvent"}},
    }
    return {
        "post": {
            "summary": TYPES[name].text,
            "description": "Signed (Standard Webhooks). Answer 2xx within ten seconds; 410 ends it for good.",
            "operationId": f"on_{name.replace('.', '_')}",
            "tags": ["events"],
            "security": [],
            "parameters": [{"$ref": f"{_PARAMETER}{header}"} for header in (*_HEADERS, "Sluice-Replay")],
            "requestBody": {"required": True, "content": content},
            "responses": {
                "2XX": {"description": "Received."},
                "410": {"description": "Never send here again."},
            },
        }
    }
