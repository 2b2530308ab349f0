"""The disbursement saga (M-05, J5): four short transactions, and the rail between the last two.

T1 `draw_down` holds the limit. T2 `prepare_disbursement` books the loan, holds the bank's funds and writes
the instruction; it commits before the rail hears anything. T3 is the rail, outside any transaction. T4
`record_outcome` books what the rail said, once. A process may die anywhere between them: the sweep finds what
it left and goes on.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from connectors.payment_rails import operations as rails
from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.queries import InstructionView, get_instruction, refused_account
from connectors.payment_rails.states import Direction
from kernel.ids import new_id, parse_id, public_id
from kernel.money import Money, Rounding, round_minor
from kernel.rates import AnnualRate
from kernel.refusals import Kind, Refusal
from ledger.chart import operations as chart
from ledger.journal import operations as journal
from lending.collateral.queries import require_cover
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import LineView, get_line, total_credit
from lending.deferrals import operations as deferrals
from lending.drawdowns.checks import (
    AccountRefused,
    require_data_use,
    require_offered,
    require_own_offer,
    require_undrawn,
    require_unfinanced,
)
from lending.drawdowns.models import Drawdown
from lending.drawdowns.queries import DrawdownNotFound, DrawdownView, view_of
from lending.drawdowns.states import DrawdownStatus, require_move
from lending.loans import entries
from lending.loans import operations as loans
from lending.loans.accrual import hold_book
from lending.participations import operations as participations
from lending.products.fees import integral_fee
from lending.products.tenors import tenor_of
from lending.tax import operations as tax
from lending.tax.booking import LoanTax
from lending.tax.tagging import TaxTag
from marketing.attribution import operations as attribution
from marketing.campaigns.queries import OfferNotFound, get_offer
from parties.enterprises import queries as enterprises
from plumbing.outbox import operations as outbox
from plumbing.sql import in_transaction


class FundsHeld(Refusal):
    """The drawdown is being paid out: it cannot expire."""

    code = "lending.funds_held"
    kind = Kind.CONFLICT
    message = "The drawdown is {current} and does not wait for funds."


def _tell(row: Drawdown, event: str, changed: list[str], now: datetime) -> None:
    outbox.emit(
        type=f"drawdown.{event}",
        subject=public_id("drw", row.id),
        data={
            "object": {
                "id": public_id("drw", row.id),
                "object": "drawdown",
                "status": row.status,
                "external_id": row.external_id,
                "failure_code": row.failure_code or None,
                "loan": public_id("lon", row.loan_id) if row.loan_id else None,
            },
            "changed": changed,
        },
        scene_id=row.scene_id,
        now=now,
    )


def _locked(drawdown_id: UUID) -> Drawdown:
    row = Drawdown.objects.select_for_update().filter(id=drawdown_id).first()
    if row is None:
        raise DrawdownNotFound(drawdown=public_id("drw", drawdown_id))
    return row


@in_transaction
def draw_down(
    *,
    line_id: UUID,
    scene_id: UUID | None,
    amount: Money,
    tenor_days: int | None,
    bank_account_id: UUID,
    external_id: str | None,
    offer_id: UUID | None,
    now: datetime,
    business_date: date,
) -> DrawdownView:
    """T1: hold part of the line for a draw to one of the borrower's own accounts.

    With instalments the tenor is the product's. Refuses what the line or its product does not allow, a line
    whose consent has ended (J3), a second draw on a line that does not revolve, what costs more than the
    cap of the day (R-11), what its collateral does not cover (S2-39), another enterprise's account or offer,
    and an order that is financed already; a drawdown that failed or expired does not count.
    """
    line = get_line(line_id=line_id, scene_id=scene_id)
    tenor_days = tenor_of(terms=line.product, tenor_days=tenor_days, start_date=business_date)
    require_data_use(line, now)
    require_offered(line, amount, tenor_days, business_date)
    enterprises.get_bank_account(bank_account_id=bank_account_id, enterprise_id=line.enterprise_id)
    reason = refused_account(bank_account_id=bank_account_id)
    if reason:
        raise AccountRefused(reason=reason)
    if offer_id is not None:
        require_own_offer(offer_id, line)
    held = lines.lock_line(line_id=line_id)
    require_undrawn(held)
    require_cover(line_id=line_id, used=held.drawn + held.reserved + amount, on_date=business_date)
    line = lines.reserve(line_id=line_id, amount=amount, business_date=business_date)
    if external_id is not None:
        require_unfinanced(line.scene_id, external_id)
    row = Drawdown.objects.create(
        line_id=line_id,
        enterprise_id=line.enterprise_id,
        scene_id=line.scene_id,
        amount=amount,
        tenor_days=tenor_days,
        bank_account_id=bank_account_id,
        external_id=external_id,
        offer_id=offer_id,
        created_date=business_date,
        created_at=now,
    )
    _tell(row, "created", ["status"], now)
    return view_of(row)


def _tax_tag(row: Drawdown, line: LineView, business_date: date, now: datetime) -> TaxTag:
    """Return how the interest is taxed, and freeze why: size, total credit, rate (T-01 to T-05)."""
    return tax.tax_tag(
        drawdown_id=row.id,
        enterprise_id=row.enterprise_id,
        borrower_kind=enterprises.get_enterprise(enterprise_id=row.enterprise_id, scene_id=None).kind,
        total_credit=total_credit(enterprise_id=row.enterprise_id),
        annual_rate=line.annual_rate,
        tenor_days=row.tenor_days,
        drawdown_date=business_date,
        now=now,
    )


@in_transaction
def prepare_disbursement(*, drawdown_id: UUID, now: datetime, business_date: date) -> InstructionView:
    """T2: hold the bank's funds, book the loan and write the instruction; commit, then send it.

    Raises the ledger's `InsufficientFunds` and leaves nothing behind when the settlement account is short:
    the door then calls `await_funds`. Called again it returns the instruction there is.
    """
    hold_book(business_date=business_date)
    row = _locked(drawdown_id)
    if row.instruction_id is not None:
        return get_instruction(instruction_id=row.instruction_id)
    require_move(current=row.status, wanted=DrawdownStatus.PROCESSING)
    line = get_line(line_id=row.line_id, scene_id=None)
    loan_id = new_id()
    terms = _terms(line, row.tenor_days, _tax_tag(row, line, business_date, now))
    fee, vat = _deferred(loan_id, line, row.amount, terms)
    booked, paying = entries.disbursing(
        loan_id=loan_id,
        drawdown_id=row.id,
        amount=row.amount,
        business_date=business_date,
        fee=fee,
        vat=vat,
    )
    chart.tag_references(products={booked.reference: line.product.code})
    row.payment_entry_id = journal.post_entry(entry=paying, now=now).id
    row.booking_entry_id = journal.post_entry(entry=booked, now=now).id
    loans.book_loan(
        loan_id=loan_id,
        drawdown_id=row.id,
        line_id=row.line_id,
        enterprise_id=row.enterprise_id,
        scene_id=row.scene_id,
        principal=row.amount,
        terms=terms,
        now=now,
    )
    instruction = rails.create_instruction(
        direction=Direction.PAY,
        subject=public_id("drw", row.id),
        amount=row.amount - fee,
        bank_account_id=row.bank_account_id,
        now=now,
    )
    row.status, row.loan_id, row.instruction_id = DrawdownStatus.PROCESSING, loan_id, instruction.id
    row.save()
    return instruction


def _deferred(loan_id: UUID, line: LineView, amount: Money, terms: loans.LoanTerms) -> tuple[Money, Money]:
    """Defer what the bank itself charges for the draw; return it and the VAT in it."""
    fee = integral_fee(terms=line.product, amount=amount)
    if not fee:
        return fee, fee
    vat = deferrals.defer(
        loan_id=loan_id,
        product=line.product.code,
        fee=fee,
        tax=terms.tax,
        income_account=terms.income_account,
    )
    return fee, vat


def _terms(line: LineView, tenor_days: int, tag: TaxTag) -> loans.LoanTerms:
    product, rate = line.product, line.annual_rate
    raised = round_minor(Decimal(rate.ppm) * (1 + product.overdue_uplift), Rounding.HALF_UP)
    return loans.LoanTerms(
        annual_rate=rate,
        penalty_rate=AnnualRate(raised, rate.basis),
        rounding=product.rounding.value,
        tenor_days=tenor_days,
        due_date_roll=product.due_date_roll,
        income_account=tag.income_account,
        tax=LoanTax.of(tag),
        product_version_id=product.id,
        method=product.repayment_method,
        instalment_count=product.instalment_count,
        counts_thirty=product.day_count in ("30/360", "30E/360"),
        compounds=product.compounds,
    )


@in_transaction
def await_funds(*, drawdown_id: UUID, now: datetime) -> DrawdownView:
    """Note that the bank's funds are short: no loan, no interest, the limit stays held (J5, F short)."""
    row = _locked(drawdown_id)
    if row.status == DrawdownStatus.CREATED:
        row.status, row.waiting_since_at = DrawdownStatus.AWAITING_FUNDS, now
        row.save(update_fields=["status", "waiting_since_at"])
        outbox.emit(  # for the treasurer: it stays inside the bank, and out of the scene's sequence
            type="treasury.funds_short",
            subject=f"treasury:{public_id('drw', row.id)}",
            data={
                "object": {"id": public_id("drw", row.id), "object": "drawdown", "amount": str(row.amount)}
            },
            scene_id=None,
            now=now,
        )
    return view_of(row)


