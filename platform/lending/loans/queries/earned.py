"""What loans have earned, read from their rows alone, for whoever shares in it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Sum

from kernel.money import Rounding
from kernel.rates import PPM
from lending.loans import non_accrual
from lending.loans.contracts import tax_of
from lending.loans.models import Loan, LoanTransaction
from lending.loans.position import interest_earned, penalty_earned
from lending.loans.queries.owed import state_of, terms_of
from lending.loans.states import AccrualDays, TransactionKind
from lending.products.methods import RepaymentMethod
from lending.replay import Span
from lending.replay.picture import divided
from lending.tax.booking import LoanTax
from plumbing.fields import rate_of

_GIVEN_UP = (TransactionKind.WAIVER, TransactionKind.WRITE_OFF)


@dataclass(frozen=True, slots=True)
class EarnedInterest:
    """Of one loan, fen: contract interest and late (penalty, compound) interest earned before a day.

    What of either the bank waived or wrote off, and what interest that fell due stands in 1132. Of one that
    does not accrue it is what is recognised: what waits in memo is nobody's income yet.
    """

    interest: int
    late: int
    interest_waived: int = 0
    interest_lost: int = 0
    late_waived: int = 0
    late_lost: int = 0
    due: int = 0


def earned_interest(*, loan_ids: Iterable[UUID], before: date) -> dict[UUID, EarnedInterest]:
    """Return what each of these loans has earned before the day to which the books are accrued."""
    rows = list(Loan.objects.filter(id__in=list(loan_ids)))
    given_up: dict[UUID, dict[str, tuple[int, int]]] = defaultdict(dict)
    sums = (
        LoanTransaction.objects.filter(loan_id__in=[row.id for row in rows], kind__in=_GIVEN_UP)
        .values_list("loan_id", "kind")
        .annotate(Sum("interest_paid"), Sum("penalty_paid"), Sum("compound_paid"))
    )
    for loan_id, kind, interest, penalty, compound in sums.order_by():
        given_up[loan_id][kind] = (interest.minor, penalty.minor + compound.minor)
    found = {}
    for row in rows:
        waived = given_up[row.id].get(TransactionKind.WAIVER, (0, 0))
        lost = given_up[row.id].get(TransactionKind.WRITE_OFF, (0, 0))
        interest, late = _earned(row, before)
        found[row.id] = EarnedInterest(
            interest, late, waived[0], lost[0], waived[1], lost[1], row.overdue_interest.minor
        )
        if row.non_accrual_date is not None:
            found[row.id] = _recognised(row, found[row.id])
    return found


def _recognised(row: Loan, all_of_it: EarnedInterest) -> EarnedInterest:
    """Return what of a loan that does not accrue is income, and what became of that."""
    stopped = non_accrual.find(row.id)
    if stopped is None:
        return all_of_it
    late_paid = row.penalty_paid.minor + row.compound_paid.minor
    interest = stopped.interest.recognised(all_of_it.interest, row.interest_paid.minor)
    held = interest + stopped.interest.forgone - row.interest_paid.minor
    return EarnedInterest(
        interest,
        stopped.late.recognised(all_of_it.late, late_paid),
        all_of_it.interest_waived - stopped.interest.waived,
        all_of_it.interest_lost - stopped.interest.forgone + stopped.interest.waived,
        all_of_it.late_waived - stopped.late.waived,
        all_of_it.late_lost - stopped.late.forgone + stopped.late.waived,
        min(all_of_it.due, max(0, held)),
    )


def how_taxed(*, loan_id: UUID) -> tuple[LoanTax, str]:
    """Return how a loan's interest is taxed, and the account it goes to (T-01)."""
    row = Loan.objects.get(id=loan_id)
    return tax_of(row), row.income_account


def _earned(row: Loan, before: date) -> tuple[int, int]:
    if row.method == RepaymentMethod.DAILY_INTEREST:
        state, terms = state_of(row), terms_of(row)
        return interest_earned(state, terms, before), penalty_earned(state, terms, before)
    segment = row.segment_date or before
    days = max(0, (before - segment).days)
    span = Span(row.span_start_date or segment, row.span_end_date or segment, row.span_interest.minor)
    interest = row.earlier_interest.minor + span.earned(before, thirty=row.accrual_days == AccrualDays.THIRTY)
    overdue = row.overdue_interest.minor if row.compounds else 0
    products = (
        (row.penalty_product + row.overdue_principal.minor * days, int(row.penalty_earlier)),
        (row.compound_product + overdue * days, int(row.compound_earlier)),
    )
    rate, divisor = rate_of(row.penalty_rate, row.day_basis).ppm, row.day_basis * PPM
    return interest, sum(
        divided(earlier + product * rate, divisor, Rounding(row.rounding)) for product, earlier in products
    )
