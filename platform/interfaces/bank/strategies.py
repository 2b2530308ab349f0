"""The risk manager's pages: strategies in every version, what waits for a second person, what runs beside."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.bank import watch_signing
from interfaces.bank.frame import actor_of, framed
from interfaces.bank.model_cards import bins_of
from interfaces.bank.strategy_shown import sections
from interfaces.door import StaffView, now
from interfaces.pages import Form, act, shown
from kernel.ids import public_id
from plumbing.clock.queries import business_date
from risk.knowledge.queries import entries_of_strategy
from risk.overlays.operations import approve_cycle_overlay
from risk.strategies import operations as strategies
from risk.strategies.queries import (
    exploration_budgets,
    get_document,
    get_proposal,
    proposals,
    publishing_policy,
    shadows,
    snoozes,
    splits,
    strategy_in_force,
    version_rows,
)
from risk.verification import operations as verification
from risk.verification.queries import backtests, impact_of
from risk.warnings.operations import approve_warning_policy

PATH: Final = "/strategy"
BACK_DAYS: Final = 365
SHADOW_DAYS: Final = 30
_APPROVED_BY: Final[Mapping[str, Callable[..., Any]]] = {
    "publication": verification.approve_publication,
    "split": verification.approve_split,
    "snooze": strategies.approve_snooze,
    "exploration": strategies.approve_exploration,
    "policy": strategies.approve_policy,
    "cycle_overlay": lambda **given: approve_cycle_overlay(on_date=business_date(), **given),
    "warning_policy": lambda **given: approve_warning_policy(on_date=business_date(), **given),
}


def document_path(document_id: UUID) -> str:
    """Return the address of a version or a draft."""
    return f"{PATH}/documents/{public_id('stg', document_id)}"


class Strategies(StaffView):
    """Every version and draft, what waits for a second person, and what deviates from the strategy today."""

    capability = "strategy.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        today = business_date()
        rows, policy = version_rows(on_date=today), publishing_policy(today)
        context = framed(
            request,
            "strategy",
            rows=rows,
            codes=sorted({row.code for row in rows}),
            proposals=[one for one in proposals() if one.kind not in watch_signing.KINDS],
            shadows=shadows(),
            snoozes=snoozes(on_date=today),
            splits=splits(),
            budgets=exploration_budgets(),
            policy=policy,
            hit_percent=f"{(policy.hit_share_max * 100).normalize():f}",
            actor=actor_of(request),
            tomorrow=today + timedelta(days=1),
        )
        body = {
            "versions": [
                {
                    "id": public_id("stg", row.id),
                    "code": row.code,
                    "version": row.version,
                    "status": row.status,
                    "sha256": row.sha256,
                }
                for row in rows
            ]
        }
        return shown(request, "bank/strategy.html", context, body)


class StrategyDocument(StaffView):
    """One version or draft, whole: every stage in words, and what was found out about it."""

    capability = "strategy.view"

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Show it."""
        today = business_date()
        document = get_document(document_id)
        rows = version_rows(on_date=today, code=document.code)
        row = next((one for one in rows if one.id == document_id), None)
        in_force = any(one.status == "in_force" for one in rows)
        draft = row is not None and row.version is None
        context = framed(
            request,
            "strategy",
            document=document,
            row=row,
            is_draft=draft,
            in_force=in_force,
            sections=sections(document.document),
            knowledge=entries_of_strategy(strategy_sha256=document.sha256, on_date=today),
            bins=tuple(bins_of(document.document.get("pd", {}).get("card", {}))),
            json=json.dumps(document.document, ensure_ascii=False, indent=2, default=str),
            impact=impact_of(document_id, on_date=today) if draft and in_force else None,
            backtests=backtests(document_id=document_id),
            shadows=[one for one in shadows() if one.draft_id == document_id],
            from_date=today - timedelta(days=BACK_DAYS),
            until_date=today + timedelta(days=SHADOW_DAYS),
            today=today,
            actor=actor_of(request),
        )
        body = {"id": public_id("stg", document_id), "sha256": document.sha256, "document": document.document}
        return shown(request, "bank/strategy_document.html", context, body)


