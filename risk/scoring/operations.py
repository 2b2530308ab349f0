"""Registering models and moving them through governance. The door checks who may; here, that two do."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from kernel.refusals import Kind, Refusal
from plumbing.sql import hold_name, in_transaction
from risk.rules.canonical import sha256_of
from risk.scoring.card import card_from, load_card
from risk.scoring.models import ModelMove, ModelVersion
from risk.scoring.queries import ModelUnknown, ModelView, model_view
from risk.scoring.states import ModelStatus, require_another, require_move

_CARDS: Final = Path(__file__).parent / "cards"
FIRST_CARD: Final = _CARDS / "sba_card_v1.json"
_FIRST_REPORT: Final = _CARDS / "sba_card_v1.md"


class ModelRegistered(Refusal):
    """The same document is in the register already."""

    code = "scoring.model_registered"
    kind = Kind.CONFLICT
    message = "This card is registered already as {code} version {version}."


class NoteMissing(Refusal):
    """A move without a reason, or a model without its card in words."""

    code = "scoring.note_missing"
    kind = Kind.INVALID
    message = "Say why: {field} is empty."


@in_transaction
def register_model(
    *, document: Mapping[str, Any], report: str, developed_by: str, now: datetime
) -> ModelView:
    """Put a card into the register as developed; refuses one that is not whole or was registered before."""
    card = card_from(document)
    developer = developed_by.strip()
    require_another(wanted=ModelStatus.DEVELOPED, developed_by=developer, by=developer)
    _require_text(report=report)
    sha256 = sha256_of(document)
    hold_name("models")  # two who register at one time take turns; the number is then certain
    same = ModelVersion.objects.filter(sha256=sha256).first()
    if same is not None:
        raise ModelRegistered(code=same.code, version=same.version)
    last = ModelVersion.objects.filter(code=card.code).order_by("-version").first()
    row = ModelVersion.objects.create(
        code=card.code,
        version=last.version + 1 if last else 1,
        document=dict(document),
        sha256=sha256,
        report=report,
        developed_by=developer,
        developed_at=now,
    )
    _add_move(row, 1, status=ModelStatus.DEVELOPED, by=developer, note="registered", now=now)
    return model_view(row)


@in_transaction
def move_model(*, model_version_id: UUID, status: str, by: str, note: str, now: datetime) -> ModelView:
    """Move a version on: validated, approved, monitored or retired; never by its developer alone."""
    row = ModelVersion.objects.select_for_update().filter(id=model_version_id).first()
    if row is None:
        raise ModelUnknown(model_version_id=model_version_id)
    last = row.moves.order_by("step").last()
    if last is None:
        raise ModelUnknown(model_version_id=model_version_id)
    require_move(current=last.status, wanted=status)
    require_another(wanted=status, developed_by=row.developed_by, by=by.strip())
    _require_text(note=note)
    _add_move(row, last.step + 1, status=status, by=by.strip(), note=note, now=now)
    return model_view(row)


@in_transaction
def seed_first_card(*, developed_by: str, checked_by: str, now: datetime) -> ModelView:
    """Register, validate and approve the card that a new bank starts with; a second call changes nothing."""
    document = load_card(FIRST_CARD)
    row = ModelVersion.objects.filter(sha256=sha256_of(document)).first()
    if row is not None:
        return model_view(row)
    model = register_model(
        document=document,
        report=_FIRST_REPORT.read_text(encoding="utf-8"),
        developed_by=developed_by,
        now=now,
    )
    for status, note in (
        (ModelStatus.VALIDATED, "trained anew from the committed data: the same bytes"),
        (ModelStatus.APPROVED, "for the first strategy; it ranks, its level is the strategy's shift"),
    ):
        model = move_model(model_version_id=model.id, status=status, by=checked_by, note=note, now=now)
    return model


def _add_move(row: ModelVersion, step: int, *, status: str, by: str, note: str, now: datetime) -> None:
    ModelMove.objects.create(
        model_version=row, step=step, status=status, moved_by=by, note=note, moved_at=now
    )


def _require_text(**texts: str) -> None:
    for field, text in texts.items():
        if not text.strip():
            raise NoteMissing(field=field)
