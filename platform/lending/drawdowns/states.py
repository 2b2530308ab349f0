"""The states of a drawdown and the only moves between them."""

from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class DrawdownStatus(TextChoices):
    """The life of a drawdown (支用)."""

    CREATED = "created"  # the limit is held
    AWAITING_FUNDS = "awaiting_funds"  # the bank's settlement account is short: no loan, no interest (J5)
    PROCESSING = "processing"  # the loan is booked, the rail has or will have the instruction
    PAID_OUT = "paid_out"
    FAILED = "failed"
    EXPIRED = "expired"  # the funds did not come in time


MOVES: Final[dict[str, frozenset[str]]] = {
    DrawdownStatus.CREATED: frozenset(
        {DrawdownStatus.AWAITING_FUNDS, DrawdownStatus.PROCESSING, DrawdownStatus.FAILED}
    ),
    DrawdownStatus.AWAITING_FUNDS: frozenset(
        {DrawdownStatus.PROCESSING, DrawdownStatus.EXPIRED, DrawdownStatus.FAILED}
    ),
    DrawdownStatus.PROCESSING: frozenset({DrawdownStatus.PAID_OUT, DrawdownStatus.FAILED}),
    DrawdownStatus.PAID_OUT: frozenset(),
    DrawdownStatus.FAILED: frozenset(),
    DrawdownStatus.EXPIRED: frozenset(),
}


class DrawdownStateConflict(Refusal):
    """The drawdown is in a state from which this move does not exist."""

    code = "lending.drawdown_state_conflict"
    kind = Kind.CONFLICT
    message = "The drawdown is {current}; it cannot become {wanted}."


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise DrawdownStateConflict(
            current=str(current), wanted=str(wanted), allowed=sorted(map(str, MOVES[current]))
        )
