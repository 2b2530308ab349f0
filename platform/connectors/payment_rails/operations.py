"""The bank's side of a payment: write the instruction down, note attempts, record the one outcome (M-05).

The caller commits an instruction before the rail is called, and calls the rail outside any transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from connectors.payment_rails.models import PaymentInstruction, RailNotice, RailProfile
from connectors.payment_rails.port import Notice, Outcome, RailAnswer
from connectors.payment_rails.queries import InstructionNotFound, InstructionView, profile, view_of
from connectors.payment_rails.states import InstructionState, require_move
from kernel.ids import new_id, public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from plumbing.sql import in_transaction

_FINAL = {Outcome.SUCCEEDED: InstructionState.SUCCEEDED, Outcome.REFUSED: InstructionState.FAILED}


class RailContradiction(Refusal):
    """The rail now says the opposite of the final outcome it gave before: for people, not for code."""

    code = "payment_rails.contradiction"
    kind = Kind.CONFLICT
    message = "The rail said {recorded} of {message_id} and now says {answered}."


class NoticeReused(Refusal):
    """The rail gave this id to another notice before."""

    code = "payment_rails.notice_reused"
    kind = Kind.CONFLICT
    message = "The notice {notice} is here already, and not like this."


@dataclass(frozen=True, slots=True)
class Recorded:
    """An instruction after an answer; `is_news` only when this answer ended it."""

    instruction: InstructionView
    is_news: bool


@in_transaction
def create_instruction(
    *,
    direction: str,
    subject: str,
    amount: Money,
    bank_account_id: UUID,
    now: datetime,
    instruction_id: UUID | None = None,
) -> InstructionView:
    """Write an order to the rail down; it counts as being sent from `now`."""
    instruction_id = instruction_id or new_id()
    row = PaymentInstruction.objects.create(
        id=instruction_id,
        message_id=public_id("ins", instruction_id),
        direction=direction,
        subject=subject,
        amount=amount,
        bank_account_id=bank_account_id,
        attempted_at=now,
        created_at=now,
    )
    return view_of(row)


def _locked(instruction_id: UUID) -> PaymentInstruction:
    row = PaymentInstruction.objects.select_for_update().filter(id=instruction_id).first()
    if row is None:
        raise InstructionNotFound(instruction=str(instruction_id))
    return row


@in_transaction
def start_attempt(*, instruction_id: UUID, now: datetime) -> InstructionView:
    """Note that the same message is about to be sent, so that the sweep leaves it alone for a while."""
    row = _locked(instruction_id)
    if row.finished_at is None:
        if row.state != InstructionState.UNKNOWN:
            require_move(current=row.state, wanted=InstructionState.SENT)
            row.state = InstructionState.SENT
        row.attempt_count += 1
        row.attempted_at = now
        row.save(update_fields=["state", "attempt_count", "attempted_at"])
    return view_of(row)


@in_transaction
def record_answer(
    *, instruction_id: UUID, answer: RailAnswer, now: datetime, business_date: date | None = None
) -> Recorded:
    """Note what the rail said; a final outcome ends the instruction once, and repeating it is no news.

    Anything else sets the time of the next enquiry, by the bank's delays; the last delay repeats. So does a
    success that the rail settles on a day after `business_date`: nothing is booked before the day it counts
    from, and by then the rail may say otherwise.
    """
    row = _locked(instruction_id)
    final = None if _settles_later(answer, business_date) else _FINAL.get(answer.outcome)
    if row.finished_at is not None:
        if final is not None and final != row.state:
            raise RailContradiction(message_id=row.message_id, recorded=row.state, answered=final.value)
        return Recorded(view_of(row), is_news=False)
    if final is None:
        delays = profile().enquiry_delays_seconds
        delay = delays[min(row.enquiry_count, len(delays) - 1)]
        require_move(current=row.state, wanted=InstructionState.UNKNOWN)
        row.state = InstructionState.UNKNOWN
        row.enquiry_count += 1
        row.next_enquiry_at = now + timedelta(seconds=delay)
    else:
        require_move(current=row.state, wanted=final)
        row.state, row.finished_at, row.next_enquiry_at = final, now, None
        row.failure_code, row.rail_reference = answer.failure_code, answer.rail_reference
        row.settled_date = answer.settled_date
    row.save()
    return Recorded(view_of(row), is_news=final is not None)


def _settles_later(answer: RailAnswer, business_date: date | None) -> bool:
    late = (
        answer.settled_date is not None and business_date is not None and answer.settled_date > business_date
    )
    return late and answer.outcome is Outcome.SUCCEEDED


@in_transaction
def take_notice(*, notice: Notice, now: datetime) -> bool:
    """Keep what the rail called back to say; False when the same notice is here already.

    The same id with other content is refused: what was said first stands, and the rail hears of it.
    It is booked afterwards, by `waiting_notices` and `note_result`, so a lost job loses no notice.
    """
    said = {
        "message_id": notice.message_id,
        "outcome": notice.answer.outcome.value,
        "failure_code": notice.answer.failure_code,
        "rail_reference": notice.answer.rail_reference,
        "settled_date": notice.answer.settled_date,
    }
    row, created = RailNotice.objects.get_or_create(
        notice_id=notice.notice_id, defaults={**said, "received_at": now}
    )
    if any(getattr(row, name) != value for name, value in said.items()):
        raise NoticeReused(notice=notice.notice_id)
    return created


@in_transaction
def note_result(*, notice_id: str, result: str, now: datetime) -> None:
    """Note what became of a notice: how far its payment has come, or the code of the refusal it met."""
    RailNotice.objects.filter(notice_id=notice_id, handled_at__isnull=True).update(
        handled_at=now, result=result[:60]
    )


@in_transaction
def set_notice_secret(*, secret: str) -> None:
    """Set the secret under which the rail signs its notices to this bank."""
    RailProfile.objects.update_or_create(id=1, defaults={"notice_secret": secret})


@in_transaction
def set_profile(
    *,
    enquiry_delays_seconds: tuple[int, ...],
    sending_timeout_seconds: int = 60,
    funding_wait_seconds: int = 1800,
) -> None:
    """Set this bank's waiting times."""
    RailProfile.objects.update_or_create(
        id=1,
        defaults={
            "enquiry_delays_seconds": list(enquiry_delays_seconds),
            "sending_timeout_seconds": sending_timeout_seconds,
            "funding_wait_seconds": funding_wait_seconds,
        },
    )
