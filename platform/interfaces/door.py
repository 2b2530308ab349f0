"""What every door shares: who is there, what they may do, one transaction, and a refusal said properly."""

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

import structlog
from celery import current_app
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import get_language
from django.views import View
from rest_framework.request import Request
from rest_framework.views import APIView

from interfaces.arrival import address_of, is_within
from interfaces.middleware import bank_of
from interfaces.problems import error_page, problem, problem_of, wants_json, wire
from interfaces.signatures import Message, SignatureReplayed, verify
from kernel.refusals import Kind, Refusal
from openbanking.partners.queries import require_listed
from plumbing.clock.queries import business_date
from plumbing.idempotency import operations as idempotency
from plumbing.schemas import bank_schema, public_schema
from tenants.access.operations import use_once
from tenants.access.queries import TokenHolder, token_holder
from tenants.banks.models import Bank
from tenants.scenes.models import Scene

__all__ = [
    "Answer",
    "OperatorView",
    "SceneContext",
    "SceneView",
    "StaffView",
    "enqueue",
    "in_bank",
    "now",
    "operator_required",
    "problem",
    "problem_handler",
    "staff_required",
    "wire",
]

SIGN_IN_PATH: Final = "/sign-in"
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
KEY_LENGTH_MAX: Final = 255
API_VERSION: Final = "2026-11-01"


class TokenMissing(Refusal):
    """There is no bearer token."""

    code = "token_missing"
    kind = Kind.FORBIDDEN
    message = "Send an access token: Authorization: Bearer <token>."


class ScopeInsufficient(Refusal):
    """The token does not allow this call."""

    code = "scope_insufficient"
    kind = Kind.FORBIDDEN
    message = "The token does not have the scope {scope}."


class BankSuspended(Refusal):
    """The bank takes no new business at present; what it has is serviced on (J12)."""

    code = "bank_suspended"
    kind = Kind.FORBIDDEN
    message = "The bank takes no new business at present."


class SceneReadOnly(Refusal):
    """The scene may ask, but start nothing (J2)."""

    code = "scene_read_only"
    kind = Kind.FORBIDDEN
    message = "The scene may only read at present."


class AddressNotAllowed(Refusal):
    """The call comes from an address that is not on the client's list."""

    code = "ip_not_allowed"
    kind = Kind.FORBIDDEN
    message = "The client may not be used from this address."


class KeyMissing(Refusal):
    """This call moves money or starts something: it needs an idempotency key."""

    code = "idempotency_key_missing"
    kind = Kind.INVALID
    message = "Send an Idempotency-Key of 1 to 255 characters."


def now() -> datetime:
    """Return the instant at the door; below it, time is an argument."""
    return datetime.now(UTC)


def enqueue(name: str, **kwargs: Any) -> None:
    """Hand a job to the workers after the commit; the sweep makes up for a queue that is down."""
    transaction.on_commit(functools.partial(current_app.send_task, name, kwargs=kwargs), robust=True)


@contextmanager
def in_bank(schema: str) -> Iterator[None]:
    """Work in a bank's schema, in a task or a command, and say so in the logs. Raises `BankSchemaMissing`."""
    with bank_schema(schema), structlog.contextvars.bound_contextvars(bank=schema):
        yield


def problem_handler(error: Exception, context: Mapping[str, Any]) -> JsonResponse:
    """Turn whatever a view raised into problem+json (DRF's exception handler)."""
    view, request = context.get("view"), context.get("request")
    django_request = getattr(request, "_request", request)
    if view is not None and django_request is not None:
        django_request.allowed = view.allowed_methods
    return problem_of(error, django_request)


