"""What a borrower owes and may do about it: pay early, read statements, ask for help, take a consent back."""

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from django.urls import URLPattern, path

from interfaces.borrower.application import account_in, amount_in
from interfaces.borrower.frame import Acting, FrameView
from interfaces.borrower.visit import FieldMissing, Screen, Visit
from interfaces.door import enqueue
from kernel.ids import MalformedId, parse_id, public_id
from kernel.refusals import Refusal
from lending.credit_lines.queries import LineView, lines_page
from lending.loans.queries import LoanNotFound, LoanView, PayoffQuote, get_loan, loans_page, payoff_quote
from lending.loans.queries.payments import NextPayment, Payment, next_payment, payments
from lending.loans.states import LoanStatus
from lending.repayments import operations as repayments
from lending.repayments.models import RepaymentKind, RepaymentStatus
from lending.repayments.queries import RepaymentView, repayments_page
from lending.service_requests import operations as requests
from lending.service_requests.operations import TEXT_MAX
from lending.service_requests.queries import RequestView, requests_page
from lending.service_requests.states import Channel, RequestKind
from lending.statements.queries import StatementView, statements_page
from openbanking.consents import operations as consents
from openbanking.consents.queries import ConsentNotFound, consents_of, get_consent
from openbanking.consents.states import ConsentStatus
from openbanking.embed_sessions.components import Component

