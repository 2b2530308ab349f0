"""Applications, customers, lines and loans."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.bank import charts
from interfaces.bank.frame import actor_of, framed
from interfaces.bank.trace import cap_rows, trace_stages
from interfaces.door import StaffView, now
from interfaces.pages import Form, act, shown
from kernel.ids import parse_id, public_id
from kernel.periods import Period
from ledger.journal.queries import entries
from lending.applications import queries as applications
from lending.credit_lines import queries as lines
from lending.deferrals.queries import deferred_fee
from lending.deferrals.queries import through as earned_through
from lending.drawdowns.queries import drawdowns_page
from lending.loans import queries as loans
from lending.loans.queries.notes import interest_in_memo, log_notes, rates_to_come
from lending.loans.queries.payments import next_payment, payments
from lending.products.methods import Prepayment
from lending.repayments.operations import record_counter_receipt
from openbanking.consents.queries import consenting_scenes, consents_of
from openbanking.receipts.queries import ReceiptDayView, days
from parties.enterprises.queries import bank_accounts, enterprises_page, get_enterprise
from plumbing.audit import operations as audit
from plumbing.clock.queries import business_date
from risk.decisions.queries import get_decision

ROWS = 50
RECEIPT_DAYS = 180
PREPAYMENT_CHOICES = (Prepayment.KEEP_TERM, Prepayment.KEEP_INSTALMENT)


def with_names(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return rows with the legal names of their enterprises, fetched once."""
    found = list(rows)
    named = enterprises_page(ids=tuple({row.enterprise_id for row in found}), limit=max(1, len(found))).rows
    names = {enterprise.id: enterprise.legal_name for enterprise in named}
    return [{"row": row, "name": names.get(row.enterprise_id, "")} for row in found]


def allowed_days(enterprise_id: UUID, until: date) -> tuple[ReceiptDayView, ...]:
    """Return the days before a date that staff may look at: only under a consent in force now (D-01)."""
    scenes = consenting_scenes(
        enterprise_id=enterprise_id, purpose="credit_assessment", data_class="receipts", now=now()
    )
    period = Period(until - timedelta(days=RECEIPT_DAYS), until)
    return days(enterprise_id=enterprise_id, period=period, scene_ids=scenes)


def after_of(request: HttpRequest, prefix: str) -> UUID | None:
    """Return the row after which a page starts."""
    given = request.GET.get("after", "")
    return parse_id(prefix, given) if given else None


class Applications(StaffView):
    """Applications, newest first, by status."""

    capability = "application.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        status = request.GET.get("status") or None
        rows = applications.applications_page(status=status, after=after_of(request, "app"), limit=ROWS)
        context = framed(
            request,
            "applications",
            rows=with_names(rows),
            counts=applications.status_counts(),
            status=status,
            after=public_id("app", rows[-1].id) if len(rows) == ROWS else None,
        )
        return shown(request, "bank/applications.html", context)


class Application(StaffView):
    """One application with its decision, the trace of every rule, and the receipts it was decided on."""

    capability = "application.view"

    def get(self, request: HttpRequest, application_id: UUID) -> HttpResponse:
        """Show it."""
        found = applications.get_application(application_id=application_id, scene_id=None)
        decision = get_decision(found.decision_id) if found.decision_id else None
        until = found.submitted_date
        taken = allowed_days(found.enterprise_id, until)
        context = framed(
            request,
            "applications",
            application=found,
            enterprise=get_enterprise(enterprise_id=found.enterprise_id, scene_id=None),
            decision=decision,
            caps=cap_rows(decision) if decision else (),
            stages=trace_stages(decision.trace) if decision else (),
            agreements=applications.agreements_of(application_id=found.id),
            chart=charts.receipts_chart(taken),
        )
        return shown(request, "bank/application.html", context)


class Customers(StaffView):
    """The bank's customers, newest first."""

    capability = "customer.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them; `q` searches in names and credit codes."""
        search = request.GET.get("q", "").strip()[:100]
        found = enterprises_page(after=after_of(request, "biz"), limit=ROWS, search=search)
        after = public_id("biz", found.next_after) if found.next_after else None
        context = framed(request, "customers", rows=found.rows, search=search, after=after)
        return shown(request, "bank/customers.html", context)


