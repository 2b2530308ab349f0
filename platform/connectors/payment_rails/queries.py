"""Reads of payment instructions, and the rail in use."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, Sum

from connectors.payment_rails.models import PaymentInstruction, RailNotice, RailProfile
from connectors.payment_rails.port import Notice, Outcome, PaymentRail, RailAnswer
from connectors.payment_rails.simulator import SimulatedRail
from connectors.payment_rails.states import Direction, InstructionState
from kernel.money import Money
from kernel.refusals import Kind, Refusal


class InstructionNotFound(Refusal):
    """No such instruction."""

    code = "payment_rails.instruction_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no payment instruction {instruction}."


@dataclass(frozen=True, slots=True)
class InstructionView:
    """An order to the rail and what is known of it."""

    id: UUID
    message_id: str
    direction: str
    subject: str
    amount: Money
    bank_account_id: UUID
    state: str
    failure_code: str
    rail_reference: str
    settled_date: date | None
    attempt_count: int
    enquiry_count: int
    attempted_at: datetime
    next_enquiry_at: datetime | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether the outcome is still to come."""
        return self.finished_at is None


@dataclass(frozen=True, slots=True)
class ProfileView:
    """How this bank works with its rail."""

    enquiry_delays_seconds: tuple[int, ...]
    sending_timeout_seconds: int
    funding_wait_seconds: int


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Instructions whose outcome is still to come."""

    count: int
    total: Money


def notice_secret() -> str:
    """Return the secret under which the rail signs its notices; empty when the bank has set none."""
    row = RailProfile.objects.first()
    return (row.notice_secret if row else None) or ""


def waiting_notices(*, limit: int = 200) -> tuple[Notice, ...]:
    """Return the notices nobody has booked yet, in the order they came."""
    rows = RailNotice.objects.filter(handled_at__isnull=True).order_by("received_at", "notice_id")
    return tuple(
        Notice(
            row.notice_id,
            row.message_id,
            RailAnswer(Outcome(row.outcome), row.failure_code, row.settled_date, row.rail_reference),
        )
        for row in rows[:limit]
    )


def rail_in_use(*, scripted: bool = True) -> PaymentRail:
    """Return the bank's rail; `scripted` where the endings of accounts mean something: in a sandbox."""
    return SimulatedRail(scripted=scripted)


def view_of(row: PaymentInstruction) -> InstructionView:
    """Return the frozen view of a row."""
    return InstructionView(
        id=row.id,
        message_id=row.message_id,
        direction=row.direction,
        subject=row.subject,
        amount=row.amount,
        bank_account_id=row.bank_account_id,
        state=row.state,
        failure_code=row.failure_code,
        rail_reference=row.rail_reference,
        settled_date=row.settled_date,
        attempt_count=row.attempt_count,
        enquiry_count=row.enquiry_count,
        attempted_at=row.attempted_at,
        next_enquiry_at=row.next_enquiry_at,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def get_instruction(*, instruction_id: UUID) -> InstructionView:
    """Return one instruction."""
    row = PaymentInstruction.objects.filter(id=instruction_id).first()
    if row is None:
        raise InstructionNotFound(instruction=str(instruction_id))
    return view_of(row)


def instruction_for(*, subject: str, direction: str) -> InstructionView | None:
    """Return the one instruction that moves a subject's money, if there is one."""
    row = PaymentInstruction.objects.filter(subject=subject, direction=direction).first()
    return None if row is None else view_of(row)


def profile() -> ProfileView:
    """Return the bank's waiting times; the defaults where the bank set none."""
    row = RailProfile.objects.first() or RailProfile()
    return ProfileView(
        tuple(row.enquiry_delays_seconds), row.sending_timeout_seconds, row.funding_wait_seconds
    )


def due_enquiries(*, now: datetime, limit: int = 200) -> tuple[InstructionView, ...]:
    """Return what to ask the rail about: enquiries whose time has come, and sendings that never came back."""
    abandoned_at = now - timedelta(seconds=profile().sending_timeout_seconds)
    rows = PaymentInstruction.objects.filter(
        Q(state=InstructionState.UNKNOWN, next_enquiry_at__lte=now)
        | Q(state__in=[InstructionState.CREATED, InstructionState.SENT], attempted_at__lt=abandoned_at)
    ).order_by("created_at", "id")
    return tuple(view_of(row) for row in rows[:limit])


def instruction_of(*, message_id: str) -> InstructionView | None:
    """Return the instruction behind a message, if it is one of ours."""
    row = PaymentInstruction.objects.filter(message_id=message_id).first()
    return None if row is None else view_of(row)


def instructions(*, created_until: datetime, open_or_since: datetime | None) -> tuple[InstructionView, ...]:
    """Return what was created before an instant and is open or ended since another, oldest first."""
    rows = PaymentInstruction.objects.filter(created_at__lt=created_until)
    if open_or_since is not None:
        rows = rows.filter(Q(finished_at__isnull=True) | Q(finished_at__gte=open_or_since))
    return tuple(view_of(row) for row in rows.order_by("created_at", "id"))


ACCOUNT_FAULTS: Final = ("name_mismatch", "account_closed")


def refused_account(*, bank_account_id: UUID) -> str:
    """Return why the rail refused an account when money last went there; empty if it did not."""
    paid = PaymentInstruction.objects.filter(
        bank_account_id=bank_account_id, direction=Direction.PAY, finished_at__isnull=False
    )
    last = paid.order_by("-finished_at", "-id").values_list("failure_code", flat=True).first() or ""
    return last if last in ACCOUNT_FAULTS else ""


def open_items(*, direction: str) -> OpenItems:
    """Return how many instructions of a direction are open, and their sum."""
    figures = PaymentInstruction.objects.filter(direction=direction, finished_at__isnull=True).aggregate(
        count=Count("id"), total=Sum("amount")
    )
    total = figures["total"]
    return OpenItems(figures["count"], total if isinstance(total, Money) else Money(int(total or 0)))


def open_instructions(*, limit: int = 100) -> tuple[InstructionView, ...]:
    """Return the open instructions, oldest first."""
    rows = PaymentInstruction.objects.filter(finished_at__isnull=True).order_by("created_at", "id")
    return tuple(view_of(row) for row in rows[:limit])
