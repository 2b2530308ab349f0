"""The frame a scene embeds: its page, the one exchange of its secret, and what every screen of it shares.

The page's address carries the session's public id, so that its policy can name the scene's origins; the
secret is in the fragment, which no server sees. No cookie, no storage: the bearer lives in the page's memory.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from interfaces.borrower.visit import Screen, Visit
from interfaces.door import now, problem
from interfaces.gate import BankSuspended, SceneReadOnly, key_of
from interfaces.middleware import bank_of
from interfaces.theme import address
from kernel.ids import MalformedId, parse_id
from kernel.refusals import Kind, Refusal
from openbanking.embed_sessions import operations as sessions
from openbanking.embed_sessions.queries import (
    BearerInvalid,
    SessionExpired,
    SessionNotFound,
    SessionView,
    get_session,
    session_of_bearer,
)
from openbanking.partners.queries import require_listed
from parties.enterprises.queries import get_enterprise
from plumbing.clock.queries import business_date
from plumbing.idempotency import operations as idempotency
from plumbing.schemas import public_schema
from tenants.access.queries import scene_of_client
from tenants.banks.models import Bank
from tenants.banks.queries import get_bank
from tenants.scenes.models import Scene
from tenants.scenes.origins import origin_of
from tenants.scenes.queries import SceneView, get_scene

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors "
)
PERMISSIONS: Final = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), "
    "payment=(), publickey-credentials-get=(), usb=()"
)
BODY_BYTES_MAX: Final = 32 * 1024


class ComponentNotOpened(Refusal):
    """The session was opened for other components."""

    code = "frame.component_not_opened"
    kind = Kind.FORBIDDEN
    message = "This session was not opened for this."


class BodyUnreadable(Refusal):
    """What came is no JSON object of texts."""

    code = "frame.body_unreadable"
    kind = Kind.INVALID
    message = "What was sent cannot be read."


def sent_by(request: HttpRequest) -> dict[str, str]:
    """Return the fields that a page sent: a flat JSON object of texts; anything else is refused."""
    if len(request.body) > BODY_BYTES_MAX:
        raise BodyUnreadable
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BodyUnreadable from None
    if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
        raise BodyUnreadable
    return {name: value.strip() for name, value in body.items()}


def _session(public_name: str) -> SessionView:
    try:
        return get_session(session_id=parse_id("ems", public_name))
    except MalformedId:
        raise SessionNotFound from None


class FramePage(View):
    """The page of the frame: a shell that may be shown on the scene's own origins, and nowhere else."""

    @method_decorator([never_cache, xframe_options_exempt])
    def get(self, request: HttpRequest, session: str) -> HttpResponse:
        """Show the shell of a session, in its language."""
        try:
            found = _session(session)
        except SessionNotFound:
            raise Http404 from None
        bank = bank_of(request)
        if bank is None:
            raise Http404
        with public_schema():
            origins = get_scene(scene_id=found.scene_id).allowed_origins
        back = origin_of(found.return_url) if found.return_url and not bank.livemode else None
        if back is not None and back not in origins:  # a preview in the scenes' portal, of a sandbox alone
            origins = (*origins, back)
        translation.activate(found.locale)
        context = {
            "session": found.public_id,
            "origins": " ".join(origins),
            "lender": bank.name(found.locale),
            "return_url": found.return_url,
        }
        page = render(request, "borrower/frame.html", context)
        page["Content-Security-Policy"] = POLICY + (" ".join(origins) or "'none'")
        page["Referrer-Policy"] = "no-referrer"
        page["Permissions-Policy"] = PERMISSIONS
        return page


