"""The steps of a day-end, as data: their order, what each does, on which days, and in which portions.

    cut_off             what is still open with the rail is written down
    roll_due            rates that begin today take effect (J8), then instalments payable today become due:
                        Dr 1132 / Cr 1303.02 in one entry; what was paid too much pays them first
    accrue_interest     interest and penalty of the day, one scan, one entry an income account and product
    move_due_dates      where the calendar changed, due dates ahead follow it (M-07)
    amortise_fees       deferred fees are earned for the day by their curves, one entry a product (B5.4)
    share_accruals      partners get their part of what joint loans earned, each bank its own VAT (J9)
    classify            loans that crossed a threshold move to their tier and stage (C-01 to C-07)
    switch_accrual      loans that are long past due stop accruing, those cured return (rules 2.9, E-04)
    run_ecl             on a month's last day: expected loss, three entries at most (E-01 to E-05)
    fold                new postings into balances
    prove               books and sub-ledger agree, or the run fails here and the date stays
    issue_statements    on the bank's statement day: each line's month is added up and hashed (S2-46)
    roll_date           the next calendar day opens: interest runs on holidays too (M-08)
    close_account_days  the day's closing balances are written
    close_month         on a month's last day: nothing posts into the month any more
    seal                the lines booked since the last seal are chained and rooted
    roll_overdue        loans whose due date has passed unpaid are marked, once
    emit_reminders      loans that fall due soon are told, once
    close_lines         credit lines that can never be drawn again and owe nothing are ended

The order is that of `lending.md` section 3, but the expected loss goes before the proof, which then covers
it; a step is listed once its behaviour exists. What touches every loan is one statement over sets. What
touches the loans that crossed a line goes in portions of `LOANS_A_PORTION`, each a transaction of its own, so
that no lock is held long and nobody waits for the whole book; a portion finds its own beginning, because a
loan that was marked is no longer among those to mark. Marking comes after the roll, when no payment can be
dated on the old day any more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from connectors.payment_rails import queries as rails
from connectors.payment_rails.states import Direction
from ledger.balances import operations as balances
from ledger.journal import operations as journal
from ledger.proofs.queries import Finding, check_books
from ledger.seals import operations as seals
from lending.credit_lines import operations as lines
from lending.deferrals import operations as deferrals
from lending.deferrals.queries import are_fees_deferred
from lending.impairment import non_accrual
from lending.impairment import operations as impairment
from lending.loans import accrual, watch
from lending.loans import operations as loans
from lending.participations import operations as participations
from lending.proofs import Since, check_loans
from lending.statements import operations as statements
from plumbing.clock import operations as clock
from regulation import queries as regulation

LOANS_A_PORTION: Final = 2_000
SWITCHES_A_PORTION: Final = 500  # each is a replay: some milliseconds
CLOSED_BY: Final = "day_end"
FOLDS: Final = "fold"
PROVES: Final = "prove"
CLOSES: Final = "close_account_days"
SEALS: Final = "seal"
ROLLS: Final = "roll_due"
MOVES_DATE: Final = "roll_date"  # whatever is held for the old date ends with it
STAGES: Final = (1, 2, 3)  # IFRS 9
_ROLLED: Final = ("loans", "due", "principal_minor", "interest_minor", "entries", "from_credit")
_CLASSIFIED: Final = ("crossed", "by_rules", "tier_changes", "stage_changes")
_ONE_DAY: Final = timedelta(days=1)

Figures = dict[str, Any]


class ProofFailed(Exception):
    """The books do not agree; carries what was found to the step that records it."""

    def __init__(self, findings: list[Figures]) -> None:
        super().__init__("the proof does not hold")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Work:
    """What a step is called with: the day, the clock, what it has left so far, who knows the last proof."""

    business_date: date
    now: datetime
    figures: Figures
    last_proof: Callable[[], Since | None]
    alone: bool = False  # nothing else is written between this step and the commit

    @property
    def next_date(self) -> date:
        """The day that opens."""
        return self.business_date + _ONE_DAY


@dataclass(frozen=True, slots=True)
class Portion:
    """What one call of a step did: figures so far, rows done and in all, and whether that is all of it."""

    figures: Figures = field(default_factory=dict)
    rows_done: int = 0
    rows_total: int | None = None
    finished: bool = True


def every_day(_: date) -> bool:
    """Tell that a step belongs to every day."""
    return True


def ends_month(business_date: date) -> bool:
    """Tell whether a day is its month's last, a holiday or not (J7)."""
    return (business_date + _ONE_DAY).day == 1


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its name, its act, the days it belongs to, and the memory its statements may sort in."""

    name: str
    act: Callable[[Work], Portion]
    on: Callable[[date], bool] = every_day
    work_memory: str = ""
    when_calm: Figures | None = None  # what it leaves behind where it finds nothing


def _cut_off(work: Work) -> Portion:
    items = {direction: rails.open_items(direction=direction) for direction in Direction}
    return cut_off_of(work.business_date, items[Direction.PAY], items[Direction.COLLECT])


def cut_off_of(business_date: date, payments: rails.OpenItems, collections: rails.OpenItems) -> Portion:
    """Return what the first step says of a day: what was on its way when it ended."""
    count = payments.count + collections.count
    figures = {
        "business_date": business_date.isoformat(),
        "open_payments": payments.count,
        "open_payments_amount": str(payments.total),
        "open_collections": collections.count,
        "open_collections_amount": str(collections.total),
    }
    return Portion(figures, count, count)


def _accrue(work: Work) -> Portion:
    return accrued(accrual.accrue(business_date=work.business_date, now=work.now))


def accrued(posted: accrual.AccrualFigures) -> Portion:
    """Return what an accrual says of a day."""
    figures = {
        "interest_minor": posted.interest,
        "penalty_minor": posted.penalty,
        "loans": posted.loan_count,
        "entries": posted.entry_count,
        "accrued_through": posted.accrued_through_date.isoformat(),
    }
    return Portion(figures, posted.loan_count, posted.loan_count)


def _move_due_dates(work: Work) -> Portion:
    """Compare the calendar with that of the last run's beginning; the first run has nothing to compare."""
    last = work.last_proof()
    if last is None:
        return Portion()
    if not regulation.calendar_changed(after=last.finished_from):
        return Portion({"loans": 0}, 0, 0)
    before, after = regulation.calendar(known_at=last.finished_from), regulation.calendar()
    moves = loans.moves_between(before=before, after=after, business_date=work.business_date)
    count = 0
    if moves:
        count = loans.move_due_dates(
            moves=moves, business_date=work.business_date, now=work.now, limit=LOANS_A_PORTION
        )
    done = int(work.figures.get("loans", 0)) + count
    return Portion({"loans": done}, done, None if count else done, finished=count == 0)