@in_transaction
def expire_waiting(*, drawdown_id: UUID, now: datetime) -> DrawdownView:
    """Give up a drawdown for which the funds did not come in time, and give its limit back."""
    amount, line_id = _held(drawdown_id)
    lines.lock_line(line_id=line_id)
    row = _locked(drawdown_id)
    if row.status != DrawdownStatus.AWAITING_FUNDS:
        raise FundsHeld(current=str(row.status))
    lines.release(line_id=line_id, amount=amount)
    participations.cancel(drawdown_id=row.id, now=now)
    row.status, row.failure_code, row.finished_at = DrawdownStatus.EXPIRED, "funds_unavailable", now
    row.save(update_fields=["status", "failure_code", "finished_at"])
    _tell(row, "failed", ["status", "failure_code"], now)
    return view_of(row)


@in_transaction
def fail_unsent(*, drawdown_id: UUID, failure_code: str, now: datetime) -> DrawdownView:
    """End a drawdown of which nothing is booked, and give its limit back."""
    amount, line_id = _held(drawdown_id)
    lines.lock_line(line_id=line_id)
    row = _locked(drawdown_id)
    require_move(current=row.status, wanted=DrawdownStatus.FAILED)
    lines.release(line_id=line_id, amount=amount)
    row.status, row.failure_code, row.finished_at = DrawdownStatus.FAILED, failure_code[:60], now
    row.save(update_fields=["status", "failure_code", "finished_at"])
    _tell(row, "failed", ["status", "failure_code"], now)
    return view_of(row)