class FrameExchange(View):
    """The secret in, the bearer out: once."""

    @method_decorator([csrf_exempt, never_cache])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take a POST without a CSRF token: there is no cookie a foreign page could abuse."""
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, session: str) -> HttpResponse:
        """Exchange the secret of a session for its bearer."""
        try:
            secret = sent_by(request).get("client_secret", "")
            with transaction.atomic():
                found, bearer = sessions.exchange_secret(
                    session_id=_session(session).id, secret=secret, now=now()
                )
        except Refusal as refusal:
            return problem(refusal, request)
        return JsonResponse(
            {
                "bearer": bearer,
                "components": found.components,
                "expires_in": int((found.expires_at - now()).total_seconds()),
            }
        )


class Acting(ABC):
    """What a screen that changes something first does.

    Acts carry an idempotency key: the act, and that it was done, commit together; a second sending only shows
    the screen again. What an act returns is a refusal that must be said although something was kept.
    """

    @abstractmethod
    def act(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Do what the borrower asked for."""


def _once(view: Acting, request: HttpRequest, visit: Visit) -> None:
    key = key_of(request)
    sent = sent_by(request)
    keyed = {
        "scope": f"{visit.session.public_id} {request.path}",
        "key": key,
        "body_sha256": hashlib.sha256(request.body).hexdigest(),
    }
    with transaction.atomic():
        if idempotency.claim(**keyed, now=visit.now) is not None:
            return
        said = view.act(visit, sent)
        idempotency.remember(**keyed, status=HTTPStatus.OK, response={}, now=visit.now)
    if said is not None:
        raise said


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class FrameView(View, ABC):
    """One screen of the frame: `screen` shows it; where the view is `Acting` too, an act may come first."""

    component: ClassVar[str] = ""
    new_business: ClassVar[bool] = False

    @abstractmethod
    def screen(self, visit: Visit, asked: dict[str, str]) -> Screen:
        """Return what to show."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in JSON, refusals as problems, in the language the page asks for."""
        acts = ["POST"] if isinstance(self, Acting) else []
        if request.method not in ("GET", *acts):
            return HttpResponseNotAllowed(["GET", *acts])
        try:
            visit = self._visit(request)
            if isinstance(self, Acting) and request.method == "POST":
                _once(self, request, visit)
                visit = self._visit(request)
            with transaction.atomic():
                shown = self.screen(visit, {name: str(value) for name, value in request.GET.items()})
        except Refusal as refusal:
            return problem(refusal, request)
        return self._answer(request, visit, shown)

    def _visit(self, request: HttpRequest) -> Visit:
        """Return who is there: the client still welcome, the session opened for this component."""
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        host_bank, instant = bank_of(request), now()
        if kind.lower() != "bearer" or not bearer or host_bank is None:
            raise BearerInvalid
        session = session_of_bearer(bearer=bearer.strip(), now=instant)
        with public_schema():
            scene, bank = scene_of_client(client_id=session.client_id), get_bank(bank_id=host_bank.id)
        if scene is None or scene.id != session.scene_id:
            raise SessionExpired
        if self.component and self.component not in session.components:
            raise ComponentNotOpened
        visit = Visit(
            session=session,
            bank=bank,
            scene=scene,
            enterprise=get_enterprise(enterprise_id=session.enterprise_id, scene_id=session.scene_id),
            now=instant,
            business_date=business_date(),
            language=translation.get_language() or settings.LANGUAGE_CODE,
        )
        if request.method != "GET":
            self._allow_act(visit, scene)
        return visit

    def _allow_act(self, visit: Visit, scene: SceneView) -> None:
        if scene.status == Scene.Status.READ_ONLY:
            raise SceneReadOnly
        if self.new_business and visit.bank.status != Bank.Status.ACTIVE:
            raise BankSuspended
        if self.new_business:
            require_listed(scene_id=scene.id, on_date=visit.business_date)

    def _answer(self, request: HttpRequest, visit: Visit, shown: Screen) -> JsonResponse:
        context = {"visit": visit, "screen": shown, "brand_stylesheet": address(visit.bank.brand)}
        html = render_to_string(f"borrower/frame/{shown.name}.html", {**context, **shown.context}, request)
        body = {
            "screen": shown.name,
            "step": shown.step,
            "language": visit.language,
            "html": html,
            "told": [{"type": kind, "id": name} for kind, name in shown.told],
            "poll_ms": shown.poll_ms,
        }
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False})
