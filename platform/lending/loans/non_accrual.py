"""Loans that no longer accrue: their row beside the loan, a daily loan's fold, what the books hold otherwise.

`StoppedAccrual` is a projection of the log, like the loan's own balances: it follows from the rows of kind
`non_accrual` and `accrual_return` and from everything valued before them. The set-based accrual goes on
reckoning what every loan earns; what these few wait for is taken off its sums (`apart_at`).
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection

from lending.loans.models import Loan, LoanTransaction, StoppedAccrual
from lending.loans.position import Effect, Terms, fold, interest_earned, penalty_earned
from lending.loans.states import BOOKS_ONLY, TransactionKind
from lending.replay import Earned, NonAccrual, StopTerms, Waiting
from lending.replay.non_accrual import stopped
from lending.replay.picture import day_index

_GIVEN_UP: Final = (TransactionKind.WAIVER, TransactionKind.WRITE_OFF)
_KINDS: Final = ("interest", "late")
_WRITTEN: Final = [
    each.name for each in StoppedAccrual._meta.concrete_fields if not each.primary_key
]  # all but the loan


def find(loan_id: UUID) -> NonAccrual | None:
    """Return how a loan does not accrue; None if it does."""
    return find_all([loan_id]).get(loan_id)


def find_all(loan_ids: Sequence[UUID]) -> dict[UUID, NonAccrual]:
    """Return the loans among these that do not accrue, and how."""
    return {row.loan_id: _read(row) for row in StoppedAccrual.objects.filter(loan_id__in=loan_ids)}


def _read(row: StoppedAccrual) -> NonAccrual:
    interest, late = (
        Waiting(**{each.name: getattr(row, f"{kind}_{each.name}") for each in fields(Waiting)})
        for kind in _KINDS
    )
    return NonAccrual(row.since_date, row.policy, interest, late, row.allowance)


_NONE_STOPPED: Final[ContextVar[list[bool] | None]] = ContextVar("none_stopped", default=None)


@contextmanager
def knowing_stopped() -> Iterator[None]:
    """Look once whether any loan does not accrue, for a transaction beside which none can stop or resume."""
    held = _NONE_STOPPED.set([not StoppedAccrual.objects.exists()])
    try:
        yield
    finally:
        _NONE_STOPPED.reset(held)


def keep(row: Loan, found: NonAccrual | None) -> None:
    """Write down how a loan does not accrue, or that it does; the caller saves the loan."""
    keep_all([(row, found)])


def keep_all(found: Iterable[tuple[Loan, NonAccrual | None]]) -> None:
    """Write it down of many loans together."""
    kept, gone = [], []
    for row, how in found:
        row.non_accrual_date = None if how is None else how.since
        if how is None:
            gone.append(row.id)
        else:
            kept.append(_stored(row.id, how))
    none_stopped = _NONE_STOPPED.get()
    if kept and none_stopped is not None:
        none_stopped[0] = False
    if gone:
        StoppedAccrual.objects.filter(loan_id__in=gone).delete()
    StoppedAccrual.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["loan_id"], update_fields=_WRITTEN
    )


def _stored(loan_id: UUID, how: NonAccrual) -> StoppedAccrual:
    figures: dict[str, Any] = {
        f"{kind}_{each.name}": getattr(getattr(how, kind), each.name)
        for kind in _KINDS
        for each in fields(Waiting)
    }
    return StoppedAccrual(
        loan_id=loan_id, since_date=how.since, policy=how.policy, allowance=how.allowance, **figures
    )


def has_switched(row: Loan) -> bool:
    """Tell whether a loan's log says anything of not accruing."""
    return LoanTransaction.objects.filter(loan_id=row.id, kind__in=BOOKS_ONLY).exists()


def of_daily(rows: Iterable[LoanTransaction], terms: Terms) -> NonAccrual | None:
    """Return how a daily loan does not accrue, from its log."""
    return next((found for _, found, _ in reversed(course_of_daily(rows, terms))), None)


