"""Loans that no longer accrue: their row beside the loan, a daily loan's fold, what the books hold otherwise.

`StoppedAccrual` is a projection of the log, like the loan's own balances: it follows from the rows of kind
`non_accrual` and `accrual_return` and from everything valued before them. The set-based accrual goes on
reckoning what every loan earns; what these few wait for is taken off its sums (`apart_at`).
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
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


def keep(row: Loan, found: NonAccrual | None) -> None:
    """Write down how a loan does not accrue, or that it does; the caller saves the loan."""
    row.non_accrual_date = None if found is None else found.since
    if found is None:
        StoppedAccrual.objects.filter(loan_id=row.id).delete()
        return
    figures: dict[str, Any] = {
        f"{kind}_{each.name}": getattr(getattr(found, kind), each.name)
        for kind in _KINDS
        for each in fields(Waiting)
    }
    figures |= {"since_date": found.since, "policy": found.policy, "allowance": found.allowance}
    StoppedAccrual.objects.update_or_create(loan_id=row.id, defaults=figures)


def has_switched(row: Loan) -> bool:
    """Tell whether a loan's log says anything of not accruing."""
    return LoanTransaction.objects.filter(loan_id=row.id, kind__in=BOOKS_ONLY).exists()


def of_daily(rows: Iterable[LoanTransaction], terms: Terms) -> NonAccrual | None:
    """Return how a daily loan does not accrue, from its log: a stop counts if it was so late on that day."""
    log = sorted(rows, key=lambda row: (row.value_date, row.kind in BOOKS_ONLY, row.sequence))
    found: NonAccrual | None = None
    principal = interest_paid = late_paid = 0
    for row in log:
        before = interest_paid, late_paid
        principal += row.principal_change.minor
        interest_paid += row.interest_paid.minor
        late_paid += row.penalty_paid.minor
        if row.kind not in (*BOOKS_ONLY, *_GIVEN_UP):
            continue
        day = row.value_date
        interest, late = _earned_by(log, terms, day)
        so_far = Earned(interest, late, interest_paid, late_paid)
        past_due = max(0, (day - terms.due_date).days) if principal else 0
        if row.kind in _GIVEN_UP:
            was = Earned(interest, late, *before)
            waived = row.kind == TransactionKind.WAIVER
            found = found and found.given_up(was, so_far, waived=waived)
        elif row.kind == TransactionKind.ACCRUAL_RETURN:
            found = found if past_due else None
        elif past_due >= row.detail.get("count", 0):
            found = stopped(found, stop_terms(row.detail), day=day, so_far=so_far)
    return found


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
