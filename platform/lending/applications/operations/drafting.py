"""Drafts: what a scene prepares, corrects and at last submits; until then nobody at the bank looks at it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from lending.applications.models import Application, Draft
from lending.applications.operations.submission import require_free, submit_application
from lending.applications.queries import ApplicationNotFound, draft_view
from lending.applications.states import DRAFT_MOVES, DraftStatus, StateConflict, require_move
from lending.applications.views import ApplicationView, DraftView
from lending.products import queries as products
from marketing.campaigns import queries as offers
from parties.enterprises import queries as enterprises
from plumbing.sql import in_transaction

CHANGEABLE: Final = frozenset(
    {"product_code", "offer_id", "requested_amount", "tenor_days", "purpose", "external_id"}
)


@in_transaction
def draft_application(
    *,
    scene_id: UUID,
    enterprise_id: UUID,
    product_code: str,
    amount: Money,
    tenor_days: int | None,
    purpose: str,
    offer_id: UUID | None,
    external_id: str | None,
    now: datetime,
    business_date: date,
) -> DraftView:
    """Write down what a scene prepares for a business of its own; what the bank would say is not asked yet.

    What it names must exist and its external id must be free; all else is looked at when it is submitted.
    """
    enterprises.get_enterprise(enterprise_id=enterprise_id, scene_id=scene_id)
    _require_there(scene_id, product_code=product_code, offer_id=offer_id, on_date=business_date)
    require_free(scene_id, external_id)
    row = Draft.objects.create(
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        external_id=external_id,
        product_code=product_code,
        offer_id=offer_id,
        requested_amount=amount,
        tenor_days=tenor_days,
        purpose=purpose,
        created_at=now,
    )
    return draft_view(row)


@in_transaction
def hold_draft(*, application_id: UUID, scene_id: UUID) -> DraftView:
    """Return a draft as it stands, which until the transaction ends nobody else can change.

    Refuses what this scene does not have, and with `state_conflict` what is a draft no more, or never was.
    """
    return draft_view(_held(application_id, scene_id, wanted="changed"))


@in_transaction
def change_draft(
    *, application_id: UUID, scene_id: UUID, changes: Mapping[str, Any], business_date: date
) -> DraftView:
    """Change what is named in `changes` (of `CHANGEABLE`) and leave the rest; hold the draft first."""
    row = _held(application_id, scene_id, wanted="changed")
    if not set(changes) <= CHANGEABLE:
        raise ValueError(f"not to be changed: {sorted(set(changes) - CHANGEABLE)}")
    _require_there(
        scene_id,
        product_code=changes.get("product_code"),
        offer_id=changes.get("offer_id"),
        on_date=business_date,
    )
    if changes.get("external_id") not in (None, row.external_id):
        require_free(scene_id, changes["external_id"])
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()
    return draft_view(row)


@in_transaction
def submit_draft(
    *, application_id: UUID, scene_id: UUID, now: datetime, business_date: date
) -> ApplicationView:
    """Make a draft the application of the same id; refused as `submit_application` is, it stays a draft."""
    row = _held(application_id, scene_id, wanted=DraftStatus.SUBMITTED)
    _close(row, DraftStatus.SUBMITTED, now)
    return submit_application(
        scene_id=scene_id,
        enterprise_id=row.enterprise_id,
        product_code=row.product_code,
        amount=row.requested_amount,
        tenor_days=row.tenor_days,
        purpose=row.purpose,
        offer_id=row.offer_id,
        external_id=row.external_id,
        now=now,
        business_date=business_date,
        draft=draft_view(row),
    )


@in_transaction
def withdraw_draft(*, application_id: UUID, scene_id: UUID, now: datetime) -> DraftView | None:
    """Close a draft for good; None when the scene has no open draft of that id."""
    rows = Draft.objects.select_for_update().filter(id=application_id, scene_id=scene_id)
    row = rows.exclude(status=DraftStatus.SUBMITTED).first()
    if row is None:
        return None
    _close(row, DraftStatus.WITHDRAWN, now)
    return draft_view(row)


def _held(application_id: UUID, scene_id: UUID, *, wanted: str) -> Draft:
    row = Draft.objects.select_for_update().filter(id=application_id, scene_id=scene_id).first()
    if row is not None and row.status == DraftStatus.DRAFT:
        return row
    made = Application.objects.filter(id=application_id, scene_id=scene_id).values_list("status", flat=True)
    current = made.first() or (None if row is None else row.status)
    if current is None:
        raise ApplicationNotFound(application=public_id("app", application_id))
    raise StateConflict(current=str(current), wanted=str(wanted), allowed=[str(DraftStatus.DRAFT)])


def _close(row: Draft, wanted: DraftStatus, now: datetime) -> None:
    require_move(DRAFT_MOVES, current=row.status, wanted=wanted)
    row.status, row.closed_at = wanted, now
    row.save(update_fields=["status", "closed_at"])


def _require_there(scene_id: UUID, *, product_code: str | None, offer_id: UUID | None, on_date: date) -> None:
    if product_code is not None:
        products.current_product(code=product_code, on_date=on_date)
    if offer_id is not None:
        offers.get_offer(offer_id=offer_id, scene_id=scene_id)
