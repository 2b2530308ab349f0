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

from interfaces.gate import GatedView, key_of
from interfaces.middleware import bank_of
from interfaces.problems import error_page, problem, problem_of, wants_json, wire
from interfaces.versions import VERSIONS, headers_of, version_of
from kernel.refusals import Refusal
from openbanking.partners.queries import require_listed
from plumbing.clock.queries import business_date
from plumbing.idempotency import operations as idempotency
from plumbing.schemas import bank_schema
from tenants.access.queries import TokenHolder
from tenants.teams.models import TeamMember

__all__ = [
    "Answer",
    "OperatorView",
    "PortalView",
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
PORTAL_SIGN_IN_PATH: Final = "/portal/sign-in"


def now() -> datetime:
    """Return the instant at the door; below it, time is an argument."""
    return datetime.now(UTC)


def enqueue(name: str, **kwargs: Any) -> None:
    """Hand a job to the workers after the commit; the sweep makes up for a queue that is down."""

    def send() -> None:
        current_app.send_task(name, kwargs=kwargs)

    transaction.on_commit(send, robust=True)  # a partial has no name for what Django says of a failure


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
    livemode: bool
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


class SceneView(GatedView):
    """One address of the embedded API.

    A subclass defines `handle_get`, `handle_post`, `handle_patch` or `handle_delete(request, context, **ids)`
    returning an `Answer`, and says what a call demands: a scope for each method, which methods need an
    idempotency key, which are signed, and which start new business (and so need the scene on the bank's
    partner list, R-09).
    The handler runs inside the bank's schema and the one transaction; what it raises undoes all of it.
    """

    outside: ClassVar[bool] = False  # its handlers work across schemas and open transactions themselves
    keeps_keys: ClassVar[bool] = False  # of such a class: it remembers its keys itself
    version = VERSIONS[-1]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give the class a method for each handler it defines: other methods are answered with 405."""
        super().__init_subclass__(**kwargs)
        for name in ("get", "post", "patch", "delete"):
            if f"handle_{name}" in cls.__dict__:
                setattr(cls, name, _method(name))

    def serve(self, request: Request, method: str, ids: Mapping[str, Any]) -> JsonResponse:
        """Take a call from token to answer."""
        instant = now()
        raw = request._request
        self.version = version_of(raw.headers)
        holder = self.admit(request, method, instant)
        if self.outside:
            with in_bank(holder.bank_schema):
                context = _context(holder, instant, getattr(raw, "request_id", ""))
            return self._beside(request, method, context, ids)
        with ExitStack() as stack:
            stack.enter_context(in_bank(holder.bank_schema))
            stack.enter_context(transaction.atomic())
            context = _context(holder, instant, getattr(raw, "request_id", ""))
            if method in self.new_business:
                require_listed(scene_id=holder.scene_id, on_date=context.business_date)
            return self._once(request, method, context, ids)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say in every answer, refusals too, which version it is in and when that one goes away."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in headers_of(self.version).items():
            answer[name] = value
        return answer

    def _once(
        self, request: Request, method: str, context: SceneContext, ids: Mapping[str, Any]
    ) -> JsonResponse:
        """Answer a keyed call once: the key, the effect and the memory of it commit together."""
        given = request.headers.get("Idempotency-Key")
        if method not in self.keyed or (given is None and method not in self.key_required):
            return _respond(self._handle(request, method, context, ids))
        keyed = self._keyed(request, method, context)
        replay = idempotency.claim(**keyed, now=context.now)
        if replay is not None:
            return _replayed(replay)
        answer = self._handle(request, method, context, ids)
        body = wire(answer.body)
        idempotency.remember(**keyed, status=answer.status, response=self.remembered(body), now=context.now)
        return _respond(Answer(answer.status, body, answer.headers))

    def _beside(
        self, request: Request, method: str, context: SceneContext, ids: Mapping[str, Any]
    ) -> JsonResponse:
        """Answer a call that opens its transactions itself: what a key was answered is kept after them."""
        if method != "POST" or "Idempotency-Key" not in request.headers or self.keeps_keys:
            return _respond(self._handle(request, method, context, ids))
        keyed = self._keyed(request, method, context)
        with in_bank(context.bank_schema), transaction.atomic():
            replay = idempotency.claim(**keyed, now=context.now)
        if replay is not None:
            return _replayed(replay)
        answer = self._handle(request, method, context, ids)
        body = wire(answer.body)
        with in_bank(context.bank_schema), transaction.atomic():
            if idempotency.claim(**keyed, now=context.now) is None:
                idempotency.remember(**keyed, status=answer.status, response=body, now=context.now)
        return _respond(Answer(answer.status, body, answer.headers))

    def _keyed(self, request: Request, method: str, context: SceneContext) -> dict[str, str]:
        return {
            "scope": f"{context.scene_id} {method} {request.path}"[:300],
            "key": key_of(request),
            "body_sha256": _asked_sha256(self.body_sha256(request), request),
        }

    def body_sha256(self, request: Request) -> str:
        """Return what stands for the body: the same key with another is refused."""
        return hashlib.sha256(self.body_of(request)).hexdigest()

    def remembered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return what of an answer is kept for a replay: all of it, unless it shows a secret once."""
        return body

    def _handle(self, request: Request, method: str, context: SceneContext, ids: Mapping[str, Any]) -> Answer:
        handler: Callable[..., Answer] = getattr(self, f"handle_{method.lower()}")
        answer = handler(request, context, **ids)
        self.made = str(answer.body.get("id", "")) if answer.status == 201 else ""
        return answer


def _asked_sha256(body_sha256: str, request: Request) -> str:
    """Return what stands for a whole request: the query says whose rows a body of lines holds."""
    query = str(request.META.get("QUERY_STRING", ""))
    return hashlib.sha256(f"{body_sha256}?{query}".encode()).hexdigest() if query else body_sha256


def _replayed(replay: idempotency.Replay) -> JsonResponse:
    return _respond(Answer(replay.status, replay.response, {"Idempotent-Replayed": "true"}))


def _method(name: str) -> Callable[..., JsonResponse]:
    def serve(self: SceneView, request: Request, **ids: Any) -> JsonResponse:
        return self.serve(request, name.upper(), ids)

    serve.__name__ = name
    serve.__doc__ = f"Answer {name.upper()}."
    return serve


def _context(holder: TokenHolder, instant: datetime, request_id: str) -> SceneContext:
    return SceneContext(
        scene_id=holder.scene_id,
        scene_code=holder.scene_code,
        client_id=holder.client_id,
        bank_schema=holder.bank_schema,
        bank_id=holder.bank_id,
        livemode=holder.livemode,
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
    for name, value in answer.headers.items():
        response[name] = value
    if "etag" in answer.body and "expanded" not in answer.body:  # the tag is of the object alone
        response["ETag"] = str(answer.body["etag"])
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


class PortalView(View):
    """A page of the scenes' portal: for people of a scene, each of whom sees only the scene's own things."""

    capability: ClassVar[str] = "portal.view"
    acting: ClassVar[str] = ""  # what a POST demands beside, if more than looking

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let people of a scene in; send everybody else to the portal's sign-in page."""
        needed = self.acting if self.acting and request.method == "POST" else self.capability
        away = _admit(request, needed, at_bank=False, team=True)
        return away or _served(request, super().dispatch, *args, **kwargs)

    def require(self, request: HttpRequest, capability: str) -> None:
        """Refuse a person without a capability that only some of what the page does demands."""
        _admit(request, capability, at_bank=False, team=True)


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


def _admit(
    request: HttpRequest, capability: str, *, at_bank: bool, team: bool = False
) -> HttpResponse | None:
    """Return None to let somebody in, or where to send them; raises for those who may not."""
    if (bank_of(request) is not None) != at_bank:
        raise Http404
    person: Any = request.user
    if not person.is_authenticated or (team and not isinstance(person, TeamMember)):
        path = PORTAL_SIGN_IN_PATH if team else SIGN_IN_PATH
        return redirect_to_login(request.get_full_path(), path)
    if not person.can(capability):
        raise PermissionDenied
    return None
