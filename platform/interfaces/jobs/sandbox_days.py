"""The days of a sandbox bank, ended one after another, and what its world does between them.

The rail answers what it left open and takes back what it collected, people decide what waits for them, and
borrowers pay. Kill it anywhere: every stretch of days and every act is a transaction of its own, done once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from connectors.payment_rails.queries import open_instructions
from interfaces import sandbox_acts
from interfaces.door import now
from interfaces.jobs import day_ends, payments
from interfaces.jobs.guarding import guarded
from kernel.refusals import Refusal
from lending.applications.views import ApplicationView
from lending.drawdowns.queries import get_drawdown
from lending.loans.queries import LoanView
from lending.repayments import operations as repayments
from lending.repayments.models import RepaymentKind
from plumbing.clock.queries import business_date
from plumbing.schemas import public_schema
from tenants.sandboxes import operations as sandboxes
from tenants.sandboxes.queries import ClockView

NOTED_EVERY: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Course:
    """How a sandbox's days go on: up to a date, unless it is over before; who pays on an open day.

    `awaited` says on which later day somebody pays who pays on another day than a due date: days on which
    nothing but interest happens are gone through together, and nobody is asked. `passed` is told of dates.
    """

    to_date: date
    payers: Callable[[date], Sequence[LoanView]]
    passed: Callable[[date], None]
    over: Callable[[], bool] = lambda: False
    awaited: Callable[[date], date | None] = lambda day: None


class Progress:
    """Notes now and then where a clock stands: for those who look, and so that nobody takes it for left."""

    def __init__(self, clock: ClockView) -> None:
        self.clock, self.noted_at = clock, now()

    def __call__(self, day: date) -> None:
        """Note a date, unless one was noted a moment ago."""
        if now() - self.noted_at > NOTED_EVERY:
            with public_schema(), transaction.atomic():
                sandboxes.note_progress(clock_id=self.clock.id, frozen_date=day, now=now())
            self.noted_at = now()


def go_on(course: Course) -> str:
    """End days until the course ends; return why it stopped early, or nothing."""
    day = business_date()
    while day < course.to_date:
        try:
            failed = _live(course, day)
        except Refusal as refusal:
            return f"{day}: {refusal.code}"
        if failed:
            return f"{day}: {failed}"
        day = business_date()
        for application in sandbox_acts.reviews_due(day):
            guarded("review", application.public_id, partial(_review, application))
        if course.over():
            break
        course.passed(day)
    return ""


def _live(course: Course, day: date) -> str:
    """Let the world act, then end days until it has to act again; return the step that failed."""
    for instruction in open_instructions():
        guarded("enquire", instruction.message_id, partial(payments.enquire, instruction))
    for repayment_id in sandbox_acts.returns_due(day):
        guarded("return", str(repayment_id), partial(_return, repayment_id))
    for loan in course.payers(day):
        guarded("pay", str(loan.id), partial(_pay, loan))
        course.passed(day)

    def waits(open_day: date) -> bool:
        asked = open_instructions(limit=1) or course.payers(open_day)
        return bool(asked) or course.over()

    # What somebody does on a day of its own is waited for; nothing but acts like these brings more.
    stops = (course.to_date, sandbox_acts.awaited(day), course.awaited(day))
    before_date = min(stop for stop in stops if stop is not None)
    failed = day_ends.end_small_days(day, before_date=before_date, waits=waits)
    return "" if failed is None else failed.name


def _pay(loan: LoanView) -> str:
    """Collect all that is due of a loan."""
    account = get_drawdown(drawdown_id=loan.drawdown_id, scene_id=None).bank_account_id
    asked = payments.on_the_books(
        lambda today: repayments.request_repayment(
            loan_id=loan.id,
            scene_id=loan.scene_id,
            kind=RepaymentKind.SCHEDULED,
            amount=None,
            principal=None,
            bank_account_id=account,
            external_id=None,
            now=now(),
            business_date=today,
        )
    )
    return payments.collect(asked.id)


def _review(application: ApplicationView) -> None:
    """Have the bank's reviewer approve what was left for a day."""
    with transaction.atomic():
        sandbox_acts.review(application, approve=True, now=now(), today=business_date())


def _return(repayment_id: UUID) -> str:
    """Have the rail take a payment back."""
    return payments.on_the_books(
        lambda today: sandbox_acts.returned(repayment_id, now=now(), today=today)
    ).status
