"""Which models the bank has registered, where each stands, and which cards a strategy may embed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from kernel.refusals import Kind, Refusal
from risk.scoring.models import ModelMove, ModelVersion
from risk.scoring.states import USABLE


class ModelUnknown(Refusal):
    """There is no such model version."""

    code = "scoring.model_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no model version {model_version_id}."


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


def card_approved(sha256: str) -> bool:
    """Tell whether a card's document (`risk.rules.canonical.sha256_of`) is approved or monitored now."""
    return _with_status().filter(sha256=sha256, status__in=USABLE).exists()


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
