"""Service requests: what waits for an answer, the one due soonest first; one, its steps, and its answer."""

from abc import ABC, abstractmethod
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.bank.business import after_of, with_names
from interfaces.bank.frame import actor_of, framed
from interfaces.door import StaffView, now
from interfaces.pages import FieldInvalid, Form, act, shown
from kernel.ids import public_id
from lending.service_requests import operations as requests
from lending.service_requests.operations import TEXT_MAX
from lending.service_requests.queries import (
    RequestView,
    get_request,
    queue,
    requests_page,
    steps_of,
    waiting,
)
from lending.service_requests.states import OPEN, RequestKind, RequestStatus
from parties.enterprises.queries import get_enterprise
from plumbing.clock.queries import business_date

ROWS: Final = 50
SECTION: Final = "service"
PATH: Final = "/service-requests"
OUTCOMES: Final = (RequestStatus.RESOLVED, RequestStatus.REJECTED)


class ServiceRequests(StaffView):
    """What waits; by kind, state and person, or what was answered."""

    capability = "service.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        kind = _known(request, "kind", RequestKind.values)
        status = _known(request, "status", RequestStatus.values)
        person = request.GET.get("who", "").strip()[:80].replace("\x00", "")
        today, is_late = business_date(), request.GET.get("late") == "1"
        if status and status not in OPEN:
            found = requests_page(kind=kind, status=status, after=after_of(request, "srq"), limit=ROWS)
        else:
            found = queue(
                kind=kind, status=status, assigned_to=person or None, late_on=today if is_late else None
            )
        closed = bool(status) and status not in OPEN
        context = framed(
            request,
            SECTION,
            rows=[{**row, "late": row["row"].is_late(today)} for row in with_names(found)],
            wanted={"kind": kind, "status": status, "who": person},
            kinds=RequestKind.values,
            states=RequestStatus.values,
            actor=actor_of(request),
            waiting=waiting(on_date=today),
            after=public_id("srq", found[-1].id) if closed and len(found) == ROWS else None,
        )
        body = {"requests": [_body(one) for one in found]}
        return shown(request, "bank/service_requests.html", context, body)


def _known(request: HttpRequest, name: str, known: list[str]) -> str | None:
    given = request.GET.get(name, "")
    if given and given not in known:
        raise FieldInvalid(field=name, given=given[:40])
    return given or None


def _body(found: RequestView) -> dict[str, Any]:
    return {
        "id": found.public_id,
        "number": found.number,
        "business": public_id("biz", found.enterprise_id),
        "kind": found.kind,
        "channel": found.channel,
        "status": found.status,
        "received_at": found.received_at,
        "due_date": found.due_date,
        "assigned_to": found.assigned_to,
        "answered_at": found.answered_at,
    }


class ServiceRequest(StaffView):
    """One request: what was asked, what was done, and the answer."""

    capability = "service.view"

    def get(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Show it."""
        found = get_request(request_id=request_id, scene_id=None)
        steps = steps_of(request_id=request_id)
        context = framed(
            request,
            SECTION,
            asked=found,
            late=found.is_late(business_date()),
            business=get_enterprise(enterprise_id=found.enterprise_id, scene_id=None),
            steps=steps,
            outcomes=[outcome.value for outcome in OUTCOMES],
            actor=actor_of(request),
            text_max=TEXT_MAX,
        )
        said = [
            {"act": step.act, "actor": step.actor, "text": step.text, "at": step.recorded_at}
            for step in steps
        ]
        body = {**_body(found), "text": found.text, "answer": found.answer, "steps": said}
        return shown(request, "bank/service_request.html", context, body)


class RequestAct(StaffView, ABC):
    """One act on a request, by a person who may; its page says what came of it."""

    capability = "service.work"

    @abstractmethod
    def work(self, request_id: UUID, form: Form, actor: str) -> RequestView:
        """Do it."""

    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Do it, and show the request."""
        form, actor = Form(request), actor_of(request)
        to = f"{PATH}/{public_id('srq', request_id)}"
        return act(request, lambda: _body(self.work(request_id, form, actor)), to=to)


class RequestTaking(RequestAct):
    """Takes a request on, also from another."""

    def work(self, request_id: UUID, form: Form, actor: str) -> RequestView:
        """Take it."""
        return requests.take_request(request_id=request_id, taken_by=actor, now=now())


class RequestExtending(RequestAct):
    """Gives an involved complaint the longer time of its rule."""

    def work(self, request_id: UUID, form: Form, actor: str) -> RequestView:
        """Extend it."""
        reason = form.text("reason", longest=TEXT_MAX)
        return requests.extend_request(request_id=request_id, reason=reason, extended_by=actor, now=now())


class RequestAnswering(RequestAct):
    """Answers a request for good."""

    def work(self, request_id: UUID, form: Form, actor: str) -> RequestView:
        """Answer it."""
        outcome, text = form.text("outcome", longest=24), form.text("text", longest=TEXT_MAX)
        if outcome not in OUTCOMES:
            raise FieldInvalid(field="outcome", given=outcome)
        return requests.answer_request(
            request_id=request_id, outcome=outcome, text=text, answered_by=actor, now=now()
        )
