"""The day-end (日终): a fixed row of small steps, each its own transaction, done once each.

    cut_off             what is still open with the rail is written down
    accrue_interest     interest and penalty of the day, one scan, one entry an income account
    fold                new postings into balances
    prove               books and sub-ledger agree, or the run fails here and the date stays
    roll_date           the next calendar day opens: interest runs on holidays too (M-08)
    close_account_days  the day's closing balances are written
    roll_overdue        loans whose due date has passed unpaid are marked, once
    emit_reminders      loans that fall due soon are told, once

Kill it anywhere: a step is recorded in the transaction that does its work, so the next call goes on where it
stopped and a second run of a finished day changes nothing. Business goes on meanwhile; what keeps the figures
exact while it does is said in `lending.loans.accrual`. Marking comes after the roll, when no payment can be
dated on the old day any more.
"""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from connectors.payment_rails import queries as rails
from connectors.payment_rails.states import Direction
from kernel.refusals import Kind, Refusal
from ledger.balances import operations as balances
from ledger.journal import operations as journal
from ledger.proofs.queries import check_books
from lending.day_end.models import DayEndRun, DayEndStep, RunStatus, StepStatus
from lending.day_end.queries import RunNotFound, RunView, StepView, step_view, view_of
from lending.loans import accrual, watch
from lending.proofs import Since, check_loans
from plumbing.clock import operations as clock
from plumbing.clock import queries as clock_queries
from plumbing.sql import in_transaction

DUE_SOON_DAYS: Final = 3
_ONE_DAY: Final = timedelta(days=1)


class DayEndOutOfOrder(Refusal):
    """Days end in order, and only the day that is open."""

    code = "lending.day_end_out_of_order"
    kind = Kind.CONFLICT
    message = "The books are open for {current}; {given} cannot be ended now."


class ProofFailed(Exception):
    """The books do not agree; carries what was found to the step that records it."""

    def __init__(self, findings: list[dict[str, Any]]) -> None:
        super().__init__("the proof does not hold")
        self.findings = findings


Figures = dict[str, Any]


def _cut_off(business_date: date, now: datetime) -> Figures:
    items = {direction: rails.open_items(direction=direction) for direction in Direction}
    return {
        "business_date": business_date.isoformat(),
        "open_payments": items[Direction.PAY].count,
        "open_payments_amount": str(items[Direction.PAY].total),
        "open_collections": items[Direction.COLLECT].count,
        "open_collections_amount": str(items[Direction.COLLECT].total),
    }


def _accrue(business_date: date, now: datetime) -> Figures:
    posted = accrual.accrue(business_date=business_date, now=now)
    return {
        "interest_minor": posted.interest,
        "penalty_minor": posted.penalty,
        "loans": posted.loan_count,
        "entries": posted.entry_count,
        "accrued_through": posted.accrued_through_date.isoformat(),
    }


def _fold(business_date: date, now: datetime) -> Figures:
    return {"postings": balances.fold(now=now)}


def _prove(business_date: date, now: datetime) -> Figures:
    """Prove what was booked since the last proof began; business went on after it, on the same date too."""
    last = DayEndRun.objects.filter(status=RunStatus.FINISHED).order_by("-business_date").first()
    since = None if last is None else Since(last.business_date, last.started_at)
    findings = [
        *check_books(booked_from=None if since is None else since.booked_from),
        *check_loans(business_date=business_date, since=since),
    ]
    found = [
        {"invariant": finding.invariant, "ok": finding.ok, "detail": finding.detail} for finding in findings
    ]
    if not all(finding.ok for finding in findings):
        raise ProofFailed(found)
    return {"findings": found}


def _roll_date(business_date: date, now: datetime) -> Figures:
    """Move the date when no transaction is under way that is dated on the old one."""
    accrual.close_book(business_date=business_date)
    tomorrow = business_date + _ONE_DAY
    journal.open_period(month=tomorrow)
    clock.roll(from_date=business_date, to_date=tomorrow)
    return {"business_date": tomorrow.isoformat()}


def _close_account_days(business_date: date, now: datetime) -> Figures:
    return {"account_days": balances.close_days(through_date=business_date)}


def _roll_overdue(business_date: date, now: datetime) -> Figures:
    return {"loans": watch.mark_overdue(business_date=business_date + _ONE_DAY, now=now)}


def _emit_reminders(business_date: date, now: datetime) -> Figures:
    tomorrow = business_date + _ONE_DAY
    return {"loans": watch.mark_due_soon(business_date=tomorrow, days_before=DUE_SOON_DAYS, now=now)}


STEPS: Final[dict[str, Callable[[date, datetime], Figures]]] = {
    "cut_off": _cut_off,
    "accrue_interest": _accrue,
    "fold": _fold,
    "prove": _prove,
    "roll_date": _roll_date,
    "close_account_days": _close_account_days,
    "roll_overdue": _roll_overdue,
    "emit_reminders": _emit_reminders,
}


@in_transaction
def begin_day_end(*, business_date: date, now: datetime) -> RunView:
    """Return the run of a business date, begun now if it was not before.

    Only the open day can begin, and only after the day before has finished; an existing run is returned.
    """
    existing = DayEndRun.objects.filter(business_date=business_date).first()
    if existing is not None:
        return view_of(existing)
    current = clock_queries.business_date()
    unfinished = DayEndRun.objects.exclude(status=RunStatus.FINISHED).exists()
    if unfinished or current != business_date:
        raise DayEndOutOfOrder(current=current, given=business_date)
    run, created = DayEndRun.objects.get_or_create(business_date=business_date, defaults={"started_at": now})
    if created:
        DayEndStep.objects.bulk_create(
            DayEndStep(run=run, position=position, name=name) for position, name in enumerate(STEPS, 1)
        )
    return view_of(run)


@in_transaction
def run_next_step(*, run_id: UUID, now: datetime) -> StepView | None:
    """Do the first step of a run that is not done; None when all are. Two callers take turns.

    A proof that does not hold is recorded as a failed step with its findings, and the run as failed; calling
    again tries it again.
    """
    run = DayEndRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise RunNotFound(run=str(run_id))
    step = run.steps.exclude(status=StepStatus.DONE).order_by("position").first()
    if step is None:
        if run.status != RunStatus.FINISHED:
            run.status, run.finished_at = RunStatus.FINISHED, now
            run.save(update_fields=["status", "finished_at"])
        return None
    started = time.perf_counter()
    try:
        step.figures, step.status = STEPS[step.name](run.business_date, now), StepStatus.DONE
    except ProofFailed as failure:
        step.figures, step.status = {"findings": failure.findings}, StepStatus.FAILED
    step.milliseconds = round((time.perf_counter() - started) * 1000)
    step.finished_at = now if step.status == StepStatus.DONE else None
    step.save()
    run.status = RunStatus.RUNNING if step.status == StepStatus.DONE else RunStatus.FAILED
    if run.status == RunStatus.RUNNING and not run.steps.exclude(status=StepStatus.DONE).exists():
        run.status, run.finished_at = RunStatus.FINISHED, now
    run.save(update_fields=["status", "finished_at"])
    return step_view(step)