def _roll_due(work: Work) -> Portion:
    """Rates that change today first; where days were missed, the accrual catches up before they can.

    The book is closed before any loan is locked: to ask for it alone while holding loans would wait for those
    who wait for the loans.
    """
    accrual.close_book(business_date=work.business_date)
    behind = accrual.books_at(business_date=work.business_date).accrued_through < work.business_date
    while not behind and loans.apply_rate_changes(business_date=work.business_date, now=work.now):
        continue
    rolled = accrual.roll_due(business_date=work.business_date, now=work.now)
    from_credit = 0 if behind else loans.use_credit_balances(business_date=work.business_date, now=work.now)
    figures = {
        "loans": rolled.loan_count,
        "due": rolled.due_count,
        "principal_minor": rolled.principal,
        "interest_minor": rolled.interest,
        "entries": rolled.entry_count,
        "from_credit": from_credit,
    }
    return Portion(figures, rolled.loan_count, rolled.loan_count)


def _amortise(work: Work) -> Portion:
    accrual.close_book(business_date=work.business_date)
    if not are_fees_deferred():
        return Portion({"amount_minor": 0, "fees": 0, "entries": 0}, 0, 0)
    posted = deferrals.amortise(business_date=work.business_date, now=work.now)
    figures = {"amount_minor": posted.amount, "fees": posted.fee_count, "entries": posted.entry_count}
    return Portion(figures, posted.fee_count, posted.fee_count)


