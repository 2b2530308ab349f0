"""The last step: money out of the line, to one of the borrower's own accounts."""

from typing import Final
from uuid import UUID

from interfaces.borrower.visit import FieldMissing, Screen, Visit
from interfaces.door import enqueue
from kernel.ids import MalformedId, parse_id, public_id
from kernel.money import Money
from lending.applications import queries as applications
from lending.applications.views import ApplicationView
from lending.credit_lines.models import LineStatus
from lending.credit_lines.queries import LineView, get_line
from lending.drawdowns import operations as drawdowns
from lending.drawdowns.queries import DrawdownView, drawdowns_page
from lending.drawdowns.states import DrawdownStatus
from lending.loans.queries import get_loan
from lending.loans.queries.payments import next_payment
from lending.products.terms import ProductView
from openbanking.embed_sessions.components import Component
from parties.enterprises import operations as enterprises
from parties.enterprises.queries import BankAccountNotFound

ON_ITS_WAY: Final = (DrawdownStatus.CREATED, DrawdownStatus.AWAITING_FUNDS, DrawdownStatus.PROCESSING)
SOON_MS: Final = 1_500
TENORS: Final = (30, 60, 90, 180, 365)


def line_of(visit: Visit, application: ApplicationView) -> LineView:
    """Return the line that the signature opened."""
    signed = next(
        one for one in applications.agreements_of(application_id=application.id) if one.credit_line_id
    )
    if signed.credit_line_id is None:
        raise TypeError("a contracted application has a line")
    return get_line(line_id=signed.credit_line_id, scene_id=visit.scene.id)


def screen(visit: Visit, application: ApplicationView) -> Screen:
    """Return where the money is: to be drawn, on its way, or there."""
    line = line_of(visit, application)
    signed = ("signed", public_id("agr", line.agreement_id))
    found = drawdowns_page(scene_id=visit.scene.id, line_id=line.id, limit=1)
    last = found[0] if found else None
    recent = last is not None and last.created_at >= visit.session.created_at
    if last is not None and last.status in ON_ITS_WAY:
        return Screen(name="paying", step=4, context=_of(visit, last), told=(signed,), poll_ms=SOON_MS)
    if last is not None and last.status == DrawdownStatus.PAID_OUT and (recent or not line.revolving):
        return _paid(visit, line, last)
    if line.status != LineStatus.ACTIVE or line.available < line.product.draw_min:
        return Screen(name="line_closed", step=4, context={"line": line})
    failed = last if recent and last is not None else None
    return Screen(
        name="draw",
        step=4,
        context={
            "line": line,
            "failed": failed,
            "tenors": tenors_of(line.product),
            "accounts": visit.accounts,
        },
        told=(signed, ("step", "draw")),
    )


def _of(visit: Visit, drawdown: DrawdownView) -> dict[str, object]:
    return {"drawdown": drawdown, "account": visit.account(drawdown.bank_account_id)}


def _paid(visit: Visit, line: LineView, drawdown: DrawdownView) -> Screen:
    upcoming = None
    if drawdown.loan_id is not None:
        loan = get_loan(loan_id=drawdown.loan_id, scene_id=visit.scene.id)
        upcoming = next_payment(loan=loan, on_date=visit.business_date)
    more = Component.DASHBOARD in visit.session.components
    return Screen(
        name="paid",
        step=4,
        context={**_of(visit, drawdown), "line": line, "upcoming": upcoming, "has_dashboard": more},
        told=(("step", "paid"),),
    )


def tenors_of(product: ProductView) -> tuple[int, ...]:
    """Return for how many days one may borrow; nothing to choose where there are instalments."""
    if product.is_scheduled:
        return ()
    ends = (product.tenor_days_min, product.tenor_days_max)
    return tuple(sorted({days for days in (*TENORS, ends[1]) if ends[0] <= days <= ends[1]}))


def account_key(text: str) -> UUID:
    """Return the key of an account that was chosen; another's is not found later."""
    if not text:
        raise FieldMissing
    try:
        return parse_id("acc", text)
    except MalformedId:
        raise BankAccountNotFound(bank_account_id=None) from None


def add_account(visit: Visit, sent: dict[str, str]) -> None:
    """Add an account in the borrower's own name."""
    if not sent.get("account_number") or not sent.get("bank_name"):
        raise FieldMissing
    enterprises.add_bank_account(
        enterprise_id=visit.enterprise.id,
        account_number=sent["account_number"].replace(" ", ""),
        bank_name=sent["bank_name"],
        holder_name=visit.enterprise.legal_name,
        now=visit.now,
    )


def draw(
    visit: Visit, application: ApplicationView, *, amount: Money, days: int | None, account: UUID
) -> None:
    """Draw; the payment follows once this is committed."""
    made = drawdowns.draw_down(
        line_id=line_of(visit, application).id,
        scene_id=visit.scene.id,
        amount=amount,
        tenor_days=days,
        bank_account_id=account,
        external_id=None,
        offer_id=application.offer_id,
        now=visit.now,
        business_date=visit.business_date,
    )
    enqueue("jobs.disburse", schema=visit.bank.schema_name, drawdown_id=str(made.id))
