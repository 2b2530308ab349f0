"""The states of a participation and the only moves between them."""

from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class ParticipationStatus(TextChoices):
    """The life of a share of a loan, the same on both sides."""

    REQUESTED = "requested"  # the lead has asked; its caps count the loan from now on
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ACTIVE = "active"  # the money has reached the borrower
    CANCELLED = "cancelled"  # it never did, or nobody answered in time


LIVE: Final = (ParticipationStatus.REQUESTED, ParticipationStatus.ACCEPTED, ParticipationStatus.ACTIVE)
MOVES: Final[dict[str, frozenset[str]]] = {
    ParticipationStatus.REQUESTED: frozenset(
        {ParticipationStatus.ACCEPTED, ParticipationStatus.DECLINED, ParticipationStatus.CANCELLED}
    ),
    ParticipationStatus.ACCEPTED: frozenset({ParticipationStatus.ACTIVE, ParticipationStatus.CANCELLED}),
    ParticipationStatus.ACTIVE: frozenset(),
    ParticipationStatus.DECLINED: frozenset(),
    ParticipationStatus.CANCELLED: frozenset(),
}


class ParticipationStateConflict(Refusal):
    """The participation is in a state from which this move does not exist."""

    code = "lending.participation_state_conflict"
    kind = Kind.CONFLICT
    message = "The participation is {current}; it cannot become {wanted}."


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise ParticipationStateConflict(current=str(current), wanted=str(wanted))
