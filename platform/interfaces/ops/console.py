"""The ops console's pages: banks, scenes, jobs, the event bus, the proof of the books."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from interfaces.door import OperatorView, in_bank, now
from interfaces.ops import bank_setup
from interfaces.ops.frame import NAVIGATION
from interfaces.pages import Form, SignInView, SignOutView, act, shown
from kernel.ids import public_id
from kernel.refusals import Refusal
from ledger.proofs.queries import check_books
from lending.day_end.queries import last_runs, unfinished_run
from lending.proofs import check_loans
from plumbing.clock.queries import business_date
from plumbing.outbox import queries as outbox
from tenants.access.queries import clients
from tenants.banks.queries import BankView, banks, get_bank, hosts, setup_steps
from tenants.scenes import operations as scene_operations
from tenants.scenes.queries import contracts, get_scene, scenes
from tenants.teams.queries import team


def framed(section: str, **context: Any) -> dict[str, Any]:
    """Return a page's context with the console's frame around it."""
    return {
        "navigation": NAVIGATION,
        "section": section,
        "home_url": "/ops/",
        "sign_out_url": "/ops/sign-out",
        **context,
    }


class SignIn(SignInView):
    """Operators sign in here."""

    template_name = "ops/sign_in.html"
    home = "/ops/"


class SignOut(SignOutView):
    """Operators sign out here."""

    home = "/ops/sign-in"


def state_of(bank: BankView) -> dict[str, Any]:
    """Return where a bank stands: its business date, its last day-end and what waits on its event bus."""
    row: dict[str, Any] = {
        "bank": bank,
        "name": bank.name(get_language() or ""),
        "ready": bank.ready_at is not None,
    }
    if bank.ready_at is None:
        return row
    with in_bank(bank.schema_name):
        runs = last_runs(limit=1)
        row |= {
            "business_date": business_date(),
            "run": runs[0] if runs else None,
            "running": unfinished_run() is not None,
            "outbox": outbox.backlog(),
        }
    return row


class Banks(OperatorView):
    """Every bank with its state."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the banks."""
        rows = [state_of(bank) for bank in banks()]
        body = {"banks": [{"schema": row["bank"].schema_name, "status": row["bank"].status} for row in rows]}
        return shown(request, "ops/banks.html", framed("banks", rows=rows), body)


class NewBank(OperatorView):
    """Creates a bank: schema, people, rules, chart, product, strategy, clock."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return shown(request, "ops/bank_new.html", framed("banks"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Create the bank, or take up a creation that died half-way; each step is its own transaction."""
        schema = request.POST.get("schema", "").strip()

        def create() -> Mapping[str, Any]:
            bank = bank_setup.create_bank(order_of(Form(request)))
            return {"schema": bank.schema_name, "bank_id": public_id("bnk", bank.id)}

        to = f"/ops/banks/{schema}"
        return act(request, create, to=to, back="/ops/banks/new", status=201, atomic=False)


def order_of(form: Form) -> bank_setup.BankOrder:
    """Read the order for a new bank from its form."""
    schema = form.text("schema", longest=40)
    name_zh = form.text("name_zh")
    return bank_setup.BankOrder(
        schema=schema,
        name_zh=name_zh,
        name_en=form.text("name_en"),
        kind=form.text("kind"),
        hosts=tuple(form.text("host").split()),
        area_prefixes=tuple(form.text("area_prefixes").replace(",", " ").split()),
        tier1_capital=form.money("tier1_capital"),
        first_business_date=form.day("first_business_date"),
        team_password=form.text("team_password"),
        brand={
            "primary": form.text("colour", "#0b5d4e"),
            "letter": name_zh[:1],
            "phone": form.text("phone", ""),
        },
    )


class Bank(OperatorView):
    """One bank: how it was created, its hosts, its contracts."""

    def get(self, request: HttpRequest, schema: str) -> HttpResponse:
        """Show the bank."""
        bank = get_bank(schema_name=schema)
        context = framed(
            "banks",
            row=state_of(bank),
            steps=setup_steps(schema_name=schema),
            hosts=hosts(schema_name=schema),
            contracts=contracts(bank_id=bank.id),
        )
        return shown(request, "ops/bank.html", context)


