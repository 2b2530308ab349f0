"""What the outside hears of a loan: one event a change, in the transaction that made it."""

from collections.abc import Iterable
from datetime import datetime

from kernel.ids import public_id
from lending.loans.models import Loan
from lending.loans.states import LoanStatus
from plumbing.outbox import operations as outbox
from plumbing.outbox.bulk import EventDraft, emit_many


def _data(row: Loan, changed: list[str]) -> dict[str, object]:
    is_overdue = row.status == LoanStatus.ACTIVE and row.overdue_since_date is not None
    return {
        "object": {
            "id": public_id("lon", row.id),
            "object": "loan",
            "status": "overdue" if is_overdue else row.status,
            "drawdown": public_id("drw", row.drawdown_id),
            "due_date": row.due_date.isoformat() if row.due_date else None,
            "next_due_date": row.oldest_due_date.isoformat() if row.oldest_due_date else None,
        },
        "changed": changed,
    }


def tell(row: Loan, event: str, changed: list[str], now: datetime) -> None:
    """Emit `loan.<event>` to the scene the loan was drawn through."""
    outbox.emit(
        type=f"loan.{event}",
        subject=public_id("lon", row.id),
        data=_data(row, changed),
        scene_id=row.scene_id,
        now=now,
    )


def tell_of_each(rows: Iterable[Loan], event: str, changed: list[str], now: datetime) -> None:
    """Emit the same event for each of many loans, each to its own scene."""
    drafts = [
        EventDraft(f"loan.{event}", public_id("lon", row.id), _data(row, changed), row.scene_id)
        for row in rows
    ]
    emit_many(events=drafts, now=now)
