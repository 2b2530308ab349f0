"""Cases: what waits for a person, one with all that speaks for what, and what is done about it (S0-12)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from interfaces.bank.business import after_of
from interfaces.bank.decisions import decision_parts, subject_url
from interfaces.bank.frame import actor_of, framed
from interfaces.bank.interviews import interview_body, interview_parts
from interfaces.bank.trace import fact_name, value_text
from interfaces.door import StaffView, now
from interfaces.pages import FieldInvalid, Form, act, shown
from kernel.ids import parse_id, public_id
from lending.applications.operations import resolve_review
from lending.oversight.operations import OUTCOME, propose_action, sign_action
from plumbing.clock.queries import business_date
from risk.cases import operations as cases
from risk.cases.queries import (
    CaseFile,
    CaseProposal,
    CaseView,
    ageing,
    cases_page,
    get_case,
    open_proposal,
)
from risk.cases.states import BY_ACT, OUTCOMES, CaseKind, CaseStatus
from risk.warnings.policy import Action

ROWS: Final = 50
AGEING_DAYS: Final = 30
FILTERS: Final = ("kind", "status", "who", "subject")
_OPEN: Final = (CaseStatus.OPEN, CaseStatus.ASSIGNED)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as the list shows it: how long it has waited, and whether it is late."""

    case: CaseView
    age: timedelta
    late: bool
    left: timedelta


class Cases(StaffView):
    """What waits, most urgent first; by kind, state and person."""

    capability = "case.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        wanted = {name: request.GET.get(name, "").strip()[:80].replace("\x00", "") for name in FILTERS}
        _require(wanted["kind"], CaseKind.values, "kind")
        _require(wanted["status"], CaseStatus.values, "status")
        moment, is_late = now(), request.GET.get("late") == "1"
        found = cases_page(
            kind=wanted["kind"] or None,
            status=wanted["status"] or None,
            assigned_to=wanted["who"] or None,
            subject=wanted["subject"] or None,
            late_at=moment if is_late else None,
            after=after_of(request, "cas"),
            limit=ROWS,
        )
        after = found[-1].public_id if len(found) == ROWS else None
        context = framed(
            request,
            "cases",
            rows=[_line(case, moment) for case in found],
            wanted=wanted,
            late=is_late,
            kinds=CaseKind.values,
            states=CaseStatus.values,
            actor=actor_of(request),
            ageing=ageing(now=moment, since=moment - timedelta(days=AGEING_DAYS)),
            after=after,
        )
        return shown(request, "bank/cases.html", context, {"cases": [_body(case) for case in found]})


def _require(given: str, known: list[str], field: str) -> None:
    if given and given not in known:
        raise FieldInvalid(field=field, given=given[:40])


def _line(case: CaseView, moment: datetime) -> CaseLine:
    until = case.decided_at or moment
    return CaseLine(case, until - case.opened_at, case.is_late(moment), case.due_at - until)


def _body(case: CaseView) -> dict[str, Any]:
    return {
        "id": case.public_id,
        "kind": case.kind,
        "subject": case.subject,
        "reason": case.reason,
        "priority": case.priority,
        "status": case.status,
        "decision": None if case.decision_id is None else public_id("dec", case.decision_id),
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "assigned_to": case.assigned_to,
        "outcome": case.outcome,
        "decided_by": case.decided_by,
    }


