"""Filling a test clock's bank with a seed: the real operations, on the bank's own dates, in one job.

Firms are introduced, send their data, apply and are decided on by the bank's strategy; those it approves
sign, draw and pay as their habits say, and the clock's real day-ends pass between. A worker that dies leaves
a bank that nobody needs: the next one makes it anew, and the same comes of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from interfaces import sandbox_acts, sandbox_banks
from interfaces.door import now
from interfaces.jobs import assessments, payments
from interfaces.jobs.guarding import guarded
from interfaces.jobs.sandbox_days import Course, Progress, go_on
from interfaces.sandbox_firms import Firm, firms, rows_of
from interfaces.sandbox_worlds import WORLDS, Draw
from kernel.money import Money
from kernel.refusals import Refusal
from lending.applications import operations as applications
from lending.applications.document import Lender
from lending.applications.queries import get_application
from lending.credit_lines.queries import get_line
from lending.drawdowns import operations as drawdowns
from lending.drawdowns.queries import get_drawdown
from lending.loans.queries import LoanView, get_loan, instalments
from openbanking.consents import operations as consents
from openbanking.feed import operations as feed
from parties.enterprises import operations as enterprises
from plumbing.clock.queries import business_date
from plumbing.schemas import public_schema
from tenants.banks.queries import get_bank
from tenants.sandboxes.queries import ClockView

PURPOSE: Final = "credit_assessment"
CONSENT_LASTS: Final = timedelta(days=1500)  # instants are the machine's: longer than any seed's life
TEXT_SHA256: Final = "5eed" * 16
_STEP_FEN: Final = 100_00  # draws are whole hundreds


def begin(clock: ClockView) -> str:
    """Make a clock's bank anew; return why it could not be made, or nothing."""
    try:
        sandbox_banks.renew(clock)
    except Refusal as refusal:
        return refusal.code
    return ""


def fill(clock: ClockView) -> str:
    """Live a seed in a clock's new bank, up to its last date; return why it stopped early, or nothing."""
    story = Story(clock)
    for day, acts in sorted(story.acts.items()):
        failure = story.live_to(day)
        if failure:
            return failure
        for act in acts:
            act()
            story.progress(day)
    return story.live_to(WORLDS[clock.seed].last_date)