@dataclass(frozen=True, slots=True)
class SceneContext:
    """Who calls, for which bank, and when."""

    scene_id: UUID
    scene_code: str
    client_id: str
    bank_schema: str
    bank_id: UUID
    scopes: frozenset[str]
    now: datetime
    business_date: date
    language: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers; `body` may hold money, dates, ids and decimals (`wire`)."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class SceneView(APIView):
    """One address of the embedded API.

    A subclass defines `handle_get`, `handle_post`, `handle_patch` or `handle_delete(request, context, **ids)`
    returning an `Answer`, and says what a call demands: a scope for each method, which methods need an
    idempotency key, which are signed, and which start new business (and so need the scene on the bank's
    partner list, R-09).
    The handler runs inside the bank's schema and the one transaction; what it raises undoes all of it.
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    key_required: ClassVar[frozenset[str]] = frozenset()
    signed: ClassVar[frozenset[str]] = frozenset()
    new_business: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give the class a method for each handler it defines: other methods are answered with 405."""
        super().__init_subclass__(**kwargs)
        for name in ("get", "post", "patch", "delete"):
            if f"handle_{name}" in cls.__dict__:
                setattr(cls, name, _method(name))

    def required_scope(self, method: str) -> str | None:
        """Return the scope that a method demands, or None when any token will do."""
        return self.scopes.get(method)

    def serve(self, request: Request, method: str, ids: Mapping[str, Any]) -> JsonResponse:
        """Take a call from token to answer."""
        instant = now()
        raw = request._request
        with public_schema(), transaction.atomic():
            holder = token_holder(token=_bearer(raw), now=instant)
            self._authorise(holder, method, address_of(raw))
            if method in self.signed and (holder.livemode or holder.keys):
                self._check_signature(request, holder, instant)
        with ExitStack() as stack:
            stack.enter_context(in_bank(holder.bank_schema))
            stack.enter_context(transaction.atomic())
            context = _context(holder, instant, getattr(raw, "request_id", ""))
            if method in self.new_business:
                require_listed(scene_id=holder.scene_id, on_date=context.business_date)
            return self._once(request, method, context, ids)

    def _authorise(self, holder: TokenHolder, method: str, address: str) -> None:
        if holder.addresses and not is_within(address, holder.addresses):
            raise AddressNotAllowed
        scope = self.required_scope(method)
        if scope is not None and scope not in holder.scopes:
            raise ScopeInsufficient(scope=scope)
        if method not in READING and holder.scene_status == Scene.Status.READ_ONLY:
            raise SceneReadOnly
        if method in self.new_business and holder.bank_status != Bank.Status.ACTIVE:
            raise BankSuspended

    def _check_signature(self, request: Request, holder: TokenHolder, instant: datetime) -> None:
        """Let only a signed call on, once (RFC 9421).

        The nonce is used up by the transaction that reads the token, before the call begins: a copy of a call
        opens nothing, also when the call itself was refused.
        """
        _key_of(request)
        raw = request._request
        headers = {name.lower(): value for name, value in raw.headers.items()}
        message = Message(str(raw.method), raw.build_absolute_uri(), headers, self.body_of(request))
        shown = verify(message, holder.keys, instant)
        if not use_once(
            client_id=holder.client_id, what="nonce", text=shown.nonce, expires_at=shown.expires_at
        ):
            raise SignatureReplayed

    def _once(
        self, request: Request, method: str, context: SceneContext, ids: Mapping[str, Any]
    ) -> JsonResponse:
        """Answer a keyed call once: the key, the effect and the memory of it commit together."""
        given = request.headers.get("Idempotency-Key", "")
        if method in READING or (not given and method not in self.key_required):
            return _respond(self._handle(request, method, context, ids))
        key = _key_of(request)
        keyed = {
            "scope": f"{context.scene_id} {method} {request.path}"[:300],
            "key": key,
            "body_sha256": self.body_sha256(request),
        }
        replay = idempotency.claim(**keyed, now=context.now)
        if replay is not None:
            return _respond(Answer(replay.status, replay.response, {"Idempotent-Replayed": "true"}))
        answer = self._handle(request, method, context, ids)
        body = wire(answer.body)
        idempotency.remember(**keyed, status=answer.status, response=self.remembered(body), now=context.now)
        return _respond(Answer(answer.status, body, answer.headers))

    def body_of(self, request: Request) -> bytes:
        """Return the body as it was sent."""
        # Read before DRF parses it: afterwards the raw bytes are gone.
        return request._request.body

    def body_sha256(self, request: Request) -> str:
        """Return what stands for the body: the same key with another is refused."""
        return hashlib.sha256(self.body_of(request)).hexdigest()

    def remembered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return what of an answer is kept for a replay: all of it, unless it shows a secret once."""
        return body

    def _handle(self, request: Request, method: str, context: SceneContext, ids: Mapping[str, Any]) -> Answer:
        handler: Callable[..., Answer] = getattr(self, f"handle_{method.lower()}")
        return handler(request, context, **ids)


def _method(name: str) -> Callable[..., JsonResponse]:
    def serve(self: SceneView, request: Request, **ids: Any) -> JsonResponse:
        return self.serve(request, name.upper(), ids)

    serve.__name__ = name
    serve.__doc__ = f"Answer {name.upper()}."
    return serve


def _key_of(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= KEY_LENGTH_MAX:
        raise KeyMissing
    return key


def _bearer(request: HttpRequest) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise TokenMissing
    return token.strip()


def _context(holder: TokenHolder, instant: datetime, request_id: str) -> SceneContext:
    return SceneContext(
        scene_id=holder.scene_id,
        scene_code=holder.scene_code,
        client_id=holder.client_id,
        bank_schema=holder.bank_schema,
        bank_id=holder.bank_id,
        scopes=holder.scopes,
        now=instant,
        business_date=business_date(),
        language=get_language() or "zh-hans",
        request_id=request_id,
    )


def _respond(answer: Answer) -> JsonResponse:
    response = JsonResponse(
        wire(answer.body), status=answer.status, json_dumps_params={"ensure_ascii": False}
    )
    response["Sluice-Version"] = API_VERSION
    for name, value in answer.headers.items():
        response[name] = value
    return response


class StaffView(View):
    """A page of the bank portal: for people of this bank who have the capability, and nobody else."""

    capability: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the right person in; send strangers to the sign-in page; refuse the rest."""
        away = _admit(request, self.capability, at_bank=True)
        return away or _served(request, super().dispatch, *args, **kwargs)