class Customer(StaffView):
    """One customer: who they are, what they allowed, what they owe."""

    capability = "customer.view"

    def get(self, request: HttpRequest, enterprise_id: UUID) -> HttpResponse:
        """Show them; identity numbers and accounts are masked."""
        today = business_date()
        taken = allowed_days(enterprise_id, today)
        context = framed(
            request,
            "customers",
            enterprise=get_enterprise(enterprise_id=enterprise_id, scene_id=None),
            accounts=bank_accounts(enterprise_id=enterprise_id),
            consents=consents_of(enterprise_id=enterprise_id, scene_id=None, now=now()),
            applications=applications.applications_page(enterprise_id=enterprise_id),
            lines=lines.lines_page(enterprise_id=enterprise_id),
            loans=loans.loans_page(enterprise_id=enterprise_id),
            chart=charts.receipts_chart(taken),
        )
        return shown(request, "bank/customer.html", context)


class Lines(StaffView):
    """Credit lines, newest first."""

    capability = "line.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        rows = lines.lines_page(after=after_of(request, "lin"), limit=ROWS)
        after = public_id("lin", rows[-1].id) if len(rows) == ROWS else None
        return shown(request, "bank/lines.html", framed(request, "lines", rows=with_names(rows), after=after))


class Line(StaffView):
    """One line with its drawdowns and loans."""

    capability = "line.view"

    def get(self, request: HttpRequest, line_id: UUID) -> HttpResponse:
        """Show it."""
        line = lines.get_line(line_id=line_id, scene_id=None)
        context = framed(
            request,
            "lines",
            line=line,
            enterprise=get_enterprise(enterprise_id=line.enterprise_id, scene_id=None),
            drawdowns=drawdowns_page(line_id=line_id),
            loans=loans.loans_page(line_id=line_id),
        )
        return shown(request, "bank/line.html", context)


class Loans(StaffView):
    """Loans, newest first, by status."""

    capability = "loan.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        status = request.GET.get("status") or None
        if status == "overdue":
            rows = loans.overdue_loans(on_date=business_date(), limit=ROWS)
        else:
            rows = loans.loans_page(status=status, after=after_of(request, "lon"), limit=ROWS)
        after = public_id("lon", rows[-1].id) if len(rows) == ROWS and status != "overdue" else None
        context = framed(
            request, "loans", rows=with_names(rows), status=status, after=after, today=business_date()
        )
        return shown(request, "bank/loans.html", context)


class Loan(StaffView):
    """One loan: what is owed today, its schedule, its fee, its log and the entries in the books."""

    capability = "loan.view"

    def get(self, request: HttpRequest, loan_id: UUID) -> HttpResponse:
        """Show it."""
        today = business_date()
        loan = loans.get_loan(loan_id=loan_id, scene_id=None)
        context = framed(
            request,
            "loans",
            loan=loan,
            enterprise=get_enterprise(enterprise_id=loan.enterprise_id, scene_id=None),
            position=loans.loan_position(loan_id=loan_id, on_date=today) if loan.value_date else None,
            schedule=payments(loan=loan, on_date=today),
            next_payment=next_payment(loan=loan, on_date=today),
            choices=PREPAYMENT_CHOICES if loan.schedule_version else (),
            to_come=rates_to_come(loan_id=loan_id),
            memo=interest_in_memo(loan_id=loan_id, on_date=today) if loan.non_accrual_date else None,
            fee=deferred_fee(loan_id=loan_id, on_date=earned_through(business_date=today)),
            log=log_notes(loan_id=loan_id),
            entries=entries(reference=public_id("lon", loan_id)),
        )
        return shown(request, "bank/loan.html", context)


class CounterReceipts(StaffView):
    """Money taken at the bank's counter."""

    capability = "receipt.record"

    def post(self, request: HttpRequest, loan_id: UUID) -> HttpResponse:
        """Record a receipt, valued on the day it was received, however late it is keyed."""
        form = Form(request)
        reference = public_id("lon", loan_id)
        today = business_date()

        def record() -> Mapping[str, Any]:
            repayment = record_counter_receipt(
                loan_id=loan_id,
                amount=form.money("amount"),
                received_date=form.day("received_date"),
                receipt_no=form.text("receipt_no", longest=40),
                recorded_by=actor_of(request),
                now=now(),
                business_date=today,
                prepayment=form.text("prepayment", "", longest=20),
            )
            audit.record(
                actor=actor_of(request),
                action="receipt.record",
                subject=reference,
                detail={"receipt_no": repayment.receipt_no, "amount": str(repayment.amount)},
                now=now(),
            )
            return {"id": public_id("rpy", repayment.id), "status": repayment.status}

        return act(request, record, to=f"/loans/{reference}", status=201)