def _held(drawdown_id: UUID) -> tuple[Money, UUID]:
    row = Drawdown.objects.filter(id=drawdown_id).values_list("amount", "line_id").first()
    if row is None:
        raise DrawdownNotFound(drawdown=public_id("drw", drawdown_id))
    return row


@in_transaction
def record_outcome(
    *, instruction_id: UUID, answer: RailAnswer, now: datetime, business_date: date
) -> DrawdownView:
    """T4: book what the rail said. A success or a refusal counts once; anything else sets the next enquiry.

    Success: the loan begins on the rail's settlement date (never before the draw was asked for, whatever the
    rail's clock says), the held payment is posted, the hold becomes use.
    Refusal: the payment is voided, the booking reversed, the limit given back.
    """
    recorded = rails.record_answer(
        instruction_id=instruction_id, answer=answer, now=now, business_date=business_date
    )
    drawdown_id = parse_id("drw", recorded.instruction.subject)
    if not recorded.is_news:
        return view_of(Drawdown.objects.get(id=drawdown_id))
    hold_book(business_date=business_date)
    amount, line_id = _held(drawdown_id)
    if answer.outcome is Outcome.SUCCEEDED:
        lines.commit_draw(line_id=line_id, amount=amount)
        row = _locked(drawdown_id)
        settled_date = max(row.created_date, answer.settled_by(business_date))
        _paid_out(row, settled_date, business_date, now)
    else:
        lines.release(line_id=line_id, amount=amount)
        row = _locked(drawdown_id)
        _refused(row, answer.failure_code, business_date, now)
    return view_of(row)


def _booked(row: Drawdown) -> tuple[UUID, UUID, UUID]:
    """Return loan, booking and payment of a drawdown that T2 has prepared."""
    if row.loan_id is None or row.booking_entry_id is None or row.payment_entry_id is None:
        raise DrawdownNotFound(drawdown=public_id("drw", row.id))
    return row.loan_id, row.booking_entry_id, row.payment_entry_id


def _paid_out(row: Drawdown, value_date: date, business_date: date, now: datetime) -> None:
    loan_id, booking_entry_id, payment_entry_id = _booked(row)
    require_move(current=row.status, wanted=DrawdownStatus.PAID_OUT)
    journal.settle_pending(
        entry_id=payment_entry_id, booking_date=business_date, value_date=value_date, now=now
    )
    row.status, row.finished_at = DrawdownStatus.PAID_OUT, now
    row.save(update_fields=["status", "finished_at"])
    _tell(row, "paid_out", ["status", "loan"], now)
    loans.activate_loan(
        loan_id=loan_id,
        value_date=value_date,
        entry_id=booking_entry_id,
        business_date=business_date,
        now=now,
    )
    participations.begin(
        drawdown_id=row.id,
        loan_id=loan_id,
        value_date=value_date,
        business_date=business_date,
        now=now,
    )
    if row.offer_id is not None and _offer_was_taken(row.offer_id):
        attribution.attribute_draw(offer_id=row.offer_id, drawdown_id=row.id, amount=row.amount, now=now)


def _offer_was_taken(offer_id: UUID) -> bool:
    """Say whether a draw can be attributed: money that moved is booked whatever marketing thinks of it."""
    try:
        return get_offer(offer_id=offer_id, scene_id=None).status == "applied"
    except OfferNotFound:
        return False


def _refused(row: Drawdown, failure_code: str, business_date: date, now: datetime) -> None:
    loan_id, booking_entry_id, payment_entry_id = _booked(row)
    require_move(current=row.status, wanted=DrawdownStatus.FAILED)
    journal.void_pending(entry_id=payment_entry_id, now=now)
    journal.reverse_entry(
        entry_id=booking_entry_id,
        booking_date=business_date,
        value_date=business_date,
        idempotency_key=f"{public_id('drw', row.id)}:failed",
        now=now,
        description=failure_code,
    )
    loans.cancel_loan(loan_id=loan_id, business_date=business_date)
    participations.cancel(drawdown_id=row.id, now=now)
    row.status, row.failure_code, row.finished_at = DrawdownStatus.FAILED, failure_code, now
    row.save(update_fields=["status", "failure_code", "finished_at"])
    _tell(row, "failed", ["status", "failure_code"], now)
