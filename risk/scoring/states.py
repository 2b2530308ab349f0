"""The life of a model version and the only moves between its states; who may make them (S2-20, R-01)."""

from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class ModelStatus(TextChoices):
    """Where a model version stands in the bank's own governance."""

    DEVELOPED = "developed"
    VALIDATED = "validated"  # by somebody who did not develop it
    APPROVED = "approved"  # a strategy may embed its card from now on
    MONITORED = "monitored"  # in use, its outcomes watched
    RETIRED = "retired"


USABLE: Final = frozenset({ModelStatus.APPROVED, ModelStatus.MONITORED})
MOVES: Final[dict[str, frozenset[str]]] = {
    ModelStatus.DEVELOPED: frozenset({ModelStatus.VALIDATED, ModelStatus.RETIRED}),
    ModelStatus.VALIDATED: frozenset({ModelStatus.APPROVED, ModelStatus.RETIRED}),
    ModelStatus.APPROVED: frozenset({ModelStatus.MONITORED, ModelStatus.RETIRED}),
    ModelStatus.MONITORED: frozenset({ModelStatus.RETIRED}),
    ModelStatus.RETIRED: frozenset(),
}
NOT_BY_THE_DEVELOPER: Final = frozenset({ModelStatus.VALIDATED, ModelStatus.APPROVED})


class ModelStateConflict(Refusal):
    """The model version is in a state from which this move does not exist."""

    code = "scoring.model_state_conflict"
    kind = Kind.CONFLICT
    message = "The model is {current}; it cannot become {wanted}."


class SecondPersonMissing(Refusal):
    """Who developed a model neither validates nor approves it."""

    code = "scoring.second_person_missing"
    message = "A model is validated and approved by somebody who did not develop it."


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise ModelStateConflict(current=str(current), wanted=str(wanted))


def require_another(*, wanted: str, developed_by: str, by: str) -> None:
    """Refuse a move that needs another person than the developer, or anybody at all."""
    if not by or (wanted in NOT_BY_THE_DEVELOPER and by.casefold() == developed_by.casefold()):
        raise SecondPersonMissing
