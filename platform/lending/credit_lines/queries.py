"""Reads of credit lines."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal
from lending.credit_lines.models import CreditLine, LineStatus
from lending.products import queries as products
from lending.products.terms import ProductView
from plumbing.fields import rate_of
from plumbing.paging import newest


class LineNotFound(Refusal):
    """No such line, or not one this scene may see."""

    code = "credit_lines.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no credit line {line}."


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A credit line and the terms it was granted on."""

    id: UUID
    enterprise_id: UUID
    scene_id: UUID
    application_id: UUID
    agreement_id: UUID
    product: ProductView
    revolving: bool
    repaid: Money
    limit: Money
    target_limit: Money | None
    drawn: Money
    reserved: Money
    annual_rate: AnnualRate
    status: str
    frozen_reason: str
    effective_date: date
    expires_date: date
    granted_at: datetime

    @property
    def available(self) -> Money:
        """What may still be drawn."""
        return self.limit - self.drawn - self.reserved

    @property
    def outstanding(self) -> Money:
        """What is owed of what was drawn."""
        return self.drawn - self.repaid

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("lin", self.id)


def view_of(row: CreditLine) -> LineView:
    """Return the frozen view of a row."""
    return LineView(
        id=row.id,
        enterprise_id=row.enterprise_id,
        scene_id=row.scene_id,
        application_id=row.application_id,
        agreement_id=row.agreement_id,
        product=products.view_of(row.product_version),
        revolving=row.revolving,
        repaid=row.repaid,
        limit=row.limit,
        target_limit=row.target_limit,
        drawn=row.drawn,
        reserved=row.reserved,
        annual_rate=rate_of(row.annual_rate, row.day_basis),
        status=row.status,
        frozen_reason=row.frozen_reason,
        effective_date=row.effective_date,
        expires_date=row.expires_date,
        granted_at=row.granted_at,
    )


def get_line(*, line_id: UUID, scene_id: UUID | None) -> LineView:
    """Return one line; a scene sees only the lines opened through it."""
    rows = CreditLine.objects.filter(id=line_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise LineNotFound(line=public_id("lin", line_id))
    return view_of(row)


def lines_page(
    *,
    scene_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    status: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[LineView, ...]:
    """Return lines, newest first, `limit` at a time after the id of the last one seen.

    `since` and `before` bound the instant they were made, half-open.
    """
    rows = newest(
        CreditLine.objects.select_related("product_version"),
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        status=status,
        granted_at__gte=since,
        granted_at__lt=before,
        after=after,
        limit=limit,
    )
    return tuple(view_of(row) for row in rows)


def total_credit(*, enterprise_id: UUID) -> Money:
    """Return all that the bank has granted a borrower (单户授信): the limits of its open lines."""
    limits = CreditLine.objects.filter(enterprise_id=enterprise_id).exclude(status=LineStatus.CLOSED)
    return Money.total(limits.values_list("limit", flat=True))


def has_open_line(*, enterprise_id: UUID, product_code: str) -> bool:
    """Say whether the enterprise already has a line of this product that is not closed."""
    return (
        CreditLine.objects.filter(enterprise_id=enterprise_id, product_code=product_code)
        .exclude(status="closed")
        .exists()
    )


def any_open_line(*, enterprise_id: UUID) -> bool:
    """Say whether the enterprise has any line that is not closed."""
    return CreditLine.objects.filter(enterprise_id=enterprise_id).exclude(status="closed").exists()


def has_ever_had_a_line(*, enterprise_id: UUID) -> bool:
    """Say whether the enterprise has or had any line with this bank; without one it never borrowed here."""
    return CreditLine.objects.filter(enterprise_id=enterprise_id).exists()
