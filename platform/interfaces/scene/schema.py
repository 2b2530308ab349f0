"""How drf-spectacular reads an operation: from the promise on its handler."""

import re
from http import HTTPStatus
from inspect import getdoc
from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from interfaces.gate import KEY_LENGTH_MAX
from interfaces.problems import CONTENT_TYPE
from interfaces.scene.calls import JSON, Call, call_of
from interfaces.scene.etags import TaggedShape
from interfaces.scene.examples import example_of
from interfaces.scene.expansion import PARAMETER as EXPAND
from interfaces.scene.fields import (
    ID_PATTERN,
    PLAIN_PATTERN,
    AmountField,
    FactsField,
    MetadataField,
    PositiveMoneyShape,
    TextField,
    id_schema,
)
from interfaces.scene.problem_list import ProblemShape, problem_example, problems_of
from interfaces.scene.shapes import page_shape
from interfaces.versions import VERSIONS

SIGNATURE: Final = tuple(
    OpenApiParameter(name, str, OpenApiParameter.HEADER, description=text)
    for name, text in (
        ("Signature-Input", "What is signed, when and with which key (RFC 9421): see `/docs/signing`."),
        ("Signature", "The signature; live clients, and sandbox clients with keys, must sign this call."),
        (
            "Content-Digest",
            "`sha-256=:…:` or `sha-512=:…:` of the body (RFC 9530); the signature covers it.",
        ),
    )
)
_KEY_SCHEMA: Final = {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX, "pattern": "^[!-~]+$"}
_KEY_TEXT: Final = "1 to 255 visible ASCII characters, kept for 72 hours; the same key and body is done once."
# What an id in an address begins with; a name that is not here is an id of some kind.
PREFIX_OF: Final = {
    "agreement_id": "agr",
    "application_id": "app",
    "bank_id": "bnk",
    "batch_id": "bat",
    "business_id": "biz",
    "clock_id": "clk",
    "consent_id": "cns",
    "delivery_id": "whd",
    "drawdown_id": "drw",
    "endpoint_id": "whe",
    "event_id": "evt",
    "line_id": "lin",
    "loan_id": "lon",
    "offer_id": "ofr",
    "prequalification_id": "pql",
    "repayment_id": "rpy",
    "request_id": "srq",
    "session_id": "ems",
    "statement_id": "stm",
}
_VERSION: Final = OpenApiParameter(
    "Sluice-Version",
    {"type": "string", "enum": [version.name for version in VERSIONS]},
    OpenApiParameter.HEADER,
    description="The version to answer in; without it the newest.",
)
_MATCH: Final = OpenApiParameter(
    "If-Match",
    {"type": "string", "minLength": 1, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="The `etag` of the state that is to be changed; `*` for whatever is there.",
)
_RETURNED: Final = (
    OpenApiParameter(
        "Request-Id", str, OpenApiParameter.HEADER, response=True, description="Name it to support."
    ),
    OpenApiParameter(
        "Sluice-Version", str, OpenApiParameter.HEADER, response=True, description="The API's version."
    ),
    OpenApiParameter(
        "RateLimit",
        str,
        OpenApiParameter.HEADER,
        response=True,
        description="How many calls are left (`r`) and for how many seconds (`t`), by policy; where the "
        "caller is known.",
    ),
    OpenApiParameter(
        "RateLimit-Policy",
        str,
        OpenApiParameter.HEADER,
        response=True,
        description="Calls (`q`) in a window of seconds (`w`) of one client at one bank.",
    ),
    OpenApiParameter(
        "Retry-After",
        str,
        OpenApiParameter.HEADER,
        response=[409, 429, 503],
        description="Seconds to wait, where waiting helps.",
    ),
    OpenApiParameter(
        "WWW-Authenticate", str, OpenApiParameter.HEADER, response=[401], description="What is demanded."
    ),
    OpenApiParameter(
        "Deprecation",
        str,
        OpenApiParameter.HEADER,
        response=True,
        description="Since when (`@` and seconds) the version goes away; only of one that does (RFC 9745).",
    ),
    OpenApiParameter(
        "Sunset",
        str,
        OpenApiParameter.HEADER,
        response=True,
        description="When a version that goes away may be gone (RFC 8594).",
    ),
)


class CallSchema(AutoSchema):
    """Reads an operation from the promise on its handler."""

    @property
    def promise(self) -> Call:
        """The promise of the method at hand."""
        promise = call_of(self.view, self.method)
        if promise is None:
            raise TypeError(f"{self.view} promises nothing for {self.method}")
        return promise

    def is_excluded(self) -> bool:
        """Leave out what promises nothing."""
        return call_of(self.view, self.method) is None

    def get_summary(self) -> str:
        """Return the promise's one line."""
        return self.promise.summary

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular's own signature
        """Return what the one line does not say: the promise's own text, or the handler's."""
        handler = getattr(self.view, f"handle_{self.method.lower()}")
        return self.promise.description or getdoc(handler) or ""

    def get_operation_id(self) -> str:
        """Return the one line as a name."""
        return self.promise.summary.lower().replace("'s", "").replace(" ", "_")

    def get_tags(self) -> list[str]:
        """Return the first part of the path."""
        return [self.path.removeprefix("/v1/").split("/")[0]]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return the scope the call needs, or none when any token will do."""
        return [{"oauth2": [self.promise.scope] if self.promise.scope else []}, {"token": []}]

    def get_request_serializer(self) -> Any:
        """Return the body by its media type."""
        promise = self.promise
        return None if promise.request is None else {promise.media_type: promise.request}

    def _get_request_body(self, direction: Any = "request") -> Any:
        """Demand a body of lines: a call without one has no media type either, and is refused for that."""
        body = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        if body and self.promise.media_type != JSON:
            body["required"] = True
        return body

    def get_response_serializers(self) -> Any:
        """Return the answer and every problem this call can meet."""
        promise = self.promise
        answers: dict[Any, OpenApiResponse] = {}
        shape = page_shape(promise.answer) if promise.many and promise.answer else promise.answer
        answers[promise.status] = OpenApiResponse(shape, HTTPStatus(promise.status).phrase)
        for status, codes in problems_of(promise, self.method).items():
            answers[status, CONTENT_TYPE] = OpenApiResponse(
                ProblemShape,
                " ".join(f"`{code}`: {text}" for code, text in codes.items()),
                [
                    OpenApiExample(
                        code, problem_example(status, code), media_type=CONTENT_TYPE, status_codes=[status]
                    )
                    for code in codes
                ],
            )
        return answers

    def get_override_parameters(self) -> list[Any]:
        """Return query, key and headers."""
        parameters: list[Any] = [*_RETURNED, _VERSION, *self._ids()]
        parameters += [
            OpenApiParameter(one.name, dict(one.schema), OpenApiParameter.HEADER, description=one.text)
            for one in self.promise.headers
        ]
        if self.promise.query is not None:
            parameters.append(self.promise.query)
        if self.promise.expand:
            parameters.append(_expand(self.promise.expand))
        if self._is_tagged():
            parameters.append(_tag(self.promise.status))
        if self.promise.needs_match:
            parameters += [_MATCH, _key(required=False), _replayed(self.promise.status)]
        if self.method == "POST":
            parameters.append(_key(required=self.promise.moves_money))
            parameters += SIGNATURE if self.promise.moves_money else ()
            parameters.append(_replayed(self.promise.status))
        return parameters

    def _is_tagged(self) -> bool:
        """Tell whether the answer is one object with an entity tag."""
        answer = self.promise.answer
        return answer is not None and issubclass(answer, TaggedShape) and not self.promise.many

    def _ids(self) -> list[OpenApiParameter]:
        """Return the ids in the path with their form."""
        found = re.findall(r"{(\w+_id)}", self.path)
        return [
            OpenApiParameter(name, _id_schema(name), OpenApiParameter.PATH, required=True) for name in found
        ]

    def get_examples(self) -> list[OpenApiExample]:
        """Return one request and one answer, made of the fields' examples."""
        promise, examples = self.promise, []
        if promise.request is not None:
            examples.append(
                OpenApiExample(
                    "request", example_of(promise.request), request_only=True, media_type=promise.media_type
                )
            )
        if promise.answer is not None:
            shape = page_shape(promise.answer) if promise.many else promise.answer
            value = example_of(shape)
            examples.append(
                OpenApiExample("answer", value, response_only=True, status_codes=[str(promise.status)])
            )
        return examples

    def get_serializer_name(self, serializer: serializers.Serializer[Any], direction: Any) -> str:
        """Return the shape's name without its last word."""
        return type(serializer).__name__.removesuffix("Shape")

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        inherited: Any = super()._map_basic_serializer
        schema = inherited(serializer, direction)
        if direction == "request":
            schema["additionalProperties"] = False
            for name, field in serializer.fields.items():
                self._narrow(schema["properties"].get(name, {}), field)
        return schema

    def _narrow(self, said: dict[str, Any], field: Any) -> None:
        """Say of a member of a request what its field refuses: an answer may hold more."""
        if isinstance(field, TextField):
            said.setdefault("pattern", PLAIN_PATTERN)
            said.update(minLength=1, maxLength=field.max_length)
            if said.get("default") == "":  # what is left out, not what may be sent
                del said["default"]
        elif isinstance(field, MetadataField | FactsField):
            said.update(field.request_schema)
        elif isinstance(field, AmountField):
            said["$ref"] = self.resolve_serializer(PositiveMoneyShape, "request").ref["$ref"]


def _id_schema(name: str) -> dict[str, Any]:
    prefix = PREFIX_OF.get(name)
    return {"type": "string", "pattern": ID_PATTERN} if prefix is None else id_schema(prefix)


def _key(*, required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        "Idempotency-Key",
        dict(_KEY_SCHEMA),
        OpenApiParameter.HEADER,
        required=required,
        description=_KEY_TEXT,
    )


def _expand(names: tuple[str, ...]) -> OpenApiParameter:
    return OpenApiParameter(
        EXPAND,
        {"type": "array", "items": {"type": "string", "enum": list(names)}, "uniqueItems": True},
        OpenApiParameter.QUERY,
        description="What is named by its id and is to be answered beside it, under `expanded`.",
        style="form",
        explode=True,
    )


def _tag(status: int) -> OpenApiParameter:
    return OpenApiParameter(
        "ETag",
        str,
        OpenApiParameter.HEADER,
        response=[status],
        description="The tag of this state, as in `etag`; not with `expand[]`.",
    )


def _replayed(status: int) -> OpenApiParameter:
    return OpenApiParameter(
        "Idempotent-Replayed",
        str,
        OpenApiParameter.HEADER,
        response=[status],
        description="`true` when this is the answer given the first time.",
    )
