"""Reads: the policy of a day, and the answers a scene was given."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.prequalifications.models import PolicyProposal, Prequalification, PrequalificationPolicy
from plumbing.paging import newest


class PrequalificationNotFound(Refusal):
    """No such pre-qualification, or not one this scene may see."""

    code = "prequalifications.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no pre-qualification {prequalification}."


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What a product says to facts without evidence: from so much a month, so many months' sales."""

    product_code: str
    effective_date: date
    monthly_sales_min: Money
    multiple: Decimal


@dataclass(frozen=True, slots=True)
class AdoptedPolicy:
    """A policy with the two people who signed it."""

    policy: PolicyView
    proposed_by: str
    approved_by: str
    adopted_at: datetime


@dataclass(frozen=True, slots=True)
class ProposedPolicy:
    """A policy that waits for a second person."""

    id: UUID
    policy: PolicyView
    reason: str
    proposed_by: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrequalificationView:
    """One answer; amounts and costs are there when it is `eligible`, reasons are codes by weight."""

    id: UUID
    scene_id: UUID
    enterprise_id: UUID | None
    product_code: str
    product_version: int
    monthly_sales: Money | None
    area_code: str
    result: str
    max_amount: Money | None
    cost_min: Decimal | None
    cost_max: Decimal | None
    reasons: tuple[str, ...]
    valid_until: date
    asked_at: datetime

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("pql", self.id)


def view_of(row: Prequalification) -> PrequalificationView:
    """Return the frozen view of a row."""
    return PrequalificationView(
        id=row.id,
        scene_id=row.scene_id,
        enterprise_id=row.enterprise_id,
        product_code=row.product_code,
        product_version=row.product_version,
        monthly_sales=row.monthly_sales,
        area_code=row.area_code,
        result=str(row.result),
        max_amount=row.max_amount,
        cost_min=row.cost_min,
        cost_max=row.cost_max,
        reasons=tuple(row.reasons),
        valid_until=row.valid_until,
        asked_at=row.asked_at,
    )


def policy_on(*, product_code: str, on_date: date) -> PolicyView | None:
    """Return the policy of a product on a day; None while none was adopted."""
    row = (
        PrequalificationPolicy.objects.filter(product_code=product_code, effective_date__lte=on_date)
        .order_by("-effective_date")
        .first()
    )
    return None if row is None else _policy(row)


def policies() -> tuple[AdoptedPolicy, ...]:
    """Return every policy that was adopted, by product, newest first."""
    return tuple(
        AdoptedPolicy(_policy(row), row.proposed_by, row.approved_by, row.adopted_at)
        for row in PrequalificationPolicy.objects.all()
    )


def waiting_policies() -> tuple[ProposedPolicy, ...]:
    """Return the policies that wait for a second person, oldest first."""
    return tuple(
        ProposedPolicy(row.id, _policy(row), row.reason, row.proposed_by, row.proposed_at)
        for row in PolicyProposal.objects.filter(verdict__isnull=True)
    )


def _policy(row: PrequalificationPolicy | PolicyProposal) -> PolicyView:
    return PolicyView(row.product_code, row.effective_date, row.monthly_sales_min, row.multiple)


def get_prequalification(*, prequalification_id: UUID, scene_id: UUID | None) -> PrequalificationView:
    """Return one answer; a scene sees only its own."""
    rows = Prequalification.objects.filter(id=prequalification_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise PrequalificationNotFound(prequalification=public_id("pql", prequalification_id))
    return view_of(row)


def prequalifications_page(
    *,
    scene_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[PrequalificationView, ...]:
    """Return answers, newest first, `limit` at a time after the id of the last one seen."""
    rows = newest(
        Prequalification.objects.all(),
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        asked_at__gte=since,
        asked_at__lt=before,
        after=after,
        limit=limit,
    )
    return tuple(view_of(row) for row in rows)
