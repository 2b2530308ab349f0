"""The states of a loan, the only moves between them, and the kinds of rows in its log.

Overdue is not a state: it follows from the dates.
"""

from typing import Final

from django.db.models import TextChoices

from kernel.refusals import Kind, Refusal


class LoanStatus(TextChoices):
    """`disbursing` is booked and on its way to the borrower; it bears no interest."""

    DISBURSING = "disbursing"
    ACTIVE = "active"
    PAID_OFF = "paid_off"
    CANCELLED = "cancelled"  # the money never arrived
    WRITTEN_OFF = "written_off"  # off the books, still claimed (账销案存, E-05)


class AccrualDays(TextChoices):
    """By which days the interest of a period accrues inside it."""

    ACTUAL = "actual"
    THIRTY = "30/360"  # every month has thirty: the 31st adds nothing, February's last day makes up


class TransactionKind(TextChoices):
    """What a row of the log says happened."""

    DISBURSEMENT = "disbursement"
    REPAYMENT = "repayment"  # collected over the rail
    COUNTER_RECEIPT = "counter_receipt"  # paid at the bank's counter, perhaps keyed days later
    REALLOCATION = "reallocation"  # interest paid that a back-dated receipt made unnecessary
    REVERSAL = "reversal"
    RATE_CHANGE = "rate_change"
    EXTENSION = "extension"  # 展期: the final due date moves
    RE_AGE = "re_age"  # what is overdue joins the schedule again
    RE_AMORTISATION = "re_amortisation"  # what is left is spread anew
    PAUSE = "pause"  # no interest for a while
    DUE_DATE_MOVE = "due_date_move"  # the calendar changed
    WAIVER = "waiver"  # the bank gives interest up
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"  # money received after the write-off
    RENEWAL = "renewal"  # paid by the loan that renews it (续贷, R-14)
    CREDIT_REFUND = "credit_refund"  # what was paid too much goes back to where it came from
    CREDIT_USE = "credit_use"  # what was paid too much pays what falls due
    NON_ACCRUAL = "non_accrual"  # interest waits in memo until it is paid (E-04)
    ACCRUAL_RETURN = "accrual_return"  # nothing is past due any more


BOOKS_ONLY: Final = frozenset({TransactionKind.NON_ACCRUAL, TransactionKind.ACCRUAL_RETURN})  # nobody else's
MOVES: Final[dict[str, frozenset[str]]] = {
    LoanStatus.DISBURSING: frozenset({LoanStatus.ACTIVE, LoanStatus.CANCELLED}),
    LoanStatus.ACTIVE: frozenset({LoanStatus.PAID_OFF, LoanStatus.WRITTEN_OFF}),
    LoanStatus.PAID_OFF: frozenset({LoanStatus.ACTIVE}),  # a payment was reversed
    LoanStatus.WRITTEN_OFF: frozenset(),
    LoanStatus.CANCELLED: frozenset(),
}


class LoanStateConflict(Refusal):
    """The loan is in a state from which this move does not exist."""

    code = "lending.loan_state_conflict"
    kind = Kind.CONFLICT
    message = "The loan is {current}; it cannot become {wanted}."


def require_move(*, current: str, wanted: str) -> None:
    """Refuse a move that the table does not have."""
    if wanted not in MOVES[current]:
        raise LoanStateConflict(
            current=str(current), wanted=str(wanted), allowed=sorted(map(str, MOVES[current]))
        )
