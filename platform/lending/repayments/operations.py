"""Repayments: any amount, any day (S0-01, J6), collected over the rail or received at the counter.

A collection is a saga like a disbursement: `request_repayment` writes it and its instruction down and
commits, the rail is called outside any transaction, `record_collection` books the one outcome. Nothing
touches the loan before.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from connectors.payment_rails import operations as rails
from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.states import Direction
from kernel.ids import new_id, parse_id, public_id
from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.loans import operations as loans
from lending.loans.accrual import hold_book
from lending.loans.queries import LoanNotActive, LoanView, PayoffQuote, get_loan, payoff_quote, schedule
from lending.loans.states import LoanStatus, TransactionKind
from lending.products.methods import Prepayment
from lending.repayments.models import Repayment, RepaymentKind, RepaymentStatus
from lending.repayments.queries import RepaymentNotFound, RepaymentView, view_of
from parties.enterprises import queries as enterprises
from plumbing.outbox import operations as outbox
from plumbing.sql import hold_name, in_transaction

_NUMBER_LENGTH: Final = 60  # of a counter's receipt


class RepaymentInProgress(Refusal):
    """Another collection on the loan has not come back: two could take the same debt twice."""

    code = "lending.repayment_in_progress"
    kind = Kind.CONFLICT
    message = "Another repayment of this loan is still on its way."


class RepaymentAlreadyRequested(Refusal):
    """The scene used this external id for another repayment."""

    code = "lending.repayment_already_requested"
    kind = Kind.CONFLICT
    message = "{external_id} is a repayment already."


class RepaymentUnclear(Refusal):
    """A repayment names its sum, the principal it means to pay, or neither for all of it; not both."""

    code = "lending.repayment_unclear"
    kind = Kind.INVALID
    message = "A {kind} repayment cannot be asked for this way: {reason}."


class PrincipalExceeded(Refusal):
    """More principal than the loan has."""

    code = "lending.principal_exceeded"
    message = "{asked} is more than the outstanding {outstanding}."


class ReceiptNumberInvalid(Refusal):
    """A receipt is known by its number: without one, two of a day could not be told apart."""

    code = "lending.receipt_number_invalid"
    kind = Kind.INVALID
    message = "A receipt has a number of at most {longest} printable characters."


class ReceiptNumberReused(Refusal):
    """The counter's receipt was keyed before, with other content."""

    code = "lending.receipt_number_reused"
    kind = Kind.CONFLICT
    message = "Receipt {receipt_no} is recorded already, and not like this."


def _tell(row: Repayment, event: str, changed: list[str], now: datetime) -> None:
    outbox.emit(
        type=f"repayment.{event}",
        subject=public_id("rpy", row.id),
        data={
            "object": {
                "id": public_id("rpy", row.id),
                "object": "repayment",
                "status": row.status,
                "external_id": row.external_id,
                "failure_code": row.failure_code or None,
                "loan": public_id("lon", row.loan_id),
            },
            "changed": changed,
        },
        scene_id=row.scene_id,
        now=now,
    )


def _sum_asked(kind: str, amount: Money | None, principal: Money | None, owed: PayoffQuote) -> Money:
    """Return what to collect: the sum named, the principal with interest to date, or all that is owed."""
    if kind not in (RepaymentKind.SCHEDULED, RepaymentKind.PARTIAL_PREPAY, RepaymentKind.FULL_PREPAY):
        raise RepaymentUnclear(kind=kind, reason="there is no such kind")
    if amount is not None and principal is not None:
        raise RepaymentUnclear(kind=kind, reason="it names both a sum and a principal")
    if kind == RepaymentKind.FULL_PREPAY and (amount is not None or principal is not None):
        raise RepaymentUnclear(kind=kind, reason="it pays all that is owed")
    if principal is not None:
        if principal > owed.principal:
            raise PrincipalExceeded(asked=str(principal), outstanding=str(owed.principal))
        return principal + owed.interest + owed.penalty + owed.fee
    if amount is not None:
        return amount
    if kind == RepaymentKind.PARTIAL_PREPAY:
        raise RepaymentUnclear(kind=kind, reason="it names neither a sum nor a principal")
    return owed.total


