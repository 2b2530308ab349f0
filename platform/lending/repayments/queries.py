"""Reads of repayments."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.repayments.models import Repayment, RepaymentStatus
from plumbing.paging import newest


class RepaymentNotFound(Refusal):
    """No such repayment, or not one this scene may see."""

    code = "lending.repayment_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no repayment {repayment}."


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentView:
    """A repayment, what was asked and how it was used."""

    id: UUID
    loan_id: UUID
    enterprise_id: UUID
    scene_id: UUID
    kind: str
    amount: Money
    bank_account_id: UUID | None
    external_id: str | None
    receipt_no: str | None
    recorded_by: str
    status: str
    failure_code: str
    instruction_id: UUID | None
    transaction_id: UUID | None
    value_date: date | None
    booking_date: date | None
    penalty: Money
    interest: Money
    principal: Money
    compound: Money
    fee: Money
    prepayment: str
    excess: Money
    recovered: Money
    created_at: datetime
    finished_at: datetime | None

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("rpy", self.id)


def view_of(row: Repayment) -> RepaymentView:
    """Return the frozen view of a row."""
    return RepaymentView(
        id=row.id,
        loan_id=row.loan_id,
        enterprise_id=row.enterprise_id,
        scene_id=row.scene_id,
        kind=row.kind,
        amount=row.amount,
        bank_account_id=row.bank_account_id,
        external_id=row.external_id,
        receipt_no=row.receipt_no,
        recorded_by=row.recorded_by,
        status=row.status,
        failure_code=row.failure_code,
        instruction_id=row.instruction_id,
        transaction_id=row.transaction_id,
        value_date=row.value_date,
        booking_date=row.booking_date,
        penalty=row.penalty,
        interest=row.interest,
        principal=row.principal,
        compound=row.compound,
        fee=row.fee,
        prepayment=row.prepayment,
        excess=row.excess,
        recovered=row.recovered,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def get_repayment(*, repayment_id: UUID, scene_id: UUID | None) -> RepaymentView:
    """Return one repayment; a scene sees only its own."""
    rows = Repayment.objects.filter(id=repayment_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise RepaymentNotFound(repayment=public_id("rpy", repayment_id))
    return view_of(row)


def repayments_page(
    *,
    scene_id: UUID | None = None,
    loan_id: UUID | None = None,
    status: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    external_id: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[RepaymentView, ...]:
    """Return repayments, newest first, `limit` at a time after the id of the last one seen.

    `since` and `before` bound the instant they were made, half-open.
    """
    rows = newest(
        Repayment.objects.all(),
        scene_id=scene_id,
        loan_id=loan_id,
        status=status,
        created_at__gte=since,
        created_at__lt=before,
        external_id=external_id,
        after=after,
        limit=limit,
    )
    return tuple(view_of(row) for row in rows)


def unsent(*, created_before: datetime, limit: int = 100) -> tuple[UUID, ...]:
    """Return repayments still in process that were asked for before an instant, oldest first."""
    rows = Repayment.objects.filter(status=RepaymentStatus.PROCESSING, created_at__lt=created_before)
    return tuple(rows.order_by("created_at", "id").values_list("id", flat=True)[:limit])
