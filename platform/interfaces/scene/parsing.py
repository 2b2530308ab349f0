"""Bodies and queries: every member known, every fault named at once with its pointer."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rest_framework import serializers

from kernel.refusals import Kind, Refusal


class ParametersInvalid(Refusal):
    """One or more members of the body or the query are missing, unknown or of the wrong form."""

    code = "parameter_invalid"
    kind = Kind.INVALID
    message = "The request has members that cannot be used: {summary}."

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        summary = ", ".join(sorted({fault["pointer"] or "/" for fault in errors}))
        super().__init__(summary=summary[:300])


class ParameterMissing(ParametersInvalid):
    """All that is wrong is that required members are missing."""

    code = "parameter_missing"
    message = "The request lacks required members: {summary}."


class MalformedJson(Refusal):
    """The body is not one JSON object in UTF-8."""

    code = "malformed_json"
    kind = Kind.INVALID
    message = "The body is not a JSON object: {reason}."


class Body(serializers.Serializer[Any]):
    """A request body or query: an object whose every member is known."""

    default_error_messages = {"unknown": "Is not a member of this request."}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse members that the call does not know, together with all other faults."""
        faults: dict[str, Any] = {}
        if isinstance(data, Mapping):
            unknown = serializers.ErrorDetail(str(self.error_messages["unknown"]), code="unknown")
            faults = {name: [unknown] for name in data if name not in self.fields}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail = error.detail if isinstance(error.detail, dict) else {"": error.detail}
            raise serializers.ValidationError({**detail, **faults}) from None
        if faults:
            raise serializers.ValidationError(faults)
        return value


_CODES: Final = {"required": "parameter_missing", "unknown": "parameter_unknown"}
_OWN: Final = ("", "non_field_errors")


def faults_of(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """Flatten DRF's nested error detail into `{pointer, code, detail}` (RFC 6901 pointers)."""
    if isinstance(detail, Mapping):
        return [
            fault
            for name, inner in detail.items()
            for fault in faults_of(inner, pointer if name in _OWN else f"{pointer}/{_token(name)}")
        ]
    if isinstance(detail, list) and any(isinstance(inner, Mapping | list) for inner in detail):
        return [fault for at, inner in enumerate(detail) for fault in faults_of(inner, f"{pointer}/{at}")]
    leaves: Iterable[Any] = detail if isinstance(detail, list) else [detail]
    return [
        {"pointer": pointer, "code": _CODES.get(leaf.code, "parameter_invalid"), "detail": _plain(leaf)}
        for leaf in leaves
    ]


def _token(name: object) -> str:
    return _plain(name)[:80].replace("~", "~0").replace("/", "~1")


def _plain(text: object) -> str:
    """Return a text that can be encoded: a fault may quote what was sent."""
    return str(text)[:300].encode("utf-8", "replace").decode()


def parse(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """Return the validated members; refuses all that is wrong at once, each fault with its pointer."""
    serializer = shape(data=data)
    if serializer.is_valid():
        return dict(serializer.validated_data)
    faults = faults_of(serializer.errors)
    missing_only = all(fault["code"] == "parameter_missing" for fault in faults)
    raise (ParameterMissing if missing_only else ParametersInvalid)(faults)


def declared_length(headers: Mapping[str, str]) -> int:
    """Return the length a request declares; nonsense declares nothing."""
    text = headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def parse_json(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body; refuses NaN, doubled names, bad UTF-8, depth and other values."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
    except RecursionError:
        raise MalformedJson(reason="nested too deep") from None
    except ValueError as error:
        raise MalformedJson(reason=str(error)[:120]) from None
    if not isinstance(value, dict):
        raise MalformedJson(reason="not an object")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name occurs twice")
    return value