@in_transaction
def request_repayment(
    *,
    loan_id: UUID,
    scene_id: UUID | None,
    kind: str,
    amount: Money | None,
    principal: Money | None,
    bank_account_id: UUID,
    external_id: str | None,
    now: datetime,
    business_date: date,
    prepayment: str = "",
) -> RepaymentView:
    """Write a collection and its instruction down; commit, then send it.

    One collection is on its way for a loan at a time. A sum above what is owed is collected as asked, and the
    excess is the borrower's (2241); `principal` adds the interest to date; a full repayment takes the payoff
    quote. `prepayment` is the borrower's choice, on a schedule, for what a partial prepayment does above what
    is due (J6). A scheduled one without a sum takes all that is due, or the next instalment.
    """
    _require_choice(kind, prepayment)
    loan = _active_loan(loan_id, scene_id)
    prepayment = _choice(loan, kind, prepayment)
    enterprises.get_bank_account(bank_account_id=bank_account_id, enterprise_id=loan.enterprise_id)
    asked = _to_collect(loan, kind, amount, principal, business_date=business_date)
    if asked.minor <= 0 or (principal is not None and principal.minor <= 0):
        raise loans.ReceiptNotPositive(amount=str(asked if principal is None else principal))
    _require_free(loan, external_id)
    repayment_id = new_id()
    instruction = rails.create_instruction(
        direction=Direction.COLLECT,
        subject=public_id("rpy", repayment_id),
        amount=asked,
        bank_account_id=bank_account_id,
        now=now,
    )
    row = _drafted(
        loan,
        id=repayment_id,
        kind=kind,
        amount=asked,
        bank_account_id=bank_account_id,
        external_id=external_id,
        instruction_id=instruction.id,
        prepayment=prepayment,
        created_at=now,
    )
    row.save()
    _tell(row, "processing", ["status"], now)
    return view_of(row)


def _active_loan(loan_id: UUID, scene_id: UUID | None) -> LoanView:
    get_loan(loan_id=loan_id, scene_id=scene_id)  # another scene's loan is not even locked
    loan = loans.lock_loan(loan_id=loan_id)
    if loan.status != LoanStatus.ACTIVE:
        raise LoanNotActive(current=loan.status)
    return loan


def _require_choice(kind: str, prepayment: str) -> None:
    if prepayment not in ("", *Prepayment.values):
        raise RepaymentUnclear(kind=kind, reason="there is no such choice for a prepayment")


def _choice(loan: LoanView, kind: str, prepayment: str) -> str:
    """Return what money above what is due does: the borrower's choice, or nothing that redraws a schedule."""
    if prepayment and kind != RepaymentKind.PARTIAL_PREPAY:
        raise RepaymentUnclear(kind=kind, reason="only a partial prepayment has a choice")
    if prepayment and not loan.schedule_version:
        raise RepaymentUnclear(kind=kind, reason="the loan has no instalments")
    if kind == RepaymentKind.SCHEDULED and loan.schedule_version:
        return Prepayment.NEXT.value
    return prepayment


def _to_collect(
    loan: LoanView, kind: str, amount: Money | None, principal: Money | None, *, business_date: date
) -> Money:
    unnamed = amount is None and principal is None
    if kind == RepaymentKind.SCHEDULED and unnamed and loan.schedule_version > 0:
        return _next_due(loan, business_date)
    return _sum_asked(kind, amount, principal, payoff_quote(loan_id=loan.id, on_date=business_date))


def _next_due(loan: LoanView, business_date: date) -> Money:
    """Return what has fallen due, with its penalty; where nothing has, the next instalment."""
    rows = schedule(loan_id=loan.id, on_date=business_date)
    due = [row for row in rows if row.due_date <= business_date] or list(rows[:1])
    return Money.total(row.total for row in due)


def _require_free(loan: LoanView, external_id: str | None) -> None:
    """Refuse a second repayment under way; requests for one loan take turns on its lock."""
    if Repayment.objects.filter(loan_id=loan.id, status=RepaymentStatus.PROCESSING).exists():
        raise RepaymentInProgress
    if external_id is None:
        return
    hold_name("repayment", loan.scene_id, external_id)
    same = Repayment.objects.filter(scene_id=loan.scene_id, external_id=external_id)
    if same.exclude(status=RepaymentStatus.FAILED).exists():
        raise RepaymentAlreadyRequested(external_id=external_id)


def _drafted(loan: LoanView, **fields: object) -> Repayment:
    """Return a repayment that is not written yet: one from the counter is done before it ever waits."""
    components = ("penalty", "compound", "fee", "interest", "principal", "excess", "recovered")
    nothing = dict.fromkeys(components, Money(0))
    return Repayment(
        loan_id=loan.id, enterprise_id=loan.enterprise_id, scene_id=loan.scene_id, **nothing, **fields
    )


