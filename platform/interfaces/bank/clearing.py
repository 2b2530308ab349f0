"""Reconciliation (M-06): read the rail's statement in; own a break, propose its posting, approve it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.bank.frame import actor_of, framed
from interfaces.door import StaffView, enqueue, now
from interfaces.pages import FieldMissing, Form, act, shown
from kernel.ids import public_id
from kernel.money import Money
from ledger.chart.queries import accounts
from ledger.journal.entry import Line
from ledger.reconciliation import operations as reconciliation
from ledger.reconciliation.queries import BreakView, breaks, get_break, last_run, statements
from ledger.reconciliation.statement import LARGEST_FILE_BYTES, StatementUnreadable
from lending.loans.accrual import hold_book
from plumbing.audit import operations as audit
from plumbing.clock.queries import business_date
from plumbing.schemas import current_schema
from regulation import queries as regulation

PATH: Final = "/accounting/clearing"
SETTLEMENT: Final = "1003"
FILES_SHOWN: Final = 10


class Clearing(StaffView):
    """The open breaks, the last run and the last files."""

    capability = "break.view"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them, oldest break first."""
        found = breaks(as_of_date=business_date(), calendar=regulation.calendar())
        context = framed(
            request,
            "clearing",
            breaks=found,
            run=last_run(account=SETTLEMENT),
            files=statements(account=SETTLEMENT, limit=FILES_SHOWN),
            accounts=accounts(),
            actor=actor_of(request),
        )
        return shown(request, "bank/clearing.html", context, {"breaks": [_body(one) for one in found]})


def _body(one: BreakView) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "account": one.account,
        "code": one.code,
        "key": one.key,
        "ours": one.ours,
        "booked": one.booked,
        "theirs": one.theirs,
        "difference": one.difference,
        "age_days": one.age_days,
        "owner": one.owner,
        "status": one.status,
        "proposal": one.proposal_id,
        "proposed_by": one.proposed_by,
    }


class StatementUpload(StaffView):
    """Takes the rail's statement of the settlement account: camt.053.001 or CSV."""

    capability = "statement.import"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Read it in; the workers end what it answers and reconcile through its day."""
        actor = actor_of(request)

        def take() -> Mapping[str, Any]:
            file = request.FILES.get("statement")
            if file is None:
                raise FieldMissing(field="statement")
            if not file.size or file.size > LARGEST_FILE_BYTES:
                raise StatementUnreadable(reason="it is too large" if file.size else "it is empty")
            taken = reconciliation.import_statement(
                account=SETTLEMENT,
                content=file.read(),
                file_name=str(file.name),
                imported_by=actor,
                now=now(),
            )
            day = taken.statement.statement_date
            enqueue("jobs.reconcile", schema=current_schema(), through_date=day.isoformat())
            counted = {"new": taken.new_count, "bad": len(taken.bad_rows)}
            detail: dict[str, object] = {"sm3": taken.statement.file_hash, **counted}
            audit.record(
                actor=actor, action="statement.import", subject=day.isoformat(), detail=detail, now=now()
            )
            return {"statement_date": day, "is_news": taken.is_news, **counted}

        return act(request, take, to=PATH, status=201)


class BreakAct(StaffView, ABC):
    """What the acts on a break share: one act, one line in the audit log."""

    action = ""

    def post(self, request: HttpRequest, break_id: UUID) -> HttpResponse:
        """Do it."""
        form, actor, subject = Form(request), actor_of(request), public_id("brk", break_id)

        def work() -> Mapping[str, Any]:
            detail = self.work(break_id, form, actor)
            audit.record(actor=actor, action=self.action, subject=subject, detail=dict(detail), now=now())
            return {"break": subject, **detail}

        return act(request, work, to=PATH)

    @abstractmethod
    def work(self, break_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Do the act in the open transaction; return what the audit log keeps of it."""


class BreakAssign(BreakAct):
    """Gives a break to somebody."""

    capability = "break.resolve"
    action = "break.assign"

    def work(self, break_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Assign it."""
        owner = form.text("owner")
        reconciliation.assign_break(break_id=break_id, owner=owner, actor=actor, now=now())
        return {"owner": owner}


class BreakPropose(BreakAct):
    """Proposes the posting that brings the books to what the file says."""

    capability = "break.resolve"
    action = "break.propose"

    def work(self, break_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Propose the whole difference against one other account."""
        counter, note, today = form.text("account", longest=32), form.text("note"), business_date()
        found = get_break(break_id=break_id, as_of_date=today, calendar=regulation.calendar())
        reconciliation.propose_resolution(
            break_id=break_id,
            lines=_lines(found.account, counter, found.difference),
            note=note,
            proposed_by=actor,
            now=now(),
        )
        return {"account": counter, "note": note}


def _lines(account: str, counter: str, difference: Money) -> tuple[Line, ...]:
    """Return the two lines that move an account by a difference; none where there is none."""
    if difference.minor > 0:
        return Line.debit(account, difference), Line.credit(counter, difference)
    if difference.minor < 0:
        return Line.debit(counter, -difference), Line.credit(account, -difference)
    return ()


class BreakApprove(BreakAct):
    """Approves what another person proposed, as it was shown."""

    capability = "break.approve"
    action = "break.approve"

    def work(self, break_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Post it on the open day."""
        today: date = business_date()
        hold_book(business_date=today)
        entry = reconciliation.approve_resolution(
            break_id=break_id,
            approved_by=actor,
            booking_date=today,
            now=now(),
            proposal_id=form.count("proposal"),
        )
        return {"entry": public_id("jrn", entry.id)}


class BreakReject(BreakAct):
    """Rejects what another person proposed; the break stays open."""

    capability = "break.approve"
    action = "break.reject"

    def work(self, break_id: UUID, form: Form, actor: str) -> Mapping[str, Any]:
        """Reject it."""
        note = form.text("note", "")
        reconciliation.reject_resolution(break_id=break_id, rejected_by=actor, note=note, now=now())
        return {"note": note}
