"""The states of a guarantee's claim, and the only moves between them."""

from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class ClaimStatus(TextChoices):
    """`accepted`: the guarantor owes it; `paid`: it has; `declined`: it will not."""

    FILED = "filed"
    ACCEPTED = "accepted"
    PAID = "paid"
    DECLINED = "declined"


MOVES: Final[dict[str, frozenset[str]]] = {
    ClaimStatus.FILED: frozenset({ClaimStatus.ACCEPTED, ClaimStatus.DECLINED}),
    ClaimStatus.ACCEPTED: frozenset({ClaimStatus.PAID}),
    ClaimStatus.PAID: frozenset(),
    ClaimStatus.DECLINED: frozenset(),
}


class ClaimStateConflict(Refusal):
    """The claim is in a state from which this move does not exist."""

    code = "guarantees.claim_state_conflict"
    kind = Kind.CONFLICT
    message = "The claim is {current}; it cannot become {wanted}."


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise ClaimStateConflict(current=str(current), wanted=str(wanted))
