"""Embed studio: the widget of a bank with a business of the sandbox, and the code to copy."""

from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language

from interfaces.door import PortalView, now
from interfaces.pages import FieldInvalid, Form, refused, shown
from interfaces.portal.acts import noted
from interfaces.portal.frame import OwnBank, chosen, framed, inside, own_banks, scene_id_of, scene_of
from interfaces.problems import wants_json, wire
from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from openbanking.embed_sessions import operations as sessions
from openbanking.embed_sessions.components import Component
from parties.enterprises.queries import enterprises_page, get_enterprise
from tenants.access.models import ApiClient
from tenants.access.queries import clients
from tenants.banks.queries import BankUnknown, hosts

PAGE: Final = "/portal/embed"
WIDTHS: Final = ("360", "390", "480", "720")
BUSINESSES_SHOWN: Final = 50


class PreviewNeedsKey(Refusal):
    """A session belongs to a client, and there is none for the sandbox."""

    code = "portal.preview_needs_key"
    kind = Kind.CONFLICT
    message = "Make a sandbox key first: a preview is a session of one."


class PreviewSandboxOnly(Refusal):
    """What the preview does is really done, so it is for banks without real money."""

    code = "portal.preview_sandbox_only"
    kind = Kind.FORBIDDEN
    message = "A preview is for sandbox banks only."


def host_of(own: OwnBank) -> str:
    """Return the bank's first host, or nothing: one that was made without hosts has no pages."""
    return next(iter(hosts(schema_name=own.bank.schema_name)), "")


def origin_of(request: HttpRequest, host: str) -> str:
    """Return the origin of a bank's pages, at the port the request came to."""
    port = urlsplit(request.build_absolute_uri("/")).port
    return f"{request.scheme}://{host}:{port}" if port else f"{request.scheme}://{host}"


class Studio(PortalView):
    """The studio."""

    acting = "portal.build"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what can be chosen and the code for it."""
        return self._page(request, self._known(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open a session of a sandbox business and show it: what is done in it is really done, there."""
        try:
            known = self._known(request)
            own = chosen(request, known)
            if own is None:
                raise BankUnknown
            session = self._opened(request, own)
        except Refusal as refusal:
            return refused(request, refusal, PAGE)
        if wants_json(request):
            return JsonResponse(wire(session), status=201)
        return self._page(request, known, session)

    def _known(self, request: HttpRequest) -> tuple[OwnBank, ...]:
        """Return the banks that have pages of their own."""
        return tuple(one for one in own_banks(scene_id_of(request)) if host_of(one))

    def _opened(self, request: HttpRequest, own: OwnBank) -> dict[str, Any]:
        form, scene_id = Form(request), scene_id_of(request)
        if own.bank.livemode:
            raise PreviewSandboxOnly
        usable = [
            one for one in clients(scene_id=scene_id) if one.sandbox and one.status == ApiClient.Status.ACTIVE
        ]
        if not usable:
            raise PreviewNeedsKey
        business = form.key("business", "biz")
        subject = public_id("biz", business)
        with noted(request, "preview.open", subject, own), inside(own), transaction.atomic():
            get_enterprise(enterprise_id=business, scene_id=scene_id)
            session, secret = sessions.open_session(
                scene_id=scene_id,
                client_id=usable[0].client_id,
                allowed_scopes=usable[0].scopes,
                enterprise_id=business,
                components=[form.text("component")],
                locale=self._locale(form.text("locale")),
                return_url=request.build_absolute_uri(PAGE),  # so the frame may be shown on this page
                now=now(),
            )
        url = f"{origin_of(request, host_of(own))}/embed/{session.public_id}#cs={secret}"
        return {"id": session.public_id, "client_secret": secret, "url": url}

    def _locale(self, given: str) -> str:
        if given not in dict(settings.LANGUAGES):
            raise FieldInvalid(field="locale", given=given[:40])
        return given

    def _page(
        self, request: HttpRequest, known: tuple[OwnBank, ...], session: dict[str, Any] | None = None
    ) -> HttpResponse:
        scene_id, own = scene_id_of(request), chosen(request, known)
        given = request.POST if request.method == "POST" else request.GET
        asked = {
            "component": given.get("component", Component.OFFER_TILE.value),
            "locale": given.get("locale", get_language() or settings.LANGUAGE_CODE),
            "width": given.get("width", WIDTHS[1]),
            "business": given.get("business", ""),
        }
        businesses: list[dict[str, str]] = []
        if own is not None:
            with inside(own):
                page = enterprises_page(scene_id=scene_id, limit=BUSINESSES_SHOWN)
            businesses = [
                {"id": public_id("biz", one.id), "external_id": one.external_id} for one in page.rows
            ]
        context = framed(
            request,
            "embed",
            banks=known,
            own=own,
            asked=asked,
            components=Component.values,
            languages=settings.LANGUAGES,
            widths=WIDTHS,
            width=asked["width"] if asked["width"] in WIDTHS else WIDTHS[1],
            businesses=businesses,
            session=session,
            origins=scene_of(request).allowed_origins,
            base=request.build_absolute_uri("/").rstrip("/"),
            bank_origin="" if own is None else origin_of(request, host_of(own)),
        )
        answer = shown(request, "portal/embed.html", context, {"components": list(Component.values)})
        if own is not None:
            answer._csp_update = {"frame-src": [context["bank_origin"]]}  # type: ignore[attr-defined]
        answer["Cache-Control"] = "no-store"
        return answer