SOON_MS: Final = 1_500
LOANS_MAX: Final = 20
STATEMENTS_MAX: Final = 6
REQUESTS_MAX: Final = 10
ASKED: Final = (RepaymentKind.SCHEDULED, RepaymentKind.PARTIAL_PREPAY, RepaymentKind.FULL_PREPAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One loan: what is owed today, what comes next, and the last thing that was paid or tried."""

    loan: LoanView
    payoff: PayoffQuote
    upcoming: NextPayment | None
    payments: tuple[Payment, ...]
    last: RepaymentView | None

    @property
    def is_paying(self) -> bool:
        """Whether a repayment is on its way."""
        return self.last is not None and self.last.status == RepaymentStatus.PROCESSING


def owed_on(visit: Visit) -> tuple[Owed, ...]:
    """Return the loans the borrower has through this scene, newest first."""
    loans = loans_page(
        scene_id=visit.scene.id,
        enterprise_id=visit.enterprise.id,
        status=LoanStatus.ACTIVE,
        limit=LOANS_MAX,
    )
    return tuple(_owed(visit, loan) for loan in loans)


def _owed(visit: Visit, loan: LoanView) -> Owed:
    tried = repayments_page(scene_id=visit.scene.id, loan_id=loan.id, limit=1)
    return Owed(
        loan=loan,
        payoff=payoff_quote(loan_id=loan.id, on_date=visit.business_date, scene_id=visit.scene.id),
        upcoming=next_payment(loan=loan, on_date=visit.business_date),
        payments=payments(loan=loan, on_date=visit.business_date),
        last=tried[0] if tried else None,
    )


def _statements(visit: Visit, lines: tuple[LineView, ...]) -> list[StatementView]:
    found = [
        statement
        for line in lines
        for statement in statements_page(line_id=line.id, scene_id=visit.scene.id, limit=STATEMENTS_MAX)
    ]
    return sorted(found, key=lambda one: one.to_date, reverse=True)[:STATEMENTS_MAX]


def _requests(visit: Visit) -> tuple[RequestView, ...]:
    """Return what this borrower asked on these pages or through this scene, newest first."""
    return requests_page(scene_id=visit.scene.id, enterprise_id=visit.enterprise.id, limit=REQUESTS_MAX)


class Dashboard(FrameView):
    """The balance, the next payment, and what can be done; servicing never ends with a list or a contract."""

    component = Component.DASHBOARD

    def screen(self, visit: Visit, asked: dict[str, str]) -> Screen:
        """Show it."""
        lines = lines_page(scene_id=visit.scene.id, enterprise_id=visit.enterprise.id, limit=LOANS_MAX)
        owed = owed_on(visit)
        given = consents_of(enterprise_id=visit.enterprise.id, scene_id=visit.scene.id, now=visit.now)
        context = {
            "lines": [line for line in lines if line.status != "closed"],
            "owed": owed,
            "accounts": visit.accounts,
            "statements": _statements(visit, lines),
            "consents": [one for one in given if one.status == ConsentStatus.AUTHORISED],
            "requests": _requests(visit),
            "kinds": RequestKind.values,
            "text_max": TEXT_MAX,
            "may_draw": Component.APPLICATION in visit.session.components,
        }
        waiting = any(one.is_paying for one in owed)
        return Screen(name="dashboard", context=context, poll_ms=SOON_MS if waiting else None)


class Repayment(Acting, Dashboard):
    """Money back: what is due, a sum, or all of it."""

    def act(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Write the collection down and have it sent once that is committed."""
        if sent.get("type") not in ASKED:
            raise FieldMissing
        partial = sent["type"] == RepaymentKind.PARTIAL_PREPAY
        found = repayments.request_repayment(
            loan_id=own_loan(visit, sent.get("loan", "")).id,
            scene_id=visit.scene.id,
            kind=sent["type"],
            amount=amount_in(sent) if partial else None,
            principal=None,
            bank_account_id=account_in(sent),
            external_id=None,
            now=visit.now,
            business_date=visit.business_date,
        )
        enqueue("jobs.collect", schema=visit.bank.schema_name, repayment_id=str(found.id))
        return None


class HelpRequest(Acting, Dashboard):
    """A complaint, or help asked for: the bank has it at once, and says under which number."""

    def act(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Take it in."""
        if sent.get("kind") not in RequestKind.values or not sent.get("text"):
            raise FieldMissing
        loan = own_loan(visit, sent["loan"]).id if sent.get("loan") else None
        requests.raise_request(
            scene_id=visit.scene.id,
            enterprise_id=visit.enterprise.id,
            kind=sent["kind"],
            text=sent["text"],
            loan_id=loan,
            consent_id=None,
            channel=Channel.BORROWER,
            now=visit.now,
            business_date=visit.business_date,
        )
        return None

    def screen(self, visit: Visit, asked: dict[str, str]) -> Screen:
        """Show the dashboard with the number of what was just asked."""
        shown = super().screen(visit, asked)
        last = shown.context["requests"][:1]
        return replace(shown, context={**shown.context, "received": last[0] if last else None})


class Revocation(Acting, Dashboard):
    """A consent taken back: as easily as it was given, at any time, without a reason (D-01)."""

    def act(self, visit: Visit, sent: dict[str, str]) -> Refusal | None:
        """Revoke it; a debt that exists stays."""
        consents.revoke_consent(
            consent_id=own_consent(visit, sent.get("consent", "")),
            scene_id=visit.scene.id,
            reason="withdrawn by the borrower in the frame",
            now=visit.now,
        )
        return None


def own_loan(visit: Visit, text: str) -> LoanView:
    """Return a loan of this very borrower; every other is not found."""
    try:
        loan = get_loan(loan_id=parse_id("lon", text), scene_id=visit.scene.id)
    except MalformedId:
        raise LoanNotFound(loan="") from None
    if loan.enterprise_id != visit.enterprise.id:
        raise LoanNotFound(loan=public_id("lon", loan.id))
    return loan


def own_consent(visit: Visit, text: str) -> UUID:
    """Return the key of a consent that this very borrower gave; every other is not found."""
    try:
        found = get_consent(consent_id=parse_id("cns", text), scene_id=visit.scene.id, now=visit.now)
    except MalformedId:
        raise ConsentNotFound(consent_id="") from None
    if found.enterprise_id != visit.enterprise.id:
        raise ConsentNotFound(consent_id=found.id)
    return found.id


_AT: Final = "embed/v1/dashboard"
paths: Final[list[URLPattern]] = [
    path(_AT, Dashboard.as_view()),
    path(f"{_AT}/repayments", Repayment.as_view()),
    path(f"{_AT}/revocations", Revocation.as_view()),
    path(f"{_AT}/requests", HelpRequest.as_view()),
]
