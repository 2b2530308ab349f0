"""Reads of the overlay."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from risk.overlays.models import CycleOverlay

NONE_SIGNED: Final = Decimal("0.000000")


@dataclass(frozen=True, slots=True)
class OverlayView:
    """A signed overlay."""

    version: int
    log_odds_shift: Decimal
    reason: str
    effective_from: date
    signed_by: tuple[str, str]
    signed_at: datetime


def cycle_overlay(on_date: date) -> Decimal:
    """Return what is added to log-odds on a day; zero before the first overlay: known, not unknown."""
    rows = CycleOverlay.objects.filter(effective_from__lte=on_date).order_by("-effective_from", "-version")
    found = rows.values_list("log_odds_shift", flat=True).first()
    return NONE_SIGNED if found is None else found


def overlays() -> tuple[OverlayView, ...]:
    """Return all overlays, newest first."""
    return tuple(overlay_view(row) for row in CycleOverlay.objects.order_by("-version"))


def overlay_view(row: CycleOverlay) -> OverlayView:
    """Return the frozen view of a row."""
    signed_by = (row.signed_by_first, row.signed_by_second)
    return OverlayView(
        row.version, row.log_odds_shift, row.reason, row.effective_from, signed_by, row.signed_at
    )
