"""Kinds of requests, who made them, and the only moves between their states."""

from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class StateConflict(Refusal):
    """The request is in a state from which this move does not exist."""

    code = "service_requests.state_conflict"
    kind = Kind.CONFLICT
    message = "This request is {current}; it cannot become {wanted}."


class RequestKind(TextChoices):
    """What is asked for."""

    COMPLAINT = "complaint"
    HARDSHIP = "hardship"
    RESCHEDULE = "reschedule"
    CORRECTION = "correction"
    CONSENT_COPY = "consent_copy"


class Channel(TextChoices):
    """Who wrote: the scene through its API, or the borrower on the bank's own pages."""

    SCENE = "scene"
    BORROWER = "borrower"


class RequestStatus(TextChoices):
    """The life of a request; both ends carry the bank's answer."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    REJECTED = "rejected"


OPEN: Final = (RequestStatus.RECEIVED, RequestStatus.IN_PROGRESS)
ABOUT_A_LOAN: Final = frozenset({RequestKind.HARDSHIP, RequestKind.RESCHEDULE})

MOVES: Final[dict[str, frozenset[str]]] = {
    RequestStatus.RECEIVED: frozenset({RequestStatus.IN_PROGRESS}),
    RequestStatus.IN_PROGRESS: frozenset(
        {RequestStatus.IN_PROGRESS, RequestStatus.RESOLVED, RequestStatus.REJECTED}
    ),
    RequestStatus.RESOLVED: frozenset(),
    RequestStatus.REJECTED: frozenset(),
}


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise StateConflict(
            current=str(current), wanted=str(wanted), allowed=sorted(map(str, MOVES[current]))
        )