class Story:
    """What is to happen in a seed on which date, as far as it is known."""

    def __init__(self, clock: ClockView) -> None:
        self.clock, self.progress = clock, Progress(clock)
        with public_schema():
            bank = get_bank(bank_id=clock.bank_id)
        self.bank = bank
        self.lender = Lender(name_zh=bank.name_zh, name_en=bank.name_en)
        self.acts: dict[date, list[Callable[[], object]]] = defaultdict(list)
        self.payments: dict[date, list[UUID]] = defaultdict(list)
        self.lines: dict[int, tuple[UUID, UUID]] = {}  # by a firm's number: its line and its account
        for firm in firms(WORLDS[clock.seed]):
            self.acts[firm.joins_on].append(partial(self.enrol, firm))
            for number, draw in enumerate(firm.group.draws, start=1):
                self.acts[firm.drawn_on(draw.day)].append(partial(self.draw, firm, number, draw))

    def live_to(self, day: date) -> str:
        """End days up to a date, loans being paid on the way; return why it stopped early, or nothing."""
        course = Course(to_date=day, payers=self.payers, passed=self.progress, awaited=self.next_payment)
        return go_on(course)

    def next_payment(self, day: date) -> date | None:
        """Return the first date after a day on which a loan is paid."""
        return min((planned for planned in self.payments if planned > day), default=None)

    def payers(self, day: date) -> list[LoanView]:
        """Return the loans that are paid on a day."""
        return [get_loan(loan_id=loan_id, scene_id=None) for loan_id in self.payments.get(day, ())]

    def enrol(self, firm: Firm) -> None:
        """Introduce a firm with its data, let it apply, and sign if the bank approves."""
        account_id, application_id = self._applied(firm)
        assessments.assess(application_id)
        application = get_application(application_id=application_id, scene_id=None)
        if application.status != "approved":
            return
        with transaction.atomic():
            agreement = sandbox_acts.sign(
                application.id, lender=self.lender, now=now(), today=business_date()
            )
        assert agreement.credit_line_id is not None  # noqa: S101  it is signed
        self.lines[firm.number] = (agreement.credit_line_id, account_id)

    @transaction.atomic
    def _applied(self, firm: Firm) -> tuple[UUID, UUID]:
        """Return a firm's account and its application."""
        scene_id, instant, particulars = self.clock.scene_id, now(), firm.particulars
        business = enterprises.register_enterprise(scene_id=scene_id, now=instant, **particulars)
        account = enterprises.add_bank_account(
            enterprise_id=business.id,
            account_number=firm.account_number,
            bank_name="示例银行",
            holder_name=business.legal_name,
            now=instant,
        )
        clusters = ("receipts", *firm.group.feeds)
        consent = consents.grant_consent(
            enterprise_id=business.id,
            scene_id=scene_id,
            purpose=PURPOSE,
            data_classes=tuple(feed.DATA_CLASSES[cluster] for cluster in clusters),
            recipient=self.bank.name_zh,
            text_version="sandbox",
            text_sha256=TEXT_SHA256,
            expires_at=instant + CONSENT_LASTS,
            evidence={"channel": "sandbox_seed"},
            now=instant,
        )
        for cluster in clusters:
            feed.ingest(
                cluster=cluster,
                enterprise_id=business.id,
                scene_id=scene_id,
                consent_id=consent.id,
                rows=list(rows_of(firm, cluster)),
                now=instant,
            )
        application = applications.submit_application(
            scene_id=scene_id,
            enterprise_id=business.id,
            product_code=firm.group.product,
            amount=Money.parse(firm.group.amount),
            tenor_days=firm.group.tenor_days,
            purpose="working_capital",
            offer_id=None,
            external_id=f"{particulars['external_id']}-A",
            now=instant,
            business_date=business_date(),
        )
        return account.id, application.id

    def draw(self, firm: Firm, number: int, draw: Draw) -> None:
        """Draw on a firm's line, if the bank gave it one and lets it, and plan how that is paid."""
        if firm.number not in self.lines:
            return
        line_id, account_id = self.lines[firm.number]
        limit = get_line(line_id=line_id, scene_id=None).limit
        amount = Money(limit.minor * draw.share_percent // 100 // _STEP_FEN * _STEP_FEN)
        asked = guarded(
            "draw", f"{firm.seed} {firm.number}", partial(self._drawn, line_id, account_id, amount, draw)
        )
        if asked is None:
            return
        payments.disburse(asked)
        loan_id = get_drawdown(drawdown_id=asked, scene_id=None).loan_id
        if loan_id is not None:
            self.plan(firm, number, get_loan(loan_id=loan_id, scene_id=None))

    @transaction.atomic
    def _drawn(self, line_id: UUID, account_id: UUID, amount: Money, draw: Draw) -> UUID:
        return drawdowns.draw_down(
            line_id=line_id,
            scene_id=self.clock.scene_id,
            amount=amount,
            tenor_days=draw.tenor_days,
            bank_account_id=account_id,
            external_id=None,
            offer_id=None,
            now=now(),
            business_date=business_date(),
        ).id

    def plan(self, firm: Firm, number: int, loan: LoanView) -> None:
        """Write down on which dates a loan is paid, as its firm's habit says."""
        for instalment, due_date in _due_dates(loan, number):
            delay = firm.habit.delay(instalment)
            if delay is None:
                return
            self.payments[due_date + timedelta(days=delay)].append(loan.id)


def _due_dates(loan: LoanView, number: int) -> Iterator[tuple[int, date]]:
    """Yield a loan's instalments with their due dates; one lent by the day is its firm's `number`-th."""
    rows = instalments(loan_id=loan.id)
    if rows:
        yield from ((row.number, row.due_date) for row in rows)
    elif loan.due_date is not None:
        yield number, loan.due_date
