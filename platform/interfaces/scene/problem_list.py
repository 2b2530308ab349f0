"""Which problems a call can meet, by status, and how one looks (`api.md`, section 6)."""

from typing import Any, Final

from rest_framework import serializers

from interfaces.gate import (
    AddressNotAllowed,
    BankSuspended,
    KeyMissing,
    SceneReadOnly,
    ScopeInsufficient,
    TokenMissing,
)
from interfaces.problems import RETRYABLE, STATUS_OF_CODE, STATUS_OF_KIND, TYPE_BASE
from interfaces.rate_limits import RateLimited
from interfaces.scene.calls import Call
from interfaces.scene.etags import EtagMismatch, IfMatchMissing
from interfaces.scene.fields import FactsField, FlagField, TextField, WholeField
from interfaces.scene.known import named_in
from interfaces.scene.parsing import MalformedJson, ParameterMissing, ParametersInvalid
from interfaces.signatures import (
    SignatureExpired,
    SignatureInvalid,
    SignatureMissing,
    SignatureReplayed,
)
from interfaces.versions import VersionUnknown
from kernel.ids import MalformedId
from kernel.refusals import Refusal
from openbanking.partners.queries import PartnerNotListed
from plumbing.clock.queries import ClockNotStarted
from plumbing.idempotency.operations import KeyInUse, KeyReused
from tenants.access.queries import TokenExpired, TokenInvalid

ALWAYS: Final[tuple[type[Refusal], ...]] = (
    TokenMissing,
    TokenInvalid,
    TokenExpired,
    AddressNotAllowed,
    ScopeInsufficient,
    RateLimited,
    VersionUnknown,
    ClockNotStarted,
)
SIGNED: Final = (SignatureMissing, SignatureInvalid, SignatureExpired, SignatureReplayed)
BODY: Final[tuple[type[Refusal], ...]] = (MalformedJson, ParametersInvalid, ParameterMissing)
# Said by the framework, not by a refusal: code, status, meaning in English and Chinese.
FRAMEWORK: Final = {
    "not_found": (404, "There is nothing at this address.", "该地址没有内容。"),
    "method_not_allowed": (405, "The address does not take this method.", "该地址不接受这种方法。"),
    "not_acceptable": (406, "Only application/json is answered.", "只以 application/json 回答。"),
    "lock_timeout": (
        409,
        "Somebody else holds what this call needs; try again.",
        "所需资源正被占用，请重试。",
    ),
    "batch_too_large": (413, "The body is too large.", "请求体过大。"),
    "media_type_unsupported": (
        415,
        "The body is not of the media type this call takes.",
        "请求体类型不受支持。",
    ),
    "internal": (500, "Something of ours broke; nothing was written.", "系统内部出错，什么都没有写入。"),
}
# Python's own phrases change with its version; a committed document may not.
TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class FaultShape(serializers.Serializer[Any]):
    """One member that is wrong."""

    pointer = TextField(example="/amount/amount")
    code = TextField(example="parameter_invalid")
    detail = TextField(example="The amount must be above zero.")


class ProblemShape(serializers.Serializer[Any]):
    """A refusal (RFC 9457): `code` and `params` are for machines, `detail` is for people."""

    type = TextField(example=f"{TYPE_BASE}lending.limit_exceeded")
    title = TextField(example="Unprocessable Content")
    status = WholeField(example=422)
    detail = TextField(example="50000.00 is more than the 20000.00 available on this line.")
    instance = TextField(example="/v1/drawdowns")
    code = TextField(example="lending.limit_exceeded")
    request_id = TextField(example="req_0193a1b2c3d47e5f8a6b7c8d9e0fa1b2")
    retryable = FlagField(example=False)
    errors = FaultShape(many=True)  # type: ignore[assignment]  # a member, not the property
    params = FactsField(example={"asked": "50000.00", "available": "20000.00"})


def status_of(refusal: type[Refusal]) -> int:
    """Return the status a refusal is answered with."""
    return STATUS_OF_CODE.get(refusal.code, STATUS_OF_KIND[refusal.kind])


def meaning_of(refusal: type[Refusal]) -> str:
    """Return the first line of what a refusal means."""
    return (refusal.__doc__ or refusal.message).strip().splitlines()[0]


def problems_of(promise: Call, method: str) -> dict[int, dict[str, str]]:
    """Return every problem of a call by status: code and meaning."""
    refusals = [*(one for one in ALWAYS if promise.scope or one is not ScopeInsufficient), *promise.refusals]
    codes = ["not_acceptable", "internal"]
    if promise.request is not None:
        refusals += BODY
        codes += ["batch_too_large", "media_type_unsupported"]
    elif promise.query is not None:
        refusals += [ParametersInvalid, ParameterMissing]
    elif promise.expand:
        refusals.append(ParametersInvalid)
    refusals += [known.missing for _, known in named_in(promise.query)]
    if any(status_of(refusal) == 404 for refusal in promise.refusals):
        refusals.append(MalformedId)
    if method != "GET":
        refusals += [SceneReadOnly]
        codes.append("lock_timeout")
    if promise.needs_match:
        refusals += [IfMatchMissing, EtagMismatch]
    if method == "POST" or promise.needs_match:
        refusals += [KeyInUse, KeyReused, KeyMissing]
    if promise.moves_money:
        refusals += SIGNED
    if promise.new_business:
        refusals += [PartnerNotListed, BankSuspended]
    found: dict[int, dict[str, str]] = {}
    for refusal in refusals:
        found.setdefault(status_of(refusal), {})[refusal.code] = meaning_of(refusal)
    for code in codes:
        status, text, _ = FRAMEWORK[code]
        found.setdefault(status, {})[code] = text
    return {status: dict(sorted(found[status].items())) for status in sorted(found)}


def problem_example(status: int, code: str) -> dict[str, Any]:
    """Return how a problem looks on the wire."""
    return {
        "type": f"{TYPE_BASE}{code}",
        "title": TITLES[status],
        "status": status,
        "detail": TITLES[status],
        "instance": "/v1/…",
        "code": code,
        "request_id": "req_0193a1b2c3d47e5f8a6b7c8d9e0fa1b2",
        "retryable": status in (429, 503) or code in RETRYABLE,
        "errors": [],
        "params": {},
    }
