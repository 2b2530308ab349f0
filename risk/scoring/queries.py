"""Which models the bank has registered, where each stands, and which cards a strategy may embed.

A card that says what it was trained on (`trained_on`, `data`), or that has the code of a registered model, is
a model: to decide, exactly this content is in the register and approved or monitored. A card that says
neither was written by hand by the people who sign the strategy, and their two signatures stand for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from kernel.refusals import Kind, Phrase, Refusal
from risk.rules.canonical import sha256_of
from risk.scoring.models import ModelMove, ModelVersion
from risk.scoring.states import USABLE

_STATES_TRAINING: Final = frozenset({"trained_on", "data"})


class ModelUnknown(Refusal):
    """There is no such model version."""

    code = "scoring.model_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no model version {model_version_id}."


class CardUnregistered(Refusal):
    """A trained card, or one with the code of a registered model, is not in the register as it stands."""

    code = "scoring.card_unregistered"
    message = "The card {card} is of a trained model, but the register of models has none of this content."


class CardNotUsable(Refusal):
    """The register has the card, but not as approved or monitored."""

    code = "scoring.card_not_usable"
    message = "The register of models has the card {card} as {status}: it must be approved or monitored."


@dataclass(frozen=True, slots=True)
class MoveView:
    """One step: the status reached, by whom, why and when."""

    status: str
    moved_by: str
    note: str
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class ModelView:
    """One registered version and where it stands."""

    id: UUID
    code: str
    version: int
    sha256: str
    status: str
    developed_by: str
    developed_at: datetime


@dataclass(frozen=True, slots=True)
class ModelDetail:
    """One version with its document, its card in words and its steps, oldest first."""

    model: ModelView
    document: Mapping[str, Any]
    report: str
    moves: tuple[MoveView, ...]


def require_usable(card: Mapping[str, Any]) -> None:
    """Refuse a card that may not decide: a model the register does not have, or not as usable."""
    code, found = str(card.get("code", "")), _with_status().filter(sha256=sha256_of(card)).first()
    if found is None:
        if not _STATES_TRAINING.isdisjoint(card) or ModelVersion.objects.filter(code=code).exists():
            raise CardUnregistered(card=code)
    elif found.status not in USABLE:
        raise CardNotUsable(card=code, status=Phrase(found.status))


def models_registered() -> tuple[ModelView, ...]:
    """Return every version without its document, newest of each model first."""
    rows = _with_status().defer("document", "report").order_by("code", "-version")
    return tuple(_view(row, row.status) for row in rows)


def get_model(model_version_id: UUID) -> ModelDetail:
    """Return one version; raises `ModelUnknown`."""
    row = _with_status().filter(id=model_version_id).first()
    if row is None:
        raise ModelUnknown(model_version_id=model_version_id)
    return ModelDetail(_view(row, row.status), row.document, row.report, _moves(row))


def model_view(row: ModelVersion) -> ModelView:
    """Return the frozen view of a version."""
    return _view(row, _moves(row)[-1].status)


def _with_status() -> "QuerySet[Any]":
    newest = ModelMove.objects.filter(model_version=OuterRef("id")).order_by("-step").values("status")[:1]
    return ModelVersion.objects.annotate(status=Subquery(newest))


def _moves(row: ModelVersion) -> tuple[MoveView, ...]:
    return tuple(
        MoveView(move.status, move.moved_by, move.note, move.moved_at) for move in row.moves.order_by("step")
    )


def _view(row: ModelVersion, status: str) -> ModelView:
    return ModelView(row.id, row.code, row.version, row.sha256, status, row.developed_by, row.developed_at)
