"""Reads of requests: a scene's own, a borrower's own, the bank's queue."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from lending.service_requests.models import ServiceRequest, ServiceRequestStep
from lending.service_requests.states import OPEN, RequestKind
from plumbing.paging import newest


class RequestNotFound(Refusal):
    """No such request, or not one this caller may see."""

    code = "service_requests.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no service request {request}."


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request as it stands; `due_date` is the last day for an answer, if a rule sets one."""

    id: UUID
    number: str
    scene_id: UUID
    enterprise_id: UUID
    kind: str
    channel: str
    loan_id: UUID | None
    consent_id: UUID | None
    text: str
    status: str
    received_at: datetime
    received_date: date
    due_date: date | None
    due_rule: str
    is_extended: bool
    assigned_to: str
    answer: str
    answered_by: str
    answered_at: datetime | None

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("srq", self.id)

    @property
    def is_open(self) -> bool:
        """Whether the bank has not answered."""
        return self.status in OPEN

    def is_late(self, on_date: date) -> bool:
        """Whether the answer is due and has not been given."""
        return self.is_open and self.due_date is not None and self.due_date < on_date


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a request."""

    act: str
    actor: str
    text: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many requests of a kind wait for an answer, and how many of them are late."""

    kind: str
    waiting: int
    late: int


def request_view(row: ServiceRequest) -> RequestView:
    """Return the frozen view of a row."""
    return RequestView(
        id=row.id,
        number=row.number,
        scene_id=row.scene_id,
        enterprise_id=row.enterprise_id,
        kind=str(row.kind),
        channel=str(row.channel),
        loan_id=row.loan_id,
        consent_id=row.consent_id,
        text=row.text,
        status=str(row.status),
        received_at=row.received_at,
        received_date=row.received_date,
        due_date=row.due_date,
        due_rule=row.due_rule,
        is_extended=row.is_extended,
        assigned_to=row.assigned_to,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )


def get_request(*, request_id: UUID, scene_id: UUID | None) -> RequestView:
    """Return one request; a scene sees only those of businesses that came through it."""
    rows = ServiceRequest.objects.filter(id=request_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise RequestNotFound(request=public_id("srq", request_id))
    return request_view(row)


def requests_page(
    *,
    scene_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    kind: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[RequestView, ...]:
    """Return requests, newest first; `since` and `before` bound the instant they came, half-open."""
    rows = newest(
        ServiceRequest.objects.all(),
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        kind=kind,
        status=status,
        received_at__gte=since,
        received_at__lt=before,
        after=after,
        limit=limit,
    )
    return tuple(request_view(row) for row in rows)


def queue(
    *,
    kind: str | None = None,
    status: str | None = None,
    assigned_to: str | None = None,
    late_on: date | None = None,
    limit: int = 200,
) -> tuple[RequestView, ...]:
    """Return what waits for an answer, the one due soonest first; `late_on`: only what is late then."""
    wanted = {"kind": kind, "status": status, "assigned_to": assigned_to, "due_date__lt": late_on}
    rows = ServiceRequest.objects.filter(
        status__in=OPEN, **{name: value for name, value in wanted.items() if value is not None}
    )
    return tuple(request_view(row) for row in rows.order_by(F("due_date").asc(nulls_last=True), "id")[:limit])


def waiting(*, on_date: date) -> tuple[Waiting, ...]:
    """Return how many requests of each kind wait; kinds without any are there with 0."""
    late = Count("id", filter=Q(due_date__lt=on_date))
    rows = ServiceRequest.objects.filter(status__in=OPEN).order_by("kind").values("kind")
    found = {row["kind"]: row for row in rows.annotate(waiting=Count("id"), late=late)}
    return tuple(
        Waiting(kind.value, found[kind]["waiting"], found[kind]["late"])
        if kind in found
        else Waiting(kind.value, 0, 0)
        for kind in RequestKind
    )


def steps_of(*, request_id: UUID) -> tuple[StepView, ...]:
    """Return every step of a request, oldest first."""
    rows = ServiceRequestStep.objects.filter(request_id=request_id)
    return tuple(StepView(row.act, row.actor, row.text, row.recorded_at) for row in rows)
