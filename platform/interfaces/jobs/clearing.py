"""The rail's notices and files, refunds and settlements: short transactions, the rail called inside none.

Every function works in the bank's schema it is called in and may be repeated without harm.
"""

from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from connectors.payment_rails import operations as rails
from connectors.payment_rails.port import Notice, Outcome, RailAnswer
from connectors.payment_rails.queries import (
    InstructionView,
    instruction_of,
    open_instructions,
    waiting_notices,
)
from connectors.payment_rails.states import Direction
from interfaces.door import now
from interfaces.jobs import payments
from interfaces.jobs.guarding import guarded
from kernel.refusals import Refusal
from ledger.journal.operations import InsufficientFunds
from ledger.reconciliation import operations as reconciliation
from ledger.reconciliation.queries import LineView, RunView, lines_for
from ledger.reconciliation.statement import LineState
from ledger.settlement import operations as settlement
from ledger.settlement.queries import is_anything_accrued, payable
from lending.clearing import operations as clearing
from lending.clearing import queries as clearing_queries
from lending.participations import operations as participations
from plumbing.clock.queries import business_date

log = structlog.get_logger(__name__)

AT_ONCE: Final = 20_000
ONE_DAY: Final = timedelta(days=1)
SETTLEMENT: Final = "1003"
IN_FLIGHT: Final = "3001"
OWNER: Final = "accounts"  # the desk that a new break belongs to until somebody takes it


def book_notices() -> int:
    """Book what the rail called back to say; return how many notices.

    A notice that comes twice, late or out of order finds the outcome recorded and changes nothing. One that
    contradicts it, or names a message we never wrote, is kept with the refusal's code, for people.
    """
    waiting = waiting_notices()
    for notice in waiting:
        guarded("notice", notice.message_id, partial(_book_notice, notice))
    return len(waiting)


def _book_notice(notice: Notice) -> str:
    instruction = instruction_of(message_id=notice.message_id)
    try:
        result = "message_unknown" if instruction is None else payments.record(instruction, notice.answer)
    except Refusal as refusal:
        result = refusal.code
    with transaction.atomic(durable=True):
        rails.note_result(notice_id=notice.notice_id, result=result, now=now())
    return result


def take_rail_file(*, content: bytes, file_name: str, imported_by: str) -> RunView:
    """Read the rail's file of a day in, end what it answers, and reconcile through its day (T+1)."""
    with transaction.atomic(durable=True):
        imported = reconciliation.import_statement(
            account=SETTLEMENT, content=content, file_name=file_name, imported_by=imported_by, now=now()
        )
    return reconcile_rail(imported.statement.statement_date)


def answer_by_files() -> int:
    """End the open instructions that a file here answers for; return how many have a line in one.

    A process that died after reading a file in leaves nothing undone: the next call goes on from the files.
    """
    waiting = {each.message_id: each for each in open_instructions(limit=AT_ONCE)}
    lines: dict[str, list[LineView]] = {}
    for line in lines_for(account=SETTLEMENT, message_ids=waiting):
        lines.setdefault(line.message_id, []).append(line)
    for message_id, said in lines.items():
        act = partial(_answer_by_lines, waiting[message_id], said)
        guarded("rail_file", message_id, act)
    return len(lines)


def _answer_by_lines(instruction: InstructionView, lines: list[LineView]) -> str:
    """Let the file answer for an open instruction, where it says one thing; else it is a break for people."""
    line = lines[0]
    if any(other.state != line.state for other in lines):
        return ""  # settled and refused
    if line.state == LineState.SETTLED:
        effect = instruction.amount if instruction.direction == Direction.COLLECT else -instruction.amount
        if line.effect != effect:
            return ""  # another sum than we asked for
        answer = RailAnswer(
            Outcome.SUCCEEDED, settled_date=line.value_date, rail_reference=line.entry_reference
        )
    else:
        answer = RailAnswer(Outcome.REFUSED, line.failure_code)
    return payments.record(instruction, answer)


def reconcile_rail(through_date: date) -> RunView:
    """Hold instructions, books and the rail's files against each other through a day."""
    answer_by_files()
    with transaction.atomic(durable=True):
        return reconciliation.reconcile(
            account=SETTLEMENT,
            items=clearing_queries.rail_items(account=SETTLEMENT, through_date=through_date),
            through_date=through_date,
            owner=OWNER,
            now=now(),
            in_transit_account=IN_FLIGHT,
        )


def send_refund(refund_id: UUID) -> str:
    """Book a refund and send it; without funds it waits for the next sweep, without a balance it fails."""
    try:
        instruction = payments.on_the_books(
            lambda today: clearing.prepare_refund(refund_id=refund_id, now=now(), business_date=today)
        )
    except InsufficientFunds:
        return "awaiting_funds"
    return "failed" if instruction is None else payments.send_first(instruction)


def pay_batch(batch_id: UUID) -> str:
    """Book a settlement batch and send its money; without funds it waits for the next sweep."""
    try:
        instruction = payments.on_the_books(
            lambda today: clearing.prepare_batch(batch_id=batch_id, now=now(), business_date=today)
        )
    except InsufficientFunds:
        return "awaiting_funds"
    return "settled" if instruction is None else payments.send_first(instruction)


def net_day() -> int:
    """Make good what partners lost, as agreed, net what accrued through the open day; count batches."""
    payments.on_the_books(lambda today: participations.cover_losses(business_date=today, now=now()))
    return payments.on_the_books(_net)


def net_ended() -> int:
    """Net what is left of the days that have ended; return how many batches that made. Nothing, mostly."""
    if not is_anything_accrued(through_date=business_date() - ONE_DAY):
        return 0
    payments.on_the_books(lambda today: participations.cover_losses(business_date=today, now=now()))
    return payments.on_the_books(lambda today: _net(today - ONE_DAY))


def _net(through_date: date) -> int:
    return len(settlement.net_day(business_date=through_date, now=now()))


def sweep() -> dict[str, int]:
    """Book notices, net ended days, send refunds, pay acknowledged batches; return how many of each."""
    notices = book_notices()
    netted = guarded("net", "ended", lambda: str(net_ended())) or "0"
    refunds, batches = clearing_queries.unsent(), payable()
    for refund_id in refunds:
        guarded("refund", str(refund_id), partial(send_refund, refund_id))
    for batch_id in batches:
        guarded("settlement", str(batch_id), partial(pay_batch, batch_id))
    return {"notices": notices, "netted": int(netted), "refunds": len(refunds), "batches": len(batches)}
