"""The bank's side of a payment: write the instruction down, note attempts, record the one outcome (M-05).

The caller commits an instruction before the rail is called, and calls the rail outside any transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from connectors.payment_rails.models import PaymentInstruction, RailProfile
from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.queries import InstructionNotFound, InstructionView, profile, view_of
from connectors.payment_rails.states import InstructionState
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


@dataclass(frozen=True, slots=True)
class Recorded:
    """An instruction after an answer; `is_news` only when this answer ended it."""

    instruction: InstructionView
    is_news: bool


@in_transaction
def create_instruction(
    *, direction: str, subject: str, amount: Money, bank_account_id: UUID, now: datetime
) -> InstructionView:
    """Write an order to the rail down; it counts as being sent from `now`."""
    instruction_id = new_id()
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
        row.attempt_count += 1
        row.attempted_at = now
        row.save(update_fields=["attempt_count", "attempted_at"])
    return view_of(row)


@in_transaction
def record_answer(*, instruction_id: UUID, answer: RailAnswer, now: datetime) -> Recorded:
    """Note what the rail said; a final outcome ends the instruction once, and repeating it is no news.

    Anything else sets the time of the next enquiry, by the bank's delays; the last delay repeats.
    """
    row = _locked(instruction_id)
    final = _FINAL.get(answer.outcome)
    if row.finished_at is not None:
        if final is not None and final != row.state:
            raise RailContradiction(message_id=row.message_id, recorded=row.state, answered=final.value)
        return Recorded(view_of(row), is_news=False)
    if final is None:
        delays = profile().enquiry_delays_seconds
        delay = delays[min(row.enquiry_count, len(delays) - 1)]
        row.state = InstructionState.UNKNOWN
        row.enquiry_count += 1
        row.next_enquiry_at = now + timedelta(seconds=delay)
    else:
        row.state, row.finished_at, row.next_enquiry_at = final, now, None
        row.failure_code, row.rail_reference = answer.failure_code, answer.rail_reference
        row.settled_date = answer.settled_date
    row.save()
    return Recorded(view_of(row), is_news=final is not None)


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
