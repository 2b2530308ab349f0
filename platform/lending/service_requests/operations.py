"""Verbs: take a request in, take it on, give it more time, answer it. Each leaves a step that stays."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from lending.loans.queries import LoanNotFound, get_loan
from lending.service_requests.models import ServiceRequest, ServiceRequestStep
from lending.service_requests.queries import RequestNotFound, RequestView, request_view
from lending.service_requests.states import (
    ABOUT_A_LOAN,
    Channel,
    RequestKind,
    RequestStatus,
    StateConflict,
    require_move,
)
from openbanking.consents.queries import ConsentNotFound, get_consent
from parties.enterprises.queries import get_enterprise
from plumbing.audit import operations as audit
from plumbing.outbox import operations as outbox
from plumbing.sql import hold_name, in_transaction
from regulation import queries as regulation

COMPLAINTS: Final = "P-10"  # how long a bank has to answer a complaint
TEXT_MAX: Final = 2000


class LoanMissing(Refusal):
    """Other payment days, or help with repaying, are asked for a loan."""

    code = "service_requests.loan_missing"
    message = "Say which loan it is about."


class TextInvalid(Refusal):
    """What is asked, or answered, is said in words, and not in more than a page of them."""

    code = "service_requests.text_invalid"
    kind = Kind.INVALID
    message = "Write a text of at most {longest} characters."


class TakenByAnother(Refusal):
    """Who answers a request has taken it on."""

    code = "service_requests.taken_by_another"
    kind = Kind.CONFLICT
    message = "Take the request on first; it is with {assigned_to}."


class NoDeadline(Refusal):
    """Only what has a day by which it is answered, and was not given more time before, is given more."""

    code = "service_requests.no_deadline"
    kind = Kind.CONFLICT
    message = "This request cannot be given more time."


@in_transaction
def raise_request(
    *,
    scene_id: UUID,
    enterprise_id: UUID,
    kind: str,
    text: str,
    loan_id: UUID | None,
    consent_id: UUID | None,
    channel: Channel,
    now: datetime,
    business_date: date,
) -> RequestView:
    """Take in what a business asks through a scene; its number is told to whoever asked.

    A complaint is due as the rule in force says (P-10); without the rule it is taken in all the same. The
    loan and the consent it speaks of are the business's own, known to this scene; any other is not found.
    """
    get_enterprise(enterprise_id=enterprise_id, scene_id=scene_id)
    _require_own(scene_id, enterprise_id, loan_id=loan_id, consent_id=consent_id, now=now)
    if kind in ABOUT_A_LOAN and loan_id is None:
        raise LoanMissing
    due_date, rule = _due(kind, business_date)
    row = ServiceRequest.objects.create(
        number=_number(business_date),
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        kind=RequestKind(kind),
        channel=channel,
        loan_id=loan_id,
        consent_id=consent_id,
        text=_text(text),
        received_at=now,
        received_date=business_date,
        due_date=due_date,
        due_rule=rule,
    )
    _write(row, "received", str(channel), now=now)
    _tell(row, ["status"], now)
    return request_view(row)


@in_transaction
def take_request(*, request_id: UUID, taken_by: str, now: datetime) -> RequestView:
    """Let a person of the bank take a request on, also from another; it is in progress from then on."""
    row = _locked(request_id)
    before = row.status
    require_move(current=row.status, wanted=RequestStatus.IN_PROGRESS)
    row.status, row.assigned_to = RequestStatus.IN_PROGRESS, taken_by
    row.save(update_fields=["status", "assigned_to"])
    _write(row, "taken", taken_by, now=now)
    _audit(row, "taken", taken_by, {}, now)
    if before != row.status:
        _tell(row, ["status"], now)
    return request_view(row)


@in_transaction
def extend_request(*, request_id: UUID, reason: str, extended_by: str, now: datetime) -> RequestView:
    """Give an involved complaint the longer time of its rule, once; whoever asked hears of it."""
    row = _taken(request_id, extended_by)
    rule = regulation.rule(COMPLAINTS, row.received_date) if row.due_date is not None else None
    if rule is None or row.is_extended:
        raise NoDeadline
    row.due_date = row.received_date + timedelta(days=int(rule.parameters["involved_days"]))
    row.is_extended = True
    row.save(update_fields=["due_date", "is_extended"])
    _write(row, "extended", extended_by, text=_text(reason), now=now)
    _audit(row, "extended", extended_by, {"due_date": str(row.due_date), "rule": rule.reference}, now)
    _tell(row, ["due_date"], now)
    return request_view(row)


@in_transaction
def answer_request(
    *, request_id: UUID, outcome: str, text: str, answered_by: str, now: datetime
) -> RequestView:
    """Answer a request for good, by who has taken it on: resolved, or rejected with the reason."""
    row = _taken(request_id, answered_by)
    require_move(current=row.status, wanted=outcome)
    if outcome == RequestStatus.IN_PROGRESS:
        raise StateConflict(current=str(row.status), wanted=outcome, allowed=["rejected", "resolved"])
    row.status, row.answer = RequestStatus(outcome), _text(text)
    row.answered_by, row.answered_at = answered_by, now
    row.save(update_fields=["status", "answer", "answered_by", "answered_at"])
    _write(row, outcome, answered_by, text=row.answer, now=now)
    _audit(row, outcome, answered_by, {"due_date": str(row.due_date or "")}, now)
    _tell(row, ["status", "answer"], now)
    return request_view(row)


def _require_own(
    scene_id: UUID, enterprise_id: UUID, *, loan_id: UUID | None, consent_id: UUID | None, now: datetime
) -> None:
    if loan_id is not None:
        loan = get_loan(loan_id=loan_id, scene_id=scene_id)
        if loan.enterprise_id != enterprise_id:
            raise LoanNotFound(loan=public_id("lon", loan_id))
    if consent_id is not None:
        consent = get_consent(consent_id=consent_id, scene_id=scene_id, now=now)
        if consent.enterprise_id != enterprise_id:
            raise ConsentNotFound(consent_id=consent_id)


def _due(kind: str, on_date: date) -> tuple[date | None, str]:
    """Return the last day for an answer, counted from the day it came in, and the rule that says so."""
    if kind != RequestKind.COMPLAINT or not regulation.in_force(COMPLAINTS, on_date):
        return None, ""
    rule = regulation.rule(COMPLAINTS, on_date)
    return on_date + timedelta(days=int(rule.parameters["answer_days"])), rule.reference


def _number(on_date: date) -> str:
    """Return the next number of a day, short enough to be read out on the telephone."""
    hold_name("service request of", on_date)
    return f"{on_date:%Y%m%d}-{ServiceRequest.objects.filter(received_date=on_date).count() + 1:04d}"


def _text(text: str) -> str:
    said = text.strip()
    if not 0 < len(said) <= TEXT_MAX or "\x00" in said:
        raise TextInvalid(longest=TEXT_MAX)
    return said


def _locked(request_id: UUID) -> ServiceRequest:
    row = ServiceRequest.objects.select_for_update().filter(id=request_id).first()
    if row is None:
        raise RequestNotFound(request=public_id("srq", request_id))
    return row


def _taken(request_id: UUID, person: str) -> ServiceRequest:
    row = _locked(request_id)
    if row.status != RequestStatus.IN_PROGRESS:
        raise StateConflict(current=str(row.status), wanted="answered", allowed=["in_progress"])
    if row.assigned_to != person:
        raise TakenByAnother(assigned_to=row.assigned_to)
    return row


def _write(row: ServiceRequest, act: str, actor: str, *, text: str = "", now: datetime) -> None:
    ServiceRequestStep.objects.create(request=row, act=act, actor=actor, text=text, recorded_at=now)


def _audit(row: ServiceRequest, act: str, actor: str, detail: dict[str, object], now: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"service_request.{act}",
        subject=public_id("srq", row.id),
        detail={"number": row.number, "type": str(row.kind), **detail},
        now=now,
    )


def _tell(row: ServiceRequest, changed: list[str], now: datetime) -> None:
    """Write the event for the scene: ids, kind and status; never what was asked or answered."""
    outbox.emit(
        type="service_request.updated",
        subject=public_id("srq", row.id),
        data={
            "object": {
                "id": public_id("srq", row.id),
                "object": "service_request",
                "status": str(row.status),
                "number": row.number,
                "type": str(row.kind),
                "business": public_id("biz", row.enterprise_id),
                "due_date": None if row.due_date is None else str(row.due_date),
            },
            "changed": changed,
        },
        scene_id=row.scene_id,
        now=now,
    )