@in_transaction
def record_collection(
    *, instruction_id: UUID, answer: RailAnswer, now: datetime, business_date: date
) -> RepaymentView:
    """Book what the rail said of a collection: a success is used once, valued on the rail's settlement date.

    The same news again books nothing (J6, F dup); a refusal leaves the loan as it was. What arrives for a
    loan written off meanwhile is a recovery (E-05).
    """
    recorded = rails.record_answer(
        instruction_id=instruction_id, answer=answer, now=now, business_date=business_date
    )
    row = _get(parse_id("rpy", recorded.instruction.subject))
    if not recorded.is_news:
        return view_of(row)
    if answer.outcome is Outcome.SUCCEEDED:
        hold_book(business_date=business_date)
        settled_date = answer.settled_by(business_date)
        if loans.lock_loan(loan_id=row.loan_id).status == LoanStatus.WRITTEN_OFF:
            _recover(row, settled_date, business_date, now)
        else:
            _use(row, TransactionKind.REPAYMENT, settled_date, business_date, now)
    else:
        row.status, row.failure_code, row.finished_at = RepaymentStatus.FAILED, answer.failure_code, now
        row.save(update_fields=["status", "failure_code", "finished_at"])
        _tell(row, "failed", ["status", "failure_code"], now)
    return view_of(row)


def _get(repayment_id: UUID) -> Repayment:
    row = Repayment.objects.filter(id=repayment_id).first()
    if row is None:
        raise RepaymentNotFound(repayment=public_id("rpy", repayment_id))
    return row


def _use(row: Repayment, kind: str, value_date: date, business_date: date, now: datetime) -> None:
    received = loans.receive(
        loan_id=row.loan_id,
        amount=row.amount,
        kind=kind,
        value_date=value_date,
        reference=public_id("rpy", row.id),
        business_date=business_date,
        now=now,
        prepayment=row.prepayment,
        source_account_id=row.bank_account_id,
    )
    parts = received.parts
    row.status, row.finished_at = RepaymentStatus.SUCCEEDED, now
    row.transaction_id, row.value_date, row.booking_date = received.transaction.id, value_date, business_date
    row.penalty, row.interest = Money(parts.penalty), Money(parts.interest)
    row.principal, row.excess = Money(parts.principal), Money(parts.excess)
    row.compound, row.fee = Money(parts.compound), Money(parts.fee)
    row.save()
    _tell(row, "succeeded", ["status", "allocation"], now)


def _recover(row: Repayment, value_date: date, business_date: date, now: datetime) -> None:
    found = loans.recover(
        loan_id=row.loan_id,
        amount=row.amount,
        reference=public_id("rpy", row.id),
        business_date=business_date,
        now=now,
    )
    row.status, row.finished_at, row.recovered = RepaymentStatus.SUCCEEDED, now, row.amount
    row.transaction_id, row.value_date, row.booking_date = found.id, value_date, business_date
    row.save()
    _tell(row, "succeeded", ["status", "allocation"], now)


@in_transaction
def record_counter_receipt(
    *,
    loan_id: UUID,
    amount: Money,
    received_date: date,
    receipt_no: str,
    recorded_by: str,
    now: datetime,
    business_date: date,
    prepayment: str = "",
) -> RepaymentView:
    """Record money taken at the bank's counter, valued on the day it was received, however late it is keyed.

    A collection on its way does not stand in its way: what it then takes too much is the borrower's (2241).
    The same receipt keyed again changes nothing; the same number with other content is refused.
    """
    _require_choice(RepaymentKind.COUNTER_RECEIPT, prepayment)
    if not receipt_no.strip() or len(receipt_no) > _NUMBER_LENGTH or not receipt_no.isprintable():
        raise ReceiptNumberInvalid(longest=_NUMBER_LENGTH)
    hold_book(business_date=business_date)
    loan = loans.lock_loan(loan_id=loan_id)
    hold_name("receipt", receipt_no)
    before = Repayment.objects.filter(receipt_no=receipt_no).first()
    if before is not None:
        said = (loan_id, amount, received_date, prepayment)
        if (before.loan_id, before.amount, before.value_date, before.prepayment) != said:
            raise ReceiptNumberReused(receipt_no=receipt_no)
        return view_of(before)
    if amount.minor <= 0:
        raise loans.ReceiptNotPositive(amount=str(amount))
    row = _drafted(
        loan,
        kind=RepaymentKind.COUNTER_RECEIPT,
        amount=amount,
        receipt_no=receipt_no,
        recorded_by=recorded_by,
        prepayment=prepayment,
        created_at=now,
    )
    _use(row, TransactionKind.COUNTER_RECEIPT, received_date, business_date, now)
    return view_of(row)


@in_transaction
def return_repayment(*, repayment_id: UUID, reason: str, now: datetime, business_date: date) -> RepaymentView:
    """Take back a payment that should not stand: keyed wrongly, or returned by the rail (冲正)."""
    row = _get(repayment_id)
    if row.status != RepaymentStatus.SUCCEEDED or row.transaction_id is None:
        raise loans.NotAReceipt(kind=f"{row.status} repayment")
    loans.reverse_receipt(transaction_id=row.transaction_id, business_date=business_date, now=now)
    row.status, row.failure_code = RepaymentStatus.RETURNED, reason[:60]
    row.save(update_fields=["status", "failure_code"])
    _tell(row, "returned", ["status", "failure_code"], now)
    return view_of(row)
