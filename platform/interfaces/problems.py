"""What a refusal or a mistake looks like on the wire: `application/problem+json` (RFC 9457)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.translation import gettext
from rest_framework import exceptions

from kernel.money import Money
from kernel.refusals import Kind, Refusal

CONTENT_TYPE: Final = "application/problem+json"
TYPE_BASE: Final = "https://docs.sluice.example/errors/"
STATUS_OF_KIND: Final = {
    Kind.INVALID: 400,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.UNMET: 422,
    Kind.UNAVAILABLE: 503,
}
STATUS_OF_CODE: Final = {
    "token_missing": 401,
    "token_invalid": 401,
    "token_expired": 401,
    "client_invalid": 401,
    "ip_not_allowed": 401,
    "signature_missing": 401,
    "signature_invalid": 401,
    "signature_expired": 401,
    "signature_replayed": 401,
    "etag_mismatch": 412,
    "if_match_missing": 428,
    "rate_limited": 429,
    "sign_in.too_many_tries": 429,
    "embed_sessions.bearer_invalid": 401,
    "embed_sessions.session_expired": 410,
    "embed_sessions.too_many_answers": 429,
}
# Nothing was written, and the same call with the same key may go through: beside what has Kind.UNAVAILABLE.
RETRYABLE: Final = frozenset({"idempotency_key_in_use", "lock_timeout", "sign_in.too_many_tries", "internal"})
RETRY_AFTER: Final = {"idempotency_key_in_use": "1", "lock_timeout": "1", "sign_in.too_many_tries": "300"}
CODE_OF_STATUS: Final = {
    400: "parameter_invalid",
    401: "token_invalid",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "batch_too_large",
    415: "media_type_unsupported",
    429: "rate_limited",
    500: "internal",
}
LOCKED_OUT: Final = frozenset({"55P03", "40P01", "40001"})  # lock timeout, deadlock, serialization failure
_log = structlog.get_logger(__name__)


def wire(value: Any) -> Any:
    """Return a value as JSON carries it: money with its currency, decimals and ids as text, UTC."""
    if isinstance(value, Money):
        return {"amount": str(value), "currency": value.currency}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal | UUID | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): wire(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [wire(part) for part in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def problem(refusal: Refusal, request: Any) -> JsonResponse:
    """Return a refusal as problem+json, in the reader's language; its code and params never change."""
    status = STATUS_OF_CODE.get(refusal.code, STATUS_OF_KIND[refusal.kind])
    return _problem(
        request,
        status=status,
        code=refusal.code,
        detail=refusal.said(gettext),
        params=wire(refusal.params),
        errors=refusal.faults(gettext),
        retryable=is_retryable(refusal),
    )


def is_retryable(refusal: type[Refusal] | Refusal) -> bool:
    """Return whether the same call, with the same key, may go through later."""
    return refusal.kind is Kind.UNAVAILABLE or refusal.code in RETRYABLE


def problem_of(error: Exception, request: Any) -> JsonResponse:
    """Return any error as problem+json; what nobody foresaw is logged and told as nothing but `internal`."""
    if isinstance(error, Refusal):
        return problem(error, request)
    if isinstance(error, exceptions.ValidationError):
        errors = list(_pointers(error.get_full_details(), ""))
        return _problem(request, status=400, code="parameter_invalid", errors=errors)
    if isinstance(error, exceptions.ParseError):
        return _problem(request, status=400, code="malformed_json")
    if isinstance(error, exceptions.APIException):
        answer = _problem(
            request, status=error.status_code, code=CODE_OF_STATUS.get(error.status_code, "refused")
        )
        if isinstance(error, exceptions.MethodNotAllowed):
            answer["Allow"] = ", ".join(getattr(request, "allowed", ()))
        return answer
    status = _status_of(error)
    if status == 409:
        return _problem(request, status=409, code="lock_timeout")
    if status == 500:
        _log.error("request_failed", exc_info=error, path=getattr(request, "path", ""))
    return _problem(request, status=status, code=CODE_OF_STATUS[status])


def _status_of(error: Exception) -> int:
    if isinstance(error, Http404):
        return 404
    if isinstance(error, PermissionDenied):
        return 403
    if isinstance(error, RequestDataTooBig):
        return 413
    if isinstance(error, SuspiciousOperation):
        return 400
    if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) in LOCKED_OUT:
        return 409
    return 500


def _problem(
    request: Any,
    *,
    status: int,
    code: str,
    detail: str = "",
    params: Mapping[str, Any] | None = None,
    errors: list[dict[str, str]] | None = None,
    retryable: bool = False,
) -> JsonResponse:
    title = gettext(HTTPStatus(status).phrase)
    body = {
        "type": f"{TYPE_BASE}{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "instance": getattr(request, "path", ""),
        "code": code,
        "request_id": getattr(request, "request_id", ""),
        "retryable": retryable or code in RETRYABLE,
        "errors": errors or [],
        "params": dict(params or {}),
    }
    answer = JsonResponse(
        body, status=status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    answer.refusal_code = code  # type: ignore[attr-defined]  # for the log of calls
    if status == 401:
        answer["WWW-Authenticate"] = f'Bearer error="{code}"'
    if code in RETRY_AFTER:
        answer["Retry-After"] = RETRY_AFTER[code]
    return answer


def _pointers(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Walk DRF's nested details; yield one entry for each field that is wrong."""
    if isinstance(detail, Mapping) and "message" in detail and "code" in detail:
        yield {"pointer": pointer or "/", "code": str(detail["code"]), "detail": str(detail["message"])}
    elif isinstance(detail, Mapping):
        for name, part in detail.items():
            yield from _pointers(part, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(detail, list):
        nested = any(isinstance(part, Mapping) and "message" not in part for part in detail)
        for index, part in enumerate(detail):
            yield from _pointers(part, f"{pointer}/{index}" if nested else pointer)


def wants_json(request: HttpRequest) -> bool:
    """Return whether the caller is a machine: anything that does not ask for a page."""
    return request.path.startswith(("/v1", "/oauth")) or "text/html" not in request.headers.get("Accept", "")


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """Return a page (template `<status>.html`, where there is one) or a problem, as the caller expects."""
    if not wants_json(request):
        try:
            # When something broke, the page asks nobody who is signed in: that may be what broke.
            names = {"request_id": getattr(request, "request_id", "")}
            page = render_to_string(f"{status}.html", names, None if status == 500 else request)
            return HttpResponse(page, status=status)
        except TemplateDoesNotExist:
            return HttpResponse(gettext(HTTPStatus(status).phrase), status=status, content_type="text/plain")
    return _problem(request, status=status, code=CODE_OF_STATUS[status])


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from our own page, or whose page was open too long."""
    return error_page(request, 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read."""
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that its maker may not make."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for something that is not here."""
    return error_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a request that broke something of ours."""
    return error_page(request, 500)