def course_of_daily(
    rows: Iterable[LoanTransaction], terms: Terms
) -> list[tuple[LoanTransaction, NonAccrual | None, int]]:
    """Return each row of a daily loan's log with how the loan accrued after it and the principal owed, fen.

    A stop counts if the loan was so late on that day.
    """
    log = sorted(rows, key=lambda row: (row.value_date, row.kind in BOOKS_ONLY, row.sequence))
    found: NonAccrual | None = None
    course = []
    principal = interest_paid = late_paid = 0
    for row in log:
        before = interest_paid, late_paid
        principal += row.principal_change.minor
        interest_paid += row.interest_paid.minor
        late_paid += row.penalty_paid.minor
        if row.kind in (*BOOKS_ONLY, *_GIVEN_UP):
            so_far = Earned(*_earned_by(log, terms, row.value_date), interest_paid, late_paid)
            found = _after(found, row, so_far, before, principal=principal, terms=terms)
        course.append((row, found, principal))
    return course


def _after(
    found: NonAccrual | None,
    row: LoanTransaction,
    so_far: Earned,
    before: tuple[int, int],
    *,
    principal: int,
    terms: Terms,
) -> NonAccrual | None:
    """Return how a daily loan does not accrue after a row; `before` is what had been paid until then."""
    past_due = max(0, (row.value_date - terms.due_date).days) if principal else 0
    if row.kind in _GIVEN_UP:
        was = Earned(so_far.interest, so_far.late, *before)
        return found and found.given_up(was, so_far, waived=row.kind == TransactionKind.WAIVER)
    if row.kind == TransactionKind.ACCRUAL_RETURN:
        return found if past_due else None
    if past_due < row.detail.get("count", 0):
        return found
    return stopped(found, stop_terms(row.detail), day=row.value_date, so_far=so_far)


def _earned_by(log: Iterable[LoanTransaction], terms: Terms, day: date) -> tuple[int, int]:
    effects = [
        Effect(row.value_date, row.principal_change.minor, row.interest_paid.minor, row.penalty_paid.minor)
        for row in log
    ]
    state = fold(effects, terms, through_date=day)
    return (
        (0, 0) if state is None else (interest_earned(state, terms, day), penalty_earned(state, terms, day))
    )


def stop_terms(detail: Mapping[str, Any]) -> StopTerms:
    """Return the terms that a row of the log keeps."""
    return StopTerms(
        policy=detail["policy"],
        net_ppm=detail.get("net_ppm", 0),
        net_late_ppm=detail.get("net_late_ppm", 0),
        allowance=detail.get("allowance", 0),
    )


@dataclass(frozen=True, slots=True)
class Apart:
    """What the books hold otherwise for loans of one income account and product that do not accrue, fen.

    `interest` and `late` wait in memo; `not_due` has fallen due but is not in 1132, since it is no income;
    `exempt`, `vat` and `late_vat` are so much less of each.
    """

    interest: int = 0
    late: int = 0
    not_due: int = 0
    exempt: int = 0
    vat: int = 0
    late_vat: int = 0

    def __add__(self, other: "Apart") -> "Apart":
        """Return the sums of two."""
        return Apart(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Apart)))

    def __sub__(self, other: "Apart") -> "Apart":
        """Return how much more the one is."""
        return Apart(*(getattr(self, each.name) - getattr(other, each.name) for each in fields(Apart)))

    @property
    def memo(self) -> int:
        """What waits in memo 9002."""
        return self.interest + self.late


@functools.cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "stopped.sql").read_text(encoding="utf-8")


def apart_at(day: date) -> dict[tuple[str, str], Apart]:
    """Return it by income account and product as of the start of a day, of all loans that do not accrue."""
    none_stopped = _NONE_STOPPED.get()
    if none_stopped is not None and none_stopped[0]:
        return {}
    indexes = {"actual": day_index(day, thirty=False), "thirty": day_index(day, thirty=True)}
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"day": day, **indexes})
        return {(row[0], row[1]): Apart(*map(int, row[2:])) for row in cursor.fetchall()}


def summed(parts: Mapping[tuple[str, str], Apart]) -> Apart:
    """Return the sums over all of them."""
    total = Apart()
    for part in parts.values():
        total += part
    return total