class Case(StaffView):
    """One case: what was asked, what was known, what the checks found, what was done before."""

    capability = "case.view"

    def get(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        """Show it."""
        found = get_case(case_id)
        decision, kind = found.decision, CaseKind(found.case.kind)
        proposal = open_proposal(case_id=case_id)
        context = framed(
            request,
            "cases",
            **(decision_parts(decision) if decision else {}),
            case=found.case,
            line=_line(found.case, now()),
            events=found.events,
            earlier=found.earlier,
            evidence=tuple(evidence_of(found)),
            about_url=subject_url(found.case.subject),
            outcomes=sorted(OUTCOMES[kind] - BY_ACT.get(kind, frozenset())),
            actions=[action.value for action in OUTCOME] if kind == CaseKind.WARNING else [],
            proposal=proposal,
            is_review=_is_review(found.case),
            actor=actor_of(request),
            **(visit := interview_parts(found)),
        )
        body = {
            **_body(found.case),
            "evidence": found.case.evidence,
            "proposal": None if proposal is None else _proposal_body(proposal),
            "interview": interview_body(visit["interview"]),
            "events": [
                {"act": event.act, "actor": event.actor, "text": event.text, "at": event.recorded_at}
                for event in found.events
            ],
        }
        return shown(request, "bank/case.html", context, body)


def _proposal_body(proposal: CaseProposal) -> dict[str, Any]:
    return {
        **proposal.act,
        "id": public_id("prp", proposal.id),
        "reason": proposal.reason,
        "proposed_by": proposal.proposed_by,
    }


def _is_review(case: CaseView) -> bool:
    """Tell whether deciding the case is deciding a referred application."""
    return case.kind == CaseKind.REFERRAL and case.subject.startswith("app_")


def evidence_of(file: CaseFile) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield each source of a case's evidence with its lines; nested parts say where they stood."""
    for source, found in file.case.evidence.items():
        yield source, tuple(_lines("", found))


def _lines(place: str, found: Any) -> Iterator[tuple[str, str]]:
    if isinstance(found, Mapping):
        for name, value in found.items():
            label = fact_name(str(name))
            yield from _lines(f"{place} · {label}" if place else label, value)
    elif isinstance(found, list | tuple) and any(isinstance(one, Mapping) for one in found):
        for number, one in enumerate(found, start=1):
            yield from _lines(f"{place} {number}".strip(), one)
    elif isinstance(found, list | tuple):
        yield place, ", ".join(value_text(one) for one in found)
    else:
        yield place, value_text(found)


class CaseAct(StaffView, ABC):
    """What the acts on a case share."""

    capability = "case.work"

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        """Do it."""
        form, actor, to = Form(request), actor_of(request), f"/cases/{public_id('cas', case_id)}"
        return act(request, lambda: _body(self.work(case_id, form, actor)), to=to)

    @abstractmethod
    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Do the act in the open transaction; return the case as it stands then."""


class CaseAssign(CaseAct):
    """Gives a case to a person; without a name, to whoever asks."""

    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Assign it."""
        return cases.assign_case(
            case_id=case_id, assigned_to=form.text("who", actor, longest=120), assigned_by=actor, now=now()
        )


class CaseNote(CaseAct):
    """Writes a note on a case."""

    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Write it."""
        text = form.text("text", longest=2000)
        return cases.note_case(case_id=case_id, text=text, written_by=actor, now=now())


class CaseDecide(CaseAct):
    """Decides a case: by the person who has it; what follows is done by whoever owns the thing."""

    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Decide it; a referred application is not decided here but by its own act."""
        outcome, reason = form.text("outcome", longest=24), form.text("reason", longest=2000)
        if _is_review(get_case(case_id).case):
            raise FieldInvalid(field="outcome", given=outcome)
        return cases.decide_case(case_id=case_id, outcome=outcome, reason=reason, decided_by=actor, now=now())


class CaseReview(CaseAct):
    """Decides the referred application that a case is about: an amount approves it, none declines it."""

    capability = "application.review"

    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Resolve the review, which settles the case."""
        case = get_case(case_id).case
        if not _is_review(case):
            raise PermissionDenied
        outcome, reason = form.text("outcome", longest=24), form.text("reason", longest=60)
        _require(outcome, ["approved", "declined"], "outcome")
        resolve_review(
            application_id=parse_id("app", case.subject),
            approved_amount=form.money("amount") if outcome == "approved" else None,
            reason=reason,
            resolved_by=actor,
            now=now(),
            business_date=business_date(),
        )
        return get_case(case_id).case


class CaseClose(CaseAct):
    """Closes a decided case once what was decided is done."""

    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Close it."""
        text = form.text("text", longest=2000)
        return cases.close_case(case_id=case_id, text=text, closed_by=actor, now=now())


class CasePropose(CaseAct):
    """Proposes to freeze or cut a warned borrower's lines, or to hand its loans over; another signs."""

    capability = "line.freeze"

    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Propose it."""
        action = form.text("action", longest=24)
        _require(action, [one.value for one in Action], "action")
        propose_action(
            case_id=case_id,
            action=Action(action),
            factor=form.number("factor") if action == Action.CUT else None,
            reason=form.text("reason", longest=300),
            proposed_by=actor,
            now=now(),
        )
        return get_case(case_id).case


class CaseSign(CaseAct):
    """Signs what another person proposed: it is done, and the case is settled."""

    capability = "line.freeze"

    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Sign it."""
        sign_action(
            case_id=case_id,
            proposal_id=form.key("proposal", "prp"),
            signed_by=actor,
            business_date=business_date(),
            now=now(),
        )
        return get_case(case_id).case


class CaseReject(CaseAct):
    """Rejects what was proposed; whoever proposed it takes it back so."""

    capability = "line.freeze"

    def work(self, case_id: UUID, form: Form, actor: str) -> CaseView:
        """Reject it."""
        proposal_id, reason = form.key("proposal", "prp"), form.text("reason", longest=300)
        return cases.reject_act(
            case_id=case_id, proposal_id=proposal_id, reason=reason, rejected_by=actor, now=now()
        )
