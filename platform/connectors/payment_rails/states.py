"""Which way a payment goes, how far it has come, and the only moves between."""

from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class Direction(TextChoices):
    """Which way the money goes, seen from the bank."""

    PAY = "pay"
    COLLECT = "collect"


class InstructionState(TextChoices):
    """The first three are open; the other two are final.

    There is no state for missing funds: an instruction is written only when its funds are held, so what waits
    for them (`awaiting_funds`) is the drawdown, the refund or the batch that wants one.
    """

    CREATED = "created"  # written down and committed; nobody has tried to send it
    SENT = "sent"  # handed to the rail by a process that has not come back with an answer
    UNKNOWN = "unknown"  # with the rail, outcome not known: enquire, never a new message (M-05)
    SUCCEEDED = "succeeded"
    FAILED = "failed"


OPEN: Final = (InstructionState.CREATED, InstructionState.SENT, InstructionState.UNKNOWN)
_FINAL: Final = frozenset({InstructionState.SUCCEEDED, InstructionState.FAILED})
MOVES: Final[dict[str, frozenset[str]]] = {
    InstructionState.CREATED: frozenset({InstructionState.SENT, InstructionState.UNKNOWN}) | _FINAL,
    InstructionState.SENT: frozenset({InstructionState.SENT, InstructionState.UNKNOWN}) | _FINAL,
    InstructionState.UNKNOWN: frozenset({InstructionState.UNKNOWN}) | _FINAL,
    InstructionState.SUCCEEDED: frozenset(),
    InstructionState.FAILED: frozenset(),
}


class InstructionStateConflict(Refusal):
    """The instruction is in a state from which this move does not exist."""

    code = "payment_rails.instruction_state_conflict"
    kind = Kind.CONFLICT
    message = "The instruction is {current}; it cannot become {wanted}."


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise InstructionStateConflict(current=str(current), wanted=str(wanted))