class OperatorView(View):
    """A page of the ops console: for the platform's own people."""

    capability: ClassVar[str] = "ops.view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let operators in; send strangers to the sign-in page."""
        away = _admit(request, self.capability, at_bank=False)
        return away or _served(request, super().dispatch, *args, **kwargs)


Page = Callable[..., HttpResponseBase]


def _served(request: HttpRequest, page: Page, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Open a page; what is not there is a 404 for people, and a problem with its code for scripts."""
    try:
        return page(request, *args, **kwargs)
    except Refusal as refusal:
        answer = problem(refusal, request)
        return answer if wants_json(request) else error_page(request, answer.status_code)


def staff_required(capability: str) -> Callable[[Page], Page]:
    """Guard a page of the portal that is a function."""
    return _guard(capability, at_bank=True)


def operator_required(capability: str = "ops.view") -> Callable[[Page], Page]:
    """Guard a page of the ops console that is a function."""
    return _guard(capability, at_bank=False)


def _guard(capability: str, *, at_bank: bool) -> Callable[[Page], Page]:
    def guard(page: Page) -> Page:
        @functools.wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return _admit(request, capability, at_bank=at_bank) or page(request, *args, **kwargs)

        return guarded

    return guard


def _admit(request: HttpRequest, capability: str, *, at_bank: bool) -> HttpResponse | None:
    """Return None to let somebody in, or where to send them; raises for those who may not."""
    if (bank_of(request) is not None) != at_bank:
        raise Http404
    person: Any = request.user
    if not person.is_authenticated:
        return redirect_to_login(request.get_full_path(), SIGN_IN_PATH)
    if not person.can(capability):
        raise PermissionDenied
    return None
