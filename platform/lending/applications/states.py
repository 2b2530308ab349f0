"""The states of an application and of an agreement, and the only moves between them."""

from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class StateConflict(Refusal):
    """The thing is in a state from which this move does not exist."""

    code = "applications.state_conflict"
    kind = Kind.CONFLICT
    message = "This is {current}; it cannot become {wanted}."


class ApplicationStatus(TextChoices):
    """The life of an application; `contracted` once its agreement is signed."""

    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    CONTRACTED = "contracted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class DraftStatus(TextChoices):
    """The life of a draft before it is an application; `submitted` once it has become one."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class AgreementStatus(TextChoices):
    """The life of an agreement."""

    PENDING = "pending"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"


OPEN: Final = (ApplicationStatus.SUBMITTED, ApplicationStatus.IN_REVIEW, ApplicationStatus.APPROVED)

APPLICATION_MOVES: Final[dict[str, frozenset[str]]] = {
    ApplicationStatus.SUBMITTED: frozenset(
        {
            ApplicationStatus.IN_REVIEW,
            ApplicationStatus.APPROVED,
            ApplicationStatus.DECLINED,
            ApplicationStatus.WITHDRAWN,
            ApplicationStatus.EXPIRED,
        }
    ),
    ApplicationStatus.IN_REVIEW: frozenset(
        {
            ApplicationStatus.APPROVED,
            ApplicationStatus.DECLINED,
            ApplicationStatus.WITHDRAWN,
            ApplicationStatus.EXPIRED,
        }
    ),
    ApplicationStatus.APPROVED: frozenset(
        {ApplicationStatus.CONTRACTED, ApplicationStatus.WITHDRAWN, ApplicationStatus.EXPIRED}
    ),
    ApplicationStatus.CONTRACTED: frozenset(),
    ApplicationStatus.DECLINED: frozenset(),
    ApplicationStatus.WITHDRAWN: frozenset(),
    ApplicationStatus.EXPIRED: frozenset(),
}

DRAFT_MOVES: Final[dict[str, frozenset[str]]] = {
    DraftStatus.DRAFT: frozenset({DraftStatus.SUBMITTED, DraftStatus.WITHDRAWN}),
    DraftStatus.SUBMITTED: frozenset(),
    DraftStatus.WITHDRAWN: frozenset(),
}

AGREEMENT_MOVES: Final[dict[str, frozenset[str]]] = {
    AgreementStatus.PENDING: frozenset(
        {AgreementStatus.SIGNED, AgreementStatus.DECLINED, AgreementStatus.EXPIRED}
    ),
    AgreementStatus.SIGNED: frozenset(),
    AgreementStatus.DECLINED: frozenset(),
    AgreementStatus.EXPIRED: frozenset(),
}


def require_move(moves: dict[str, frozenset[str]], *, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in moves[current]:
        raise StateConflict(
            current=str(current), wanted=str(wanted), allowed=sorted(map(str, moves[current]))
        )
