"""Replaying loans from their logs and holding the result against the table: the projection's proof."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Q

from lending.loans import non_accrual
from lending.loans.accrual import books_at
from lending.loans.contracts import Roll, logs_of, read_log, rolls_of
from lending.loans.models import Instalment, Loan, LoanTransaction
from lending.loans.position import fold, interest_earned, penalty_earned
from lending.loans.queries import effects, state_of, terms_of
from lending.loans.states import LoanStatus
from lending.products.methods import RepaymentMethod
from lending.replay import AsOf, NonAccrual, Picture, Span, replay

REPLAYS_A_PROOF: Final = 2_000
_TOGETHER: Final = 250
_BEGUN = (LoanStatus.ACTIVE, LoanStatus.PAID_OFF, LoanStatus.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the tables hold of a loan beside its row."""

    log: list[LoanTransaction]
    instalments: list[Instalment]
    non_accrual: NonAccrual | None
    roll: Roll


def replayed(
    *, business_date: date, booked_from: date | None = None, limit: int | None = REPLAYS_A_PROOF
) -> Iterator[tuple[Loan, list[str]]]:
    """Yield loans that only a replay can prove, with what differs: of all, or of those booked on since a day.

    Those are the loans with a schedule, and daily loans whose rate has changed. Of more than `limit` a new
    random sample is replayed each time; the sums of every loan are proven in SQL all the same.
    """
    rows = Loan.objects.filter(status__in=_BEGUN).filter(
        ~Q(method=RepaymentMethod.DAILY_INTEREST) | Q(rate_change_count__gt=0)
    )
    if booked_from is not None:
        touched = LoanTransaction.objects.filter(booking_date__gte=booked_from).values("loan_id")
        rows = rows.filter(id__in=touched)
    as_of = books_at(business_date=business_date)
    ids = list(rows.order_by("?").values_list("id", flat=True)[:limit])
    for start in range(0, len(ids), _TOGETHER):
        for row, read in _read(ids[start : start + _TOGETHER]):
            yield row, differences(row, as_of, read)


def _read(ids: list[UUID]) -> Iterator[tuple[Loan, _Stored]]:
    """Yield loans with what else is stored of them, read for all of them together."""
    logs = logs_of(ids)
    held: dict[UUID, list[Instalment]] = defaultdict(list)
    for each in Instalment.objects.filter(loan_id__in=ids).order_by("loan_id", "number"):
        held[each.loan_id].append(each)
    stopped = non_accrual.find_all(ids)
    rows = list(Loan.objects.filter(id__in=ids).order_by("id"))
    rolls = rolls_of(rows)
    for row in rows:
        yield row, _Stored(logs[row.id], held[row.id], stopped.get(row.id), rolls[row.id])


def differences(row: Loan, as_of: AsOf, stored: _Stored) -> list[str]:
    """Return what of a loan's row and its instalments is not what its log says; an empty list."""
    if row.method == RepaymentMethod.DAILY_INTEREST:
        return _daily(row, as_of, stored.log)
    contract, events = read_log(row, stored.log, stored.roll)
    picture = replay(contract, events, as_of)
    projected, wanted = _projected(row, as_of), _wanted(picture, as_of)
    found = [name for name in wanted if projected[name] != wanted[name]]
    rows = [
        (
            each.principal_due.minor,
            each.interest_due.minor,
            each.principal_paid.minor,
            each.interest_paid.minor,
        )
        for each in stored.instalments
    ]
    if rows != [
        (each.principal, each.interest, each.principal_paid, each.interest_paid) for each in picture.rows
    ]:
        found.append("instalments")
    if stored.non_accrual != picture.non_accrual:
        found.append("non_accrual")
    return found


def _daily(row: Loan, as_of: AsOf, log: list[LoanTransaction]) -> list[str]:
    terms, state = terms_of(row), state_of(row)
    folded = fold(effects(log), terms)
    if folded is None:
        return ["log"]
    day = max(as_of.accrued_through, state.segment_date)
    pairs = {
        "outstanding": (folded.outstanding, state.outstanding),
        "interest": (interest_earned(folded, terms, day), interest_earned(state, terms, day)),
        "penalty": (penalty_earned(folded, terms, day), penalty_earned(state, terms, day)),
        "interest_paid": (folded.interest_paid, state.interest_paid),
    }
    return [name for name, (one, other) in pairs.items() if one != other]


def _wanted(picture: Picture, as_of: AsOf) -> dict[str, object]:
    products, totals = picture.products, picture.totals
    return {
        "outstanding": picture.outstanding,
        "overdue_principal": picture.overdue_principal,
        "overdue_interest": picture.overdue_interest,
        "penalty_product": products.penalty,
        "compound_product": products.compound,
        "penalty_earlier": products.penalty_earlier,
        "compound_earlier": products.compound_earlier,
        "interest_paid": totals.interest_paid,
        "penalty_paid": totals.penalty_paid,
        "compound_paid": totals.compound_paid,
        "credit_balance": totals.credit,
        "earned": picture.earned,
        "rate": picture.rate_ppm,
    }


def _projected(row: Loan, as_of: AsOf) -> dict[str, object]:
    """Return the same of a loan's row, its products carried to the accrued day."""
    segment = row.segment_date or as_of.accrued_through
    days = max(0, (as_of.accrued_through - segment).days)
    thirty = row.accrual_days == "30/360"
    interest = row.overdue_interest.minor if row.compounds else 0
    span = Span(row.span_start_date or segment, row.span_end_date or segment, row.span_interest.minor)
    return {
        "outstanding": row.outstanding.minor,
        "overdue_principal": row.overdue_principal.minor,
        "overdue_interest": row.overdue_interest.minor,
        "penalty_product": row.penalty_product + row.overdue_principal.minor * days,
        "compound_product": row.compound_product + interest * days,
        "penalty_earlier": int(row.penalty_earlier),
        "compound_earlier": int(row.compound_earlier),
        "interest_paid": row.interest_paid.minor,
        "penalty_paid": row.penalty_paid.minor,
        "compound_paid": row.compound_paid.minor,
        "credit_balance": row.credit_balance.minor,
        "earned": row.earlier_interest.minor + span.earned(as_of.accrued_through, thirty=thirty),
        "rate": int(row.annual_rate.scaleb(6)),
    }
