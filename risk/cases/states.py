"""Kinds of cases, how long each may wait, what may come out of it, and the moves between states."""

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class CaseStateConflict(Refusal):
    """The case is in a state from which this move does not exist."""

    code = "cases.state_conflict"
    kind = Kind.CONFLICT
    message = "The case is {current}; it cannot become {wanted}."


class CaseKind(TextChoices):
    """Why a person must look."""

    REFERRAL = "referral", "Referred application"
    DRIFT = "drift", "Monitor alarm"
    WARNING = "warning", "Early warning"


class CaseStatus(TextChoices):
    """The life of a case; `decided` still waits for what was decided to be done."""

    OPEN = "open", "Open"
    ASSIGNED = "assigned", "Assigned"
    DECIDED = "decided", "Decided"
    CLOSED = "closed", "Closed"


class Priority(TextChoices):
    """How urgent; sorted by `RANKS`."""

    STOP = "stop", "At once"
    ACT = "act", "Soon"
    WATCH = "watch", "In turn"


# Hours until a case must be answered (S0-12).
HOURS: Final[dict[Priority, int]] = {Priority.STOP: 4, Priority.ACT: 24, Priority.WATCH: 72}
RANKS: Final[dict[Priority, int]] = {Priority.STOP: 1, Priority.ACT: 2, Priority.WATCH: 3}

# What may come out of a case of a kind.
OUTCOMES: Final[dict[CaseKind, frozenset[str]]] = {
    CaseKind.REFERRAL: frozenset({"approved", "declined", "ended"}),
    CaseKind.DRIFT: frozenset(
        {"no_cause", "overlay", "strategy_changed", "model_retrained", "source_mended"}
    ),
    CaseKind.WARNING: frozenset({"no_cause", "reviewed", "frozen", "cut", "collected"}),
}

# What only an act brings about: the case ends so because it was done, never because somebody says so.
BY_ACT: Final[dict[CaseKind, frozenset[str]]] = {CaseKind.WARNING: frozenset({"frozen", "cut", "collected"})}

MOVES: Final[dict[str, frozenset[str]]] = {
    CaseStatus.OPEN: frozenset({CaseStatus.ASSIGNED, CaseStatus.CLOSED}),
    CaseStatus.ASSIGNED: frozenset({CaseStatus.ASSIGNED, CaseStatus.DECIDED, CaseStatus.CLOSED}),
    CaseStatus.DECIDED: frozenset({CaseStatus.CLOSED}),
    CaseStatus.CLOSED: frozenset(),
}


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise CaseStateConflict(current=str(current), wanted=str(wanted))


def time_to_answer(priority: Priority) -> timedelta:
    """Return how long a case may wait."""
    return timedelta(hours=HOURS[priority])
