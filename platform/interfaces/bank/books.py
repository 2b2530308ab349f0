"""The books: trial balance, accounts, entries, periods, and money put into the settlement account."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse

from interfaces.bank.frame import actor_of, framed
from interfaces.door import StaffView, now
from interfaces.pages import Form, act, shown
from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from ledger.balances.queries import account_balance, available, trial_balance
from ledger.chart.queries import get_account
from ledger.journal import operations as journal
from ledger.journal.queries import get_entry, journal_page, pending_entries, periods
from ledger.proofs.queries import check_books
from lending.day_end.queries import last_runs
from plumbing.audit import operations as audit
from plumbing.clock.queries import business_date

SETTLEMENT_ACCOUNT = "1003"


class MonthRuns(Refusal):
    """A month is closed once it is over: the books of the open day could not be written otherwise."""

    code = "accounting.month_runs"
    kind = Kind.CONFLICT
    message = "{month} is not over: the books are open for {current}."


def day_of(request: HttpRequest, name: str, default: date) -> date:
    """Return a date from the address, or the default; what is no date is no such page."""
    given = request.GET.get(name, "")
    try:
        return date.fromisoformat(given) if given else default
    except ValueError:
        raise Http404 from None


class TrialBalance(StaffView):
    """The trial balance as of a date."""

    capability = "trial_balance.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        today = business_date()
        balance = trial_balance(as_of_date=day_of(request, "as_of", today))
        body = {
            "as_of_date": balance.as_of_date,
            "debits": balance.debits,
            "credits": balance.credits,
            "rows": [
                {"code": row.code, "debits": row.debits, "credits": row.credits, "balance": row.balance}
                for row in balance.rows
            ],
        }
        context = framed(
            request,
            "accounting",
            balance=balance,
            balanced=balance.debits == balance.credits,
            available=available(code=SETTLEMENT_ACCOUNT),
            runs=last_runs(limit=5),
            pending=pending_entries(),
        )
        return shown(request, "bank/accounting.html", context, body)


class Account(StaffView):
    """One account: its balance and its newest entries."""

    capability = "journal.view"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show it."""
        context = framed(
            request,
            "accounting",
            account=get_account(code=code),
            balance=account_balance(code=code),
            page=journal_page(account=code, limit=100),
        )
        return shown(request, "bank/account.html", context)


class Entry(StaffView):
    """One journal entry."""

    capability = "journal.view"

    def get(self, request: HttpRequest, entry_id: UUID) -> HttpResponse:
        """Show it."""
        return shown(request, "bank/entry.html", framed(request, "accounting", entry=get_entry(entry_id)))


class Periods(StaffView):
    """Accounting months and the proof of the books."""

    capability = "journal.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the months; run the proofs."""
        this_month = business_date().replace(day=1)
        context = framed(
            request, "accounting", periods=periods(), findings=check_books(), this_month=this_month
        )
        return shown(request, "bank/periods.html", context)


class PeriodClose(StaffView):
    """Closes a month."""

    capability = "period.close"

    def post(self, request: HttpRequest, month: str) -> HttpResponse:
        """Close it: nothing is posted into it any more."""
        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError:
            raise Http404 from None
        actor, today = actor_of(request), business_date()

        def close() -> Mapping[str, Any]:
            if first >= today.replace(day=1):
                raise MonthRuns(month=month, current=today)
            period = journal.close_period(month=first, closed_by=actor, now=now())
            audit.record(actor=actor, action="period.close", subject=month, detail={}, now=now())
            return {"month": month, "state": period.state}

        return act(request, close, to="/accounting/periods")


class Funding(StaffView):
    """Money the bank puts into its settlement account with the rail."""

    capability = "settlement.fund"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Book the top-up; drawdowns that wait for funds go on, first come first served."""
        form, actor = Form(request), actor_of(request)

        def fund() -> Mapping[str, Any]:
            amount = form.money("amount")
            entry = journal.fund_settlement_account(
                amount=amount,
                booking_date=business_date(),
                idempotency_key=f"funding:{form.text('key', str(uuid4()), longest=80)}",
                now=now(),
            )
            subject = public_id("jrn", entry.id)
            audit.record(
                actor=actor,
                action="settlement.fund",
                subject=subject,
                detail={"amount": str(amount)},
                now=now(),
            )
            return {"entry": subject}

        return act(request, fund, to="/accounting", status=201)
