"""The states of what is owed, and the only moves between them."""

from datetime import date
from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class BatchState(TextChoices):
    """The life of a settlement batch; what is owed and in no batch yet has accrued."""

    NETTED = "netted"
    INSTRUCTED = (
        "instructed"  # the rail has or will have our payment, or the party has been asked for its own
    )
    SETTLED = "settled"
    DISPUTED = "disputed"


MOVES: Final[dict[str, frozenset[str]]] = {
    BatchState.NETTED: frozenset({BatchState.INSTRUCTED, BatchState.SETTLED, BatchState.DISPUTED}),
    BatchState.INSTRUCTED: frozenset({BatchState.SETTLED, BatchState.NETTED}),
    BatchState.DISPUTED: frozenset({BatchState.NETTED}),
    BatchState.SETTLED: frozenset(),
}


class BatchStateConflict(Refusal):
    """The batch is in a state from which this move does not exist."""

    code = "ledger.batch_state_conflict"
    kind = Kind.CONFLICT
    message = "The batch is {current}; it cannot become {wanted}."


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise BatchStateConflict(current=str(current), wanted=str(wanted))


class SettledAhead(Refusal):
    """Money that has come in came in by today."""

    code = "ledger.batch_settled_ahead"
    kind = Kind.INVALID
    message = "Nothing booked on {booking_date} has been settled on {value_date}."


def require_past(*, value_date: date, booking_date: date) -> None:
    """Refuse a settlement valued on a day still to come."""
    if value_date > booking_date:
        raise SettledAhead(value_date=value_date, booking_date=booking_date)
