"""The signing page: the borrower reads the costs, confirms, and signs, on the bank's own host (L-09, P-03).

Whoever holds the link may act on it, as with a one-time link in a text message; there is no session and no
cookie that a foreign page could abuse, so no CSRF token is asked for.
"""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from connectors.e_sign.port import SealEvidence
from connectors.e_sign.simulator import service
from interfaces.borrower.page import page_of, wire_of
from interfaces.door import now, problem
from kernel.refusals import Kind, Refusal
from lending.applications import operations as applications
from lending.applications import queries
from lending.applications.states import StateConflict
from lending.applications.views import AgreementView
from openbanking.consents.queries import ConsentExpired, ConsentRequired, ConsentRevoked
from plumbing.clock.queries import business_date
from plumbing.schemas import public_schema
from tenants.scenes.queries import SceneUnknown, get_scene

CONSENT_ENDED: Final = (ConsentRequired, ConsentRevoked, ConsentExpired)
TICKED: Final = frozenset({True, "on", "true", "yes", "1"})


class ConfirmationMissing(Refusal):
    """The box was not ticked: nobody signs by pressing a button alone (P-03, P-09)."""

    code = "sign.confirmation_missing"
    kind = Kind.INVALID
    message = "Tick the box to confirm that you have read the costs and agree."


def _agreement(token: str) -> AgreementView:
    try:
        return queries.agreement_by_token(token=token)
    except queries.AgreementNotFound:
        raise Http404 from None


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _input(request: HttpRequest) -> dict[str, Any]:
    """Return what was sent, as a form or as JSON; anything else is nothing."""
    if request.content_type != "application/json":
        return dict(request.POST.items())
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class SigningPage(View):
    """Show the agreement; take the signature, or the borrower's no."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the language of the link, where it names one."""
        wanted = request.GET.get("lang", "")
        if wanted in dict(settings.LANGUAGES):
            translation.activate(wanted)
        answer = super().dispatch(request, *args, **kwargs)
        answer["Referrer-Policy"] = "no-referrer"  # the address is the key
        return answer

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the agreement and note when it was first seen."""
        agreement = _agreement(token)
        with transaction.atomic():
            shown = applications.show_agreement(agreement_id=agreement.id, now=now())
        return self._answer(request, shown)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Sign or decline; the same signature sent twice has one effect and the same answer."""
        sent, agreement = _input(request), _agreement(token)
        try:
            if sent.get("action") == "decline":
                return self._done(request, _decline(agreement))
            if sent.get("confirmed") not in TICKED:
                raise ConfirmationMissing
            return self._done(request, _sign(agreement))
        except Refusal as refusal:
            if _wants_json(request):
                return problem(refusal, request)
            message = refusal.text(gettext(refusal.message))
            return self._answer(request, _agreement(token), refused=message, status=422)

    def _done(self, request: HttpRequest, agreement: AgreementView) -> HttpResponse:
        """Answer a finished act: data for a machine, a page that can be reloaded for a person."""
        if _wants_json(request):
            return self._answer(request, agreement)
        return redirect(request.get_full_path())

    def _answer(
        self,
        request: HttpRequest,
        agreement: AgreementView,
        *,
        refused: str = "",
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        seconds = queries.reading_seconds(business_date())
        if _wants_json(request):
            return JsonResponse(
                wire_of(agreement, reading_seconds=seconds),
                status=status,
                json_dumps_params={"ensure_ascii": False},
            )
        page = page_of(
            agreement,
            scene_name=_scene_name(agreement),
            language=translation.get_language() or "",
            reading_seconds=seconds,
            now=now(),
        )
        return render(request, "borrower/sign.html", {"page": page, "refused": refused}, status=status)


def _scene_name(agreement: AgreementView) -> str:
    """Return the scene's name in English; a bank that stands alone knows the sealed one only."""
    try:
        with public_schema():
            return get_scene(scene_id=agreement.scene_id).name_en
    except SceneUnknown:
        return str(agreement.terms["scene"])


def seal_of(agreement: AgreementView, instant: datetime) -> SealEvidence:
    """Let the borrower's certificate seal the document."""
    signer = agreement.terms["borrower"]["signer"]
    return service().seal(document=agreement.document.encode(), signer=signer, sealed_at=instant)


def _sign(agreement: AgreementView) -> AgreementView:
    """Seal the document and hand the seal in; a consent that has ended closes the application (J3)."""
    instant = now()
    evidence = seal_of(agreement, instant)
    try:
        with transaction.atomic():
            return applications.sign_agreement(
                agreement_id=agreement.id, evidence=evidence, now=instant, business_date=business_date()
            )
    except CONSENT_ENDED:
        with transaction.atomic():
            applications.withdraw_application(
                application_id=agreement.application_id, scene_id=None, reason="consent_ended", now=instant
            )
        raise
    except StateConflict:
        current = queries.get_agreement(agreement_id=agreement.id, scene_id=None)
        if current.seal is None:
            raise
        return current


def _decline(agreement: AgreementView) -> AgreementView:
    with transaction.atomic():
        return applications.decline_agreement(agreement_id=agreement.id, now=now())


@require_GET
@never_cache
def document(request: HttpRequest, token: str) -> HttpResponse:
    """Give the borrower the document, byte for byte what was or will be sealed (L-06)."""
    agreement = _agreement(token)
    answer = HttpResponse(agreement.document.encode(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{agreement.public_id}.txt"'
    return answer


@require_GET
@never_cache
def verification(request: HttpRequest, token: str) -> JsonResponse:
    """Verify the seal afresh and show everything another could verify it with (L-09)."""
    agreement, signatures = _agreement(token), service()
    sealed = agreement.seal is not None and signatures.verify(
        document=agreement.document.encode(), evidence=agreement.seal
    )
    return JsonResponse(
        {
            "agreement": agreement.public_id,
            "status": agreement.status,
            "valid": sealed,
            "sha256": agreement.sha256,
            "sm3": agreement.sm3,
            "seal": None if agreement.seal is None else agreement.seal.as_json(),
            "public_key": signatures.public_key,
        }
    )
