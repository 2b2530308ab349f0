"""Get started: a checklist whose ticks come from what has happened, and the next step's snippet."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from interfaces import call_log
from interfaces.door import PortalView, now
from interfaces.pages import shown
from interfaces.portal.frame import OwnBank, each, framed, own_banks, scene_id_of
from lending.applications.queries import applications_page
from lending.loans.queries import loans_page
from openbanking.batches.queries import is_any_sent
from openbanking.consents.queries import is_any_given
from parties.enterprises.queries import enterprises_page
from plumbing.outbox.queries import deliveries
from tenants.access.models import ApiClient
from tenants.access.queries import calls_seen, clients
from tenants.reference.queries import calls_kept
from tenants.sandboxes.queries import clocks_of


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what it is called, where, and what to send."""

    name: str
    title: Any
    text: Any
    page: str
    snippet: str


STEPS: Final = (
    Step(
        "key",
        _("Make a sandbox key"),
        _("One click; its secret is shown once."),
        "/portal/keys",
        "",
    ),
    Step(
        "token",
        _("Ask for a token"),
        _("Good for ten minutes and for one bank, which resource names."),
        "/docs/get-started",
        'curl -u "$CLIENT_ID:$CLIENT_SECRET" {base}/oauth/token \\\n'
        '  -d grant_type=client_credentials -d "resource={base}/banks/{bank}"',
    ),
    Step(
        "call",
        _("Make a first call"),
        _("Whoever you are, the API tells you."),
        "/docs/reference",
        'curl {base}/v1/me -H "Authorization: Bearer $TOKEN"',
    ),
    Step(
        "business",
        _("Register a business"),
        _("The merchant who is to be lent to."),
        "/docs/get-started",
        'curl {base}/v1/businesses -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Content-Type: application/json" -H "Idempotency-Key: start-business" -d @business.json',
    ),
    Step(
        "consent",
        _("Record its consent"),
        _("For one purpose, with the hash of the text that was shown."),
        "/docs/get-started",
        'curl {base}/v1/consents -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Content-Type: application/json" -H "Idempotency-Key: start-consent" -d @consent.json',
    ),
    Step(
        "batch",
        _("Deliver data"),
        _("One record a line; what is refused is named by line."),
        "/docs/data",
        'curl "{base}/v1/data_batches?business=$BUSINESS&consent=$CONSENT" \\\n'
        '  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/x-ndjson" \\\n'
        "  --data-binary @receipts.ndjson",
    ),
    Step(
        "application",
        _("Apply for credit"),
        _("Decided within the second."),
        "/docs/get-started",
        'curl {base}/v1/applications -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Content-Type: application/json" -H "Idempotency-Key: start-application" -d @application.json',
    ),
    Step(
        "webhook",
        _("Answer a webhook"),
        _("Register an endpoint, ping it, and answer with a 2xx."),
        "/portal/endpoints",
        'curl {base}/v1/webhook_endpoints -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Content-Type: application/json" -H "Idempotency-Key: start-webhook" \\\n'
        '  -d \'{{"url": "https://scene.example/sluice/events"}}\'',
    ),
    Step(
        "loan",
        _("Lend in the sandbox"),
        _("Have the agreement signed and draw: no real money moves."),
        "/docs/get-started",
        'curl {base}/v1/drawdowns -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Content-Type: application/json" -H "Idempotency-Key: order-1" -d @drawdown.json',
    ),
    Step(
        "clock",
        _("Move a test clock"),
        _("A bank of your own whose calendar you advance: see a loan fall due today."),
        "/docs/test-clocks",
        'curl {base}/v1/test_clocks -H "Authorization: Bearer $TOKEN" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        '  -d \'{{"name": "first", "frozen_date": "2026-11-02"}}\'',
    ),
)


def _has_business(scene_id: UUID) -> bool:
    return bool(enterprises_page(scene_id=scene_id, limit=1).rows)


def _has_application(scene_id: UUID) -> bool:
    return bool(applications_page(scene_id=scene_id, limit=1))


def _has_answered(scene_id: UUID) -> bool:
    return bool(deliveries(scene_id=scene_id, status="delivered", limit=1))


def _has_loan(scene_id: UUID) -> bool:
    return bool(loans_page(scene_id=scene_id, limit=1))


IN_BANKS: Final[dict[str, Callable[[UUID], bool]]] = {
    "business": _has_business,
    "consent": lambda scene_id: is_any_given(scene_id=scene_id),
    "batch": lambda scene_id: is_any_sent(scene_id=scene_id),
    "application": _has_application,
    "webhook": _has_answered,
    "loan": _has_loan,
}


def done_steps(scene_id: UUID, own: tuple[OwnBank, ...]) -> frozenset[str]:
    """Return the names of the steps that have really happened, in the scene's sandboxes."""
    call_log.write()
    known, instant = clients(scene_id=scene_id), now()
    seen = partial(
        calls_seen,
        client_ids=tuple(one.client_id for one in known),
        since=instant - calls_kept(on_date=instant.date()),
        until=instant,
        statuses=(200, 300),
        limit=1,
    )
    called = bool(seen(path="/v1/"))
    found = {
        name
        for name, holds in (
            ("key", any(one.status == ApiClient.Status.ACTIVE for one in known)),
            ("call", called),
            ("token", called or bool(seen(path="/oauth/token"))),
            ("clock", any(one.advance_number for one in clocks_of(scene_id=scene_id))),
        )
        if holds
    }
    for _bank in each(tuple(one for one in own if not one.bank.livemode)):
        found |= {name for name, has in IN_BANKS.items() if name not in found and has(scene_id)}
    return frozenset(found)


class Start(PortalView):
    """The portal's first page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what is done and what comes next."""
        scene_id = scene_id_of(request)
        own = own_banks(scene_id)
        done = done_steps(scene_id, own)
        sandbox = next((one.public_id for one in own if not one.bank.livemode), "bnk_…")
        base = request.build_absolute_uri("/").rstrip("/")
        steps = [
            {
                "step": step,
                "done": step.name in done,
                "snippet": step.snippet.format(base=base, bank=sandbox),
            }
            for step in STEPS
        ]
        upcoming = next((one for one in steps if not one["done"]), None)
        context = framed(
            request, "start", steps=steps, next=upcoming, done_count=len(done), total=len(STEPS), banks=own
        )
        body = {"done": [step.name for step in STEPS if step.name in done], "of": len(STEPS)}
        return shown(request, "portal/start.html", context, body)
