"""Signing an overlay."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from risk.overlays.models import CycleOverlay
from risk.overlays.queries import OverlayView, overlay_view
from risk.strategies.operations.proposals import ProposalKind, approve, propose
from risk.strategies.queries import get_proposal

MOST: Final = Decimal(2)  # e^2: beyond seven times the odds it is another strategy, not an overlay


class OverlayInvalid(Refusal):
    """The overlay is out of bounds, unreasoned, or in force in the past."""

    code = "overlays.overlay_invalid"
    kind = Kind.INVALID
    message = "A cycle overlay is a reasoned shift of at most {most} in log-odds, from today on or later."


class OverlaySignaturesMissing(Refusal):
    """Two different people must sign."""

    code = "overlays.signatures_missing"
    message = "A cycle overlay is signed by two different people."


@in_transaction
def sign_cycle_overlay(
    *,
    log_odds_shift: Decimal,
    reason: str,
    effective_from: date,
    signed_by: tuple[str, str],
    on_date: date,
    now: datetime,
) -> OverlayView:
    """Sign the overlay in force from a day on; zero ends the one before. Decisions made stay as they are.

    Refuses more than six decimals, more than 2 either way, no reason, a day before `on_date`, one signature.
    """
    first, second = (name.strip() for name in signed_by)
    if not first or not second or first.casefold() == second.casefold():
        raise OverlaySignaturesMissing
    _require_sound(log_odds_shift, reason, effective_from, on_date)
    hold_name("cycle_overlay")
    last = CycleOverlay.objects.order_by("-version").values_list("version", flat=True).first() or 0
    row = CycleOverlay.objects.create(
        version=last + 1,
        log_odds_shift=log_odds_shift,
        reason=reason.strip()[:300],
        effective_from=effective_from,
        signed_by_first=first,
        signed_by_second=second,
        signed_at=now,
    )
    detail: dict[str, object] = {"shift": str(log_odds_shift), "reason": reason, "second": second}
    audit.record(
        actor=first, action="cycle_overlay.sign", subject=public_id("ovl", row.id), detail=detail, now=now
    )
    row.refresh_from_db()
    return overlay_view(row)


@in_transaction
def propose_cycle_overlay(
    *,
    log_odds_shift: Decimal,
    reason: str,
    effective_from: date,
    proposed_by: str,
    on_date: date,
    now: datetime,
) -> UUID:
    """Write an overlay down as the first of two; nothing is in force before the second signs it."""
    _require_sound(log_odds_shift, reason, effective_from, on_date)
    payload = {"log_odds_shift": str(log_odds_shift), "effective_from": effective_from.isoformat()}
    kind = ProposalKind.CYCLE_OVERLAY
    return propose(kind=kind, code="", payload=payload, reason=reason, by=proposed_by, now=now).id


@in_transaction
def approve_cycle_overlay(
    *, proposal_id: UUID, approved_by: str, on_date: date, now: datetime
) -> OverlayView:
    """Sign a proposed overlay as the second person; refuses one whose day has gone by meanwhile."""
    approve(proposal_id=proposal_id, kind=ProposalKind.CYCLE_OVERLAY, by=approved_by, now=now)
    given = get_proposal(proposal_id)
    return sign_cycle_overlay(
        log_odds_shift=Decimal(given.payload["log_odds_shift"]),
        reason=given.reason,
        effective_from=date.fromisoformat(given.payload["effective_from"]),
        signed_by=(given.proposed_by, approved_by),
        on_date=on_date,
        now=now,
    )


def _require_sound(log_odds_shift: Decimal, reason: str, effective_from: date, on_date: date) -> None:
    exponent = log_odds_shift.as_tuple().exponent
    bounded = isinstance(exponent, int) and exponent >= -6 and abs(log_odds_shift) <= MOST  # no NaN either
    if not bounded or not reason.strip() or effective_from < on_date:
        raise OverlayInvalid(most=str(MOST))