def _share_accruals(work: Work) -> Portion:
    shared = participations.share_accruals(
        business_date=work.business_date, now=work.now, limit=LOANS_A_PORTION
    )
    done = {
        name: int(work.figures.get(name, 0)) + figure
        for name, figure in (("loans", shared.loan_count), ("entries", shared.entry_count))
    }
    return Portion(done, done["loans"], done["loans"] + shared.left_count, finished=shared.left_count == 0)


def _classify(work: Work) -> Portion:
    moved = impairment.classify_day(business_date=work.business_date, now=work.now)
    figures = {name: getattr(moved, name) for name in _CLASSIFIED}
    return Portion(figures, moved.crossed, moved.crossed)


def _switch_accrual(work: Work) -> Portion:
    switched = non_accrual.switch_accrual(
        business_date=work.business_date, now=work.now, limit=SWITCHES_A_PORTION
    )
    counts = {"stopped": switched.stopped, "changed": switched.changed, "resumed": switched.resumed}
    figures = {name: int(work.figures.get(name, 0)) + count for name, count in counts.items()}
    done = sum(figures.values())
    return Portion(figures, done, done + switched.rest, finished=switched.rest == 0)


def _run_ecl(work: Work) -> Portion:
    run, _ = impairment.run_ecl(as_of_date=work.business_date, now=work.now)
    allowances = {f"stage_{stage}_minor": run.allowance(stage) for stage in STAGES}
    figures = {"exposures": run.exposure_count, **allowances, "commitment_minor": run.commitment}
    return Portion(figures, run.exposure_count, run.exposure_count)


def _fold(work: Work) -> Portion:
    count = balances.fold(now=work.now)
    return folded(count)


def folded(count: int) -> Portion:
    """Return what a fold says of so many lines."""
    return Portion({"postings": count}, count, count)


def _prove(work: Work) -> Portion:
    """Prove what was booked since the last proof began; business went on after it, on the same date too.

    The books first, the loans in a second transaction: only the loans need the accrual held still.
    """
    found = list(work.figures.get("findings", ()))
    since = work.last_proof()
    if not found:
        findings = check_books(booked_from=None if since is None else since.booked_from, together=work.alone)
    else:
        findings = check_loans(business_date=work.business_date, since=since)
    books_only, checked = not found, found + [_noted(finding) for finding in findings]
    if not all(finding.ok for finding in findings):
        raise ProofFailed(checked)
    return Portion(
        {"findings": checked}, len(checked), None if books_only else len(checked), finished=not books_only
    )


def _noted(finding: Finding) -> Figures:
    return {
        "invariant": finding.invariant,
        "ok": finding.ok,
        "detail": finding.detail,
        "figures": dict(finding.figures),
    }


def _issue_statements(work: Work) -> Portion:
    issued = statements.issue_statements(business_date=work.business_date, now=work.now)
    done = int(work.figures.get("statements", 0)) + issued.count
    return Portion({"statements": done}, done, done if issued.finished else None, finished=issued.finished)


def _roll_date(work: Work) -> Portion:
    """Move the date when no transaction is under way that is dated on the old one."""
    accrual.close_book(business_date=work.business_date)
    journal.open_period(month=work.next_date)
    clock.roll(from_date=work.business_date, to_date=work.next_date)
    return date_moved(work.next_date)


def date_moved(to_date: date) -> Portion:
    """Return what the roll of the date says."""
    return Portion({"business_date": to_date.isoformat()})


def _close_account_days(work: Work) -> Portion:
    return days_closed(balances.close_days(through_date=work.business_date))