class DocumentAct(StaffView, ABC):
    """What the acts on one document share."""

    capability = "strategy.draft"

    def post(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Do it; the answer leads to what came of it."""
        form, actor = Form(request), actor_of(request)
        return act(request, lambda: self.work(document_id, form, actor), to=self.to(document_id))

    def to(self, document_id: UUID) -> str:
        """Return where to go."""
        return document_path(document_id)

    @abstractmethod
    def work(self, document_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Do it and return the answer."""


class DocumentBacktest(DocumentAct):
    """Runs a document beside the one in force over the stored decisions."""

    def work(self, document_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Run it and keep the report."""
        document = get_document(document_id)
        report = verification.run_backtest(
            old_id=strategy_in_force(business_date(), code=document.code).id,
            new_id=document_id,
            from_date=form.day("from_date"),
            to_date=form.day("to_date"),
            asked_by=actor,
            now=now(),
        )
        return {"id": public_id("btr", report.id), "count": report.count, "sha256": report.sha256}


class DocumentShadow(DocumentAct):
    """Runs a draft beside every live decision; it decides nothing."""

    def work(self, document_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Assign it."""
        shadow = strategies.assign_shadow(
            draft_id=document_id,
            effective_from=form.day("effective_from"),
            effective_to=form.day("effective_to"),
            assigned_by=actor,
            now=now(),
        )
        return {"id": public_id("shd", shadow.id)}


class DocumentProposal(DocumentAct):
    """Signs a draft as the first of two."""

    capability = "strategy.sign"

    def work(self, document_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Propose its publication."""
        proposal = strategies.propose_publication(
            draft_id=document_id,
            effective_from=form.day("effective_from"),
            reason=form.text("reason"),
            proposed_by=actor,
            now=now(),
        )
        return {"id": public_id("prp", proposal.id)}


class DocumentRollback(DocumentAct):
    """Signs, as the first of two, that an older version decides again."""

    capability = "strategy.sign"

    def to(self, document_id: UUID) -> str:
        """Return to the list, where it waits for the second person."""
        return PATH

    def work(self, document_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Propose it."""
        proposal = strategies.propose_rollback(
            version_id=document_id,
            on_date=business_date(),
            reason=form.text("reason"),
            proposed_by=actor,
            now=now(),
        )
        return {"id": public_id("prp", proposal.id)}


class ProposalApproval(StaffView):
    """Signs as the second of two; then it is done."""

    capability = "strategy.sign"
    to = PATH

    def post(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        """Approve it."""
        actor = actor_of(request)

        def work() -> Mapping[str, Any]:
            proposal = get_proposal(proposal_id)
            _APPROVED_BY[proposal.kind](proposal_id=proposal_id, approved_by=actor, now=now())
            return {"id": public_id("prp", proposal_id), "approved_by": actor}

        return act(request, work, to=self.to)


class ProposalRejection(StaffView):
    """Says no to a proposal."""

    capability = "strategy.sign"
    to = PATH

    def post(self, request: HttpRequest, proposal_id: UUID) -> HttpResponse:
        """Reject it with a reason."""
        form, actor = Form(request), actor_of(request)

        def work() -> Mapping[str, Any]:
            strategies.reject_proposal(
                proposal_id=proposal_id, reason=form.text("reason"), rejected_by=actor, now=now()
            )
            return {"id": public_id("prp", proposal_id)}

        return act(request, work, to=self.to)


class ShadowStop(StaffView):
    """Ends a shadow before its day."""

    capability = "strategy.draft"

    def post(self, request: HttpRequest, shadow_id: UUID) -> HttpResponse:
        """Stop it."""
        actor = actor_of(request)

        def work() -> Mapping[str, Any]:
            strategies.stop_shadow(assignment_id=shadow_id, stopped_by=actor, now=now())
            return {"id": public_id("shd", shadow_id)}

        return act(request, work, to=PATH)
