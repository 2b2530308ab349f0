"""Moving money: each step one transaction, the rail called between them and inside none (M-05, J5).

Every function works in the bank's schema it is called in, may be repeated without harm, and may die anywhere:
what it leaves is found by `sweep`.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import transaction

from connectors.payment_rails import operations as rails
from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.queries import (
    InstructionView,
    due_enquiries,
    get_instruction,
    rail_in_use,
)
from interfaces.door import now
from interfaces.jobs.guarding import guarded
from interfaces.sandbox_values import is_sandbox
from ledger.journal.operations import InsufficientFunds
from ledger.settlement.queries import party_account
from lending.clearing import operations as clearing
from lending.drawdowns import joint
from lending.drawdowns import operations as drawdowns
from lending.drawdowns import queries as drawdown_queries
from lending.loans.accrual import BusinessDateMoved
from lending.repayments import operations as repayments
from lending.repayments import queries as repayment_queries
from parties.enterprises.queries import payable_account
from plumbing.clock.queries import business_date

T = TypeVar("T")

UNSENT_AFTER: Final = timedelta(seconds=5)  # a job that was lost on its way to the queue is made up for
_DATE_ATTEMPTS: Final = 5


def on_the_books(act: Callable[[date], T]) -> T:
    """Call an act in one transaction, committed on return; again if the business date has just moved."""
    for _ in range(_DATE_ATTEMPTS):
        try:
            with transaction.atomic(durable=True):
                return act(business_date())
        except BusinessDateMoved:
            continue
    with transaction.atomic(durable=True):
        return act(business_date())


def disburse(drawdown_id: UUID) -> str:
    """Book a drawdown and send its money; return how far it came.

    A joint loan first waits for its partner's decision, or fails without one.
    """
    standing = on_the_books(
        lambda today: joint.seek_partner(drawdown_id=drawdown_id, now=now(), business_date=today)
    )
    if standing in ("waiting", "failed"):
        return standing
    try:
        instruction = on_the_books(
            lambda today: drawdowns.prepare_disbursement(
                drawdown_id=drawdown_id, now=now(), business_date=today
            )
        )
    except InsufficientFunds:
        with transaction.atomic(durable=True):
            return drawdowns.await_funds(drawdown_id=drawdown_id, now=now()).status
    return send_first(instruction)


def collect(repayment_id: UUID) -> str:
    """Send a repayment's collection; return how far it came."""
    repayment = repayment_queries.get_repayment(repayment_id=repayment_id, scene_id=None)
    if repayment.instruction_id is None:
        return repayment.status
    return send_first(get_instruction(instruction_id=repayment.instruction_id))


def send_first(instruction: InstructionView) -> str:
    """Send a message nobody has tried to send; one that somebody has is left to the enquiries."""
    if instruction.attempt_count or not instruction.is_open:
        return instruction.state
    return _send(instruction, only_first=True)


def _send(instruction: InstructionView, *, only_first: bool = False) -> str:
    """Send a message under its one id, and book the answer."""
    with transaction.atomic(durable=True):
        started = rails.start_attempt(instruction_id=instruction.id, now=now())
    if not started.is_open or (only_first and started.attempt_count > 1):
        return started.state
    account_number, holder_name = _payee(instruction)
    answer = rail_in_use(scripted=is_sandbox()).send(
        message_id=instruction.message_id,
        direction=instruction.direction,
        amount=instruction.amount,
        account_number=account_number,
        holder_name=holder_name,
        business_date=business_date(),
    )
    return record(instruction, answer)


def _payee(instruction: InstructionView) -> tuple[str, str]:
    """Return number and holder of the account an instruction is for: a party's, or a borrower's."""
    if instruction.subject.startswith("stb_"):
        party = party_account(party_id=instruction.bank_account_id)
        return party.account_number, party.holder_name
    account = payable_account(bank_account_id=instruction.bank_account_id)
    return account.account_number, account.holder_name


def enquire(instruction: InstructionView) -> str:
    """Ask the rail what became of a message; one it never received is sent again under the same id."""
    answer = rail_in_use().enquire(message_id=instruction.message_id)
    if answer.outcome is Outcome.NOT_FOUND:
        return _send(instruction)
    return record(instruction, answer)


def record(instruction: InstructionView, answer: RailAnswer) -> str:
    """Book what the rail said, in the room whose money it is; return how far that has come."""

    def book(today: date) -> str:
        said: Any = {"instruction_id": instruction.id, "answer": answer, "now": now(), "business_date": today}
        if instruction.subject.startswith("drw_"):
            return drawdowns.record_outcome(**said).status
        if instruction.subject.startswith("rpy_"):
            return repayments.record_collection(**said).status
        if instruction.subject.startswith("rfd_"):
            return clearing.record_refund(**said).status
        return clearing.record_batch(**said).state

    return on_the_books(book)


def enquire_open() -> int:
    """Ask about every message whose time has come; return how many."""
    due = due_enquiries(now=now())
    for instruction in due:
        guarded("enquire", instruction.message_id, partial(enquire, instruction))
    return len(due)


def resume_waiting() -> int:
    """Pay out what waited for funds, first come first; give up what waited too long; return the count."""
    moved = 0
    for waiting in drawdown_queries.waiting():
        if now() >= waiting.expires_at:
            guarded("expire", str(waiting.drawdown_id), partial(_expire, waiting.drawdown_id))
        elif guarded("resume", str(waiting.drawdown_id), partial(disburse, waiting.drawdown_id)) in (
            "awaiting_funds",
            None,
        ):
            break
        moved += 1
    return moved


def _expire(drawdown_id: UUID) -> str:
    with transaction.atomic(durable=True):
        return drawdowns.expire_waiting(drawdown_id=drawdown_id, now=now()).status


def sweep() -> dict[str, int]:
    """Take up whatever a dead process or a lost job left behind; return what was found."""
    unsent = drawdown_queries.unsent(created_before=now() - UNSENT_AFTER)
    for drawdown_id in unsent:
        guarded("disburse", str(drawdown_id), partial(disburse, drawdown_id))
    return {"unsent": len(unsent), "resumed": resume_waiting(), "enquired": enquire_open()}