class Jobs(OperatorView):
    """The last day-end of every bank."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        rows = [state_of(bank) for bank in banks() if bank.ready_at is not None]
        return shown(request, "ops/jobs.html", framed("jobs", rows=rows))


class Scenes(OperatorView):
    """Scenes that may be embedded in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the scenes."""
        found = scenes()
        body = {"scenes": [{"id": public_id("scn", one.id), "code": one.code} for one in found]}
        return shown(request, "ops/scenes.html", framed("scenes", scenes=found), body)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Onboard a scene."""
        form = Form(request)

        def onboard() -> Mapping[str, Any]:
            scene = scene_operations.onboard_scene(
                code=form.text("code"),
                name_zh=form.text("name_zh"),
                name_en=form.text("name_en"),
                provider_name=form.text("provider_name"),
                uscc=form.text("uscc"),
                now=now(),
            )
            return {"id": public_id("scn", scene.id), "code": scene.code}

        return act(request, onboard, to="/ops/scenes", status=201)


class Scene(OperatorView):
    """One scene: its contracts with banks and its API clients."""

    def get(self, request: HttpRequest, scene_id: UUID) -> HttpResponse:
        """Show the scene."""
        signed = contracts(scene_id=scene_id)
        body = {
            "contracts": [
                {"bank": one.bank_schema, "bank_id": public_id("bnk", one.bank_id), "status": one.status}
                for one in signed
            ]
        }
        context = framed(
            "scenes",
            scene=get_scene(scene_id=scene_id),
            contracts=signed,
            clients=clients(scene_id=scene_id),
            banks=banks(),
            secret=request.session.pop("new_secret", None),
            invitation=request.session.pop("new_invitation", None),
            team=team(scene_id=scene_id),
        )
        return shown(request, "ops/scene.html", context, body)


class Contracts(OperatorView):
    """Contracts of a scene."""

    def post(self, request: HttpRequest, scene_id: UUID) -> HttpResponse:
        """Sign a contract between the scene and a bank; the bank pays the fee (R-10)."""
        form = Form(request)

        def sign() -> Mapping[str, Any]:
            bank = get_bank(schema_name=form.text("bank"))
            contract = scene_operations.sign_contract(
                scene_id=scene_id,
                bank_id=bank.id,
                fee_rate=form.number("fee_rate"),
                starts_date=form.day("starts_date"),
                now=now(),
            )
            return {"id": str(contract.id), "bank_id": public_id("bnk", bank.id)}

        return act(request, sign, to=f"/ops/scenes/{public_id('scn', scene_id)}", status=201)


class Origins(OperatorView):
    """The origins of a scene's pages."""

    def post(self, request: HttpRequest, scene_id: UUID) -> HttpResponse:
        """Say on which origins the scene may embed a bank's frame; an empty list allows none."""
        origins = Form(request).text("origins", "", longest=5000).split()

        def allow() -> Mapping[str, Any]:
            scene = scene_operations.allow_origins(scene_id=scene_id, origins=origins)
            return {"allowed_origins": list(scene.allowed_origins)}

        return act(request, allow, to=f"/ops/scenes/{public_id('scn', scene_id)}")


class Events(OperatorView):
    """The event bus of every bank."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what waits, what is retried and what was given up."""
        rows = []
        for bank in banks():
            if bank.ready_at is None:
                continue
            with in_bank(bank.schema_name):
                state = {"outbox": outbox.backlog(), "latest": outbox.latest_events(limit=8)}
            rows.append({"bank": bank, "name": bank.name(get_language() or ""), **state})
        return shown(request, "ops/events.html", framed("events", rows=rows))


class Audit(OperatorView):
    """The proof of every bank's books, run when asked."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Run the proofs and show each invariant."""
        rows = [proof_of(bank) for bank in banks() if bank.ready_at is not None]
        body = {"banks": [{"schema": row["bank"].schema_name, "ok": row["ok"]} for row in rows]}
        return shown(request, "ops/audit.html", framed("audit", rows=rows), body)


def proof_of(bank: BankView) -> dict[str, Any]:
    """Return every invariant of a bank's books with its verdict."""
    with in_bank(bank.schema_name), transaction.atomic():
        try:
            today: date = business_date()
            findings = [*check_books(), *check_loans(business_date=today)]
        except Refusal as refusal:
            return {"bank": bank, "name": bank.name(get_language() or ""), "ok": False, "error": str(refusal)}
    ok = all(finding.ok for finding in findings)
    return {
        "bank": bank,
        "name": bank.name(get_language() or ""),
        "ok": ok,
        "findings": findings,
        "today": today,
    }


class Signpost(OperatorView):
    """The platform's first page: who are you, and where do you go."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let everybody in."""
        port = request.get_port()
        shown_banks = [
            {
                "name": bank.name(get_language() or ""),
                "url": f"//{host}:{port}/" if port not in ("80", "443") else f"//{host}/",
            }
            for bank in banks()
            if bank.ready_at is not None
            for host in hosts(schema_name=bank.schema_name)[:1]
        ]
        return shown(request, "ops/signpost.html", {"banks": shown_banks})