def days_closed(count: int) -> Portion:
    """Return what the closing of so many account days says."""
    return Portion({"account_days": count}, count, count)


def _close_month(work: Work) -> Portion:
    """Close the months that have ended; corrections of them are booked in the open one from now on.

    One in which a payment still waits for its outcome stays open, for people or the next month's end.
    """
    closed = journal.close_ended_periods(before_date=work.next_date, closed_by=CLOSED_BY, now=work.now)
    return Portion({"month": ", ".join(f"{period.month:%Y-%m}" for period in closed)})


def _seal(work: Work) -> Portion:
    sealed = seals.seal_day(business_date=work.business_date, now=work.now)
    done = int(work.figures.get("postings", 0)) + sealed.line_count
    return lines_sealed(done, sealed.root, finished=sealed.finished)


def lines_sealed(count: int, root: bytes, *, finished: bool = True) -> Portion:
    """Return what the sealing of so many lines says."""
    return Portion(
        {"postings": count, "root": root.hex()}, count, count if finished else None, finished=finished
    )


def _roll_overdue(work: Work) -> Portion:
    count = watch.mark_overdue(business_date=work.next_date, now=work.now, limit=LOANS_A_PORTION)
    return _marked(work, count, watch.overdue_count)


def _emit_reminders(work: Work) -> Portion:
    count = watch.mark_due_soon(business_date=work.next_date, now=work.now, limit=LOANS_A_PORTION)
    return _marked(work, count, watch.due_soon_count)


def _close_lines(work: Work) -> Portion:
    count = lines.close_finished(business_date=work.next_date, now=work.now, limit=LOANS_A_PORTION)
    done, finished = int(work.figures.get("lines", 0)) + count, count < LOANS_A_PORTION
    return Portion({"lines": done}, done, done if finished else None, finished=finished)


def _marked(work: Work, count: int, left_on: Callable[..., int]) -> Portion:
    """Count on until none is left: one that was paid meanwhile does not end the step early."""
    all_done = work.alone and count < LOANS_A_PORTION
    left = 0 if all_done else left_on(business_date=work.next_date)
    done = int(work.figures.get("loans", 0)) + count
    return Portion({"loans": done}, done, done + left, finished=left == 0)


ALL: Final = (
    Step("cut_off", _cut_off),
    Step(ROLLS, _roll_due, work_memory="64MB", when_calm=dict.fromkeys(_ROLLED, 0)),
    Step("accrue_interest", _accrue, work_memory="64MB"),
    Step("move_due_dates", _move_due_dates, when_calm={"loans": 0}),
    Step("amortise_fees", _amortise, when_calm={"amount_minor": 0, "fees": 0, "entries": 0}),
    Step("share_accruals", _share_accruals, when_calm={"loans": 0, "entries": 0}),
    Step("classify", _classify, work_memory="128MB", when_calm=dict.fromkeys(_CLASSIFIED, 0)),
    Step("switch_accrual", _switch_accrual, when_calm=dict.fromkeys(("stopped", "changed", "resumed"), 0)),
    Step("run_ecl", _run_ecl, on=ends_month, work_memory="128MB"),
    Step(FOLDS, _fold, work_memory="64MB"),
    Step(PROVES, _prove, work_memory="128MB"),
    Step("issue_statements", _issue_statements, work_memory="64MB", when_calm={"statements": 0}),
    Step(MOVES_DATE, _roll_date),
    Step(CLOSES, _close_account_days),
    Step("close_month", _close_month, on=ends_month),
    Step(SEALS, _seal),
    Step("roll_overdue", _roll_overdue, when_calm={"loans": 0}),
    Step("emit_reminders", _emit_reminders, when_calm={"loans": 0}),
    Step("close_lines", _close_lines, when_calm={"lines": 0}),
)
STEPS: Final = {step.name: step for step in ALL}


def steps_of(business_date: date) -> tuple[Step, ...]:
    """Return the steps that end a business date, in their order."""
    return tuple(step for step in ALL if step.on(business_date))
