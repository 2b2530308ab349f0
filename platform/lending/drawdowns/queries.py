"""Reads of drawdowns."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from connectors.payment_rails import queries as rails
from kernel.ids import public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.drawdowns.models import Drawdown
from lending.drawdowns.states import DrawdownStatus
from plumbing.paging import newest


class DrawdownNotFound(Refusal):
    """No such drawdown, or not one this scene may see."""

    code = "lending.drawdown_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no drawdown {drawdown}."


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawdownView:
    """A drawdown and how far its money has come."""

    id: UUID
    line_id: UUID
    enterprise_id: UUID
    scene_id: UUID
    amount: Money
    tenor_days: int
    bank_account_id: UUID
    external_id: str | None
    offer_id: UUID | None
    status: str
    failure_code: str
    loan_id: UUID | None
    instruction_id: UUID | None
    created_date: date
    created_at: datetime
    waiting_since_at: datetime | None
    finished_at: datetime | None

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("drw", self.id)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A drawdown that waits for the bank's funds, and until when."""

    drawdown_id: UUID
    amount: Money
    expires_at: datetime


def view_of(row: Drawdown) -> DrawdownView:
    """Return the frozen view of a row."""
    return DrawdownView(
        id=row.id,
        line_id=row.line_id,
        enterprise_id=row.enterprise_id,
        scene_id=row.scene_id,
        amount=row.amount,
        tenor_days=row.tenor_days,
        bank_account_id=row.bank_account_id,
        external_id=row.external_id,
        offer_id=row.offer_id,
        status=row.status,
        failure_code=row.failure_code,
        loan_id=row.loan_id,
        instruction_id=row.instruction_id,
        created_date=row.created_date,
        created_at=row.created_at,
        waiting_since_at=row.waiting_since_at,
        finished_at=row.finished_at,
    )


def get_drawdown(*, drawdown_id: UUID, scene_id: UUID | None) -> DrawdownView:
    """Return one drawdown; a scene sees only its own."""
    rows = Drawdown.objects.filter(id=drawdown_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise DrawdownNotFound(drawdown=public_id("drw", drawdown_id))
    return view_of(row)


def drawdowns_page(
    *,
    scene_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    line_id: UUID | None = None,
    status: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    external_id: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[DrawdownView, ...]:
    """Return drawdowns, newest first, `limit` at a time after the id of the last one seen.

    `since` and `before` bound the instant they were made, half-open.
    """
    rows = newest(
        Drawdown.objects.all(),
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        line_id=line_id,
        status=status,
        created_at__gte=since,
        created_at__lt=before,
        external_id=external_id,
        after=after,
        limit=limit,
    )
    return tuple(view_of(row) for row in rows)


def unsent(*, created_before: datetime, limit: int = 100) -> tuple[UUID, ...]:
    """Return drawdowns that nobody has begun to pay out: their job was lost."""
    rows = Drawdown.objects.filter(status=DrawdownStatus.CREATED, created_at__lt=created_before)
    return tuple(rows.order_by("created_at", "id").values_list("id", flat=True)[:limit])


def waiting() -> tuple[Waiting, ...]:
    """Return the drawdowns that wait for funds, first come first (J5)."""
    hold = timedelta(seconds=rails.profile().funding_wait_seconds)
    rows = Drawdown.objects.filter(status=DrawdownStatus.AWAITING_FUNDS).order_by("created_at", "id")
    return tuple(
        Waiting(row.id, row.amount, row.waiting_since_at + hold)
        for row in rows
        if row.waiting_since_at is not None
    )
