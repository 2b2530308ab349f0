"""Reads of refunds, and the rail's movements as reconciliation takes them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from ledger.reconciliation.operations import Item, ItemState
from lending.clearing.models import Refund, RefundStatus


class RefundNotFound(Refusal):
    """No such refund."""

    code = "lending.refund_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no refund {refund}."


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund and how far its money has come."""

    id: UUID
    loan_id: UUID
    repayment_id: UUID
    amount: Money
    bank_account_id: UUID
    status: str
    failure_code: str
    instruction_id: UUID | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("rfd", self.id)


def view_of(row: Refund) -> RefundView:
    """Return the frozen view of a row."""
    return RefundView(
        row.id,
        row.loan_id,
        row.repayment_id,
        row.amount,
        row.bank_account_id,
        row.status,
        row.failure_code,
        row.instruction_id,
        row.created_at,
        row.finished_at,
    )


def get_refund(*, refund_id: UUID) -> RefundView:
    """Return one refund."""
    row = Refund.objects.filter(id=refund_id).first()
    if row is None:
        raise RefundNotFound(refund=public_id("rfd", refund_id))
    return view_of(row)


def refunded(*, repayment_id: UUID) -> Money:
    """Return what of a repayment's excess has gone back or is on its way."""
    rows = Refund.objects.filter(repayment_id=repayment_id).exclude(status=RefundStatus.FAILED)
    total = rows.aggregate(total=Sum("amount"))["total"]
    return total if isinstance(total, Money) else Money(int(total or 0))


def unsent(*, limit: int = 100) -> tuple[UUID, ...]:
    """Return the refunds nobody has sent yet, first come first."""
    rows = Refund.objects.filter(status=RefundStatus.CREATED).order_by("created_at", "id")
    return tuple(rows.values_list("id", flat=True)[:limit])


@cache
def _items() -> str:
    return (Path(__file__).parent / "sql" / "items.sql").read_text(encoding="utf-8")


def rail_items(*, account: str, through_date: date) -> tuple[Item, ...]:
    """Return every instruction that no reconciliation has matched, as a movement of the settlement account.

    Signed as the account moves: collections in, payments out. One that is open is dated by its booking, a
    collection (which books nothing before it succeeds) by the day asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_items(), {"account": account, "through_date": through_date})
        rows = cursor.fetchall()
    return tuple(
        Item(subject, message_id, Money(minor), on_date, ItemState(state), entry_id)
        for subject, message_id, minor, on_date, state, entry_id in rows
    )
