"""What a scheduled loan's row and log say, in the words of the replay."""

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from kernel.allocation import SCHEDULED_LOAN, set_from_json
from kernel.day_counts import DayCount
from kernel.money import Rounding
from kernel.recurrence import Frequency, Unit
from kernel.schedules import Method
from lending.loans.models import Instalment, Loan, LoanTransaction
from lending.products.methods import DueDateRoll
from lending.products.queries import get_product
from lending.products.terms import ProductView
from lending.replay import Contract, Event, EventKind
from lending.replay.contract import unrolled
from lending.tax.booking import LoanTax
from plumbing.fields import rate_of
from plumbing.schemas import current_schema
from regulation import queries as regulation


@functools.lru_cache(maxsize=512)
def _product(schema: str, product_version_id: UUID) -> ProductView:
    """Return a contract's product version; a published one never changes."""
    return get_product(product_version_id=product_version_id)


def product_of(row: Loan) -> ProductView:
    """Return the product version a loan was made under."""
    if row.product_version_id is None:
        raise LookupError(f"loan {row.id} names no product version")
    return _product(current_schema(), row.product_version_id)


Roll = Callable[[date], date]


def roll_of(row: Loan) -> Roll:
    """Return how a loan's due dates roll (L-07): those written down stay, new ones follow the calendar."""
    return rolls_of([row])[row.id]


def rolls_of(loans: Iterable[Loan]) -> dict[UUID, Roll]:
    """Return how the due dates of each of many loans roll, read for all of them together."""
    rows = list(loans)
    found: dict[UUID, Roll] = {row.id: unrolled for row in rows}
    known: dict[UUID, dict[date, date]] = {
        row.id: {} for row in rows if row.due_date_roll == DueDateRoll.NEXT_WORKDAY
    }
    if not known:
        return found
    dues = Instalment.objects.filter(loan_id__in=list(known))
    for loan_id, nominal, due in dues.values_list("loan_id", "nominal_due_date", "due_date"):
        known[loan_id][nominal] = due
    calendar = functools.cache(regulation.calendar)

    def rolls(written: dict[date, date]) -> Roll:
        return lambda day: written.get(day) or calendar().next_workday(day)

    return found | {loan_id: rolls(written) for loan_id, written in known.items()}


def log_of(row: Loan) -> tuple[Contract, list[Event]]:
    """Return the contract and the events of a loan that has begun."""
    return read_log(row, list(LoanTransaction.objects.filter(loan_id=row.id).order_by("sequence")))


def logs_of(loan_ids: Iterable[UUID]) -> dict[UUID, list[LoanTransaction]]:
    """Return the rows of many loans' logs, each in the order of its sequence."""
    found: dict[UUID, list[LoanTransaction]] = defaultdict(list)
    rows = LoanTransaction.objects.filter(loan_id__in=list(loan_ids))
    for row in rows.order_by("loan_id", "sequence"):
        found[row.loan_id].append(row)
    return found


def read_log(
    row: Loan, rows: list[LoanTransaction], roll: Roll | None = None
) -> tuple[Contract, list[Event]]:
    """Return the contract and the events of a loan whose log was read, in the order of its sequence."""
    return contract_of(row, rows[0].detail if rows else rates_of(row), roll), events_of(rows)


def rates_of(row: Loan) -> dict[str, Any]:
    """Return a loan's rates in millionths, as its first row keeps them."""
    return {
        "rate_ppm": rate_of(row.annual_rate, row.day_basis).ppm,
        "penalty_ppm": rate_of(row.penalty_rate, row.day_basis).ppm,
        "count": row.instalment_count,
    }


def tax_of(row: Loan) -> LoanTax:
    """Return how a loan's interest is taxed."""
    return LoanTax(row.vat_ppm, row.tagged_ppm, row.exempt_ppm)


def contract_of(row: Loan, first: dict[str, Any], roll: Roll | None = None) -> Contract:
    """Return what a loan was agreed on; `first` are the rates and the count of its first day."""
    product = product_of(row)
    if row.value_date is None:
        raise LookupError(f"loan {row.id} has not begun")
    return Contract(
        method=Method(row.method),
        principal=row.principal.minor,
        start_date=row.value_date,
        rate_ppm=first["rate_ppm"],
        penalty_ppm=first["penalty_ppm"],
        count=first["count"],
        frequency=Frequency(Unit(product.period_unit), product.period_every),
        anchor_day=product.anchor_day,
        day_count=DayCount(product.day_count),
        year_days=row.day_basis,
        rounding=Rounding(row.rounding),
        compounds=row.compounds,
        principal_grace=product.grace_principal_count,
        interest_grace=product.grace_interest_count,
        prepayment=product.prepayment,
        prepayment_fee_ppm=int(product.prepayment_fee.scaleb(6)),
        policies=set_from_json(dict(product.allocation)) if product.allocation else SCHEDULED_LOAN,
        roll=roll or roll_of(row),
    )


def events_of(rows: list[LoanTransaction]) -> list[Event]:
    """Return the events of a log."""
    sequences = {row.id: row.sequence for row in rows}
    return [
        Event(
            sequence=row.sequence,
            kind=EventKind(row.kind),
            value_date=row.value_date,
            amount=row.amount.minor,
            reverses=sequences[row.reverses_id] if row.reverses_id else None,
            **detail_of(row.detail),
        )
        for row in rows
    ]


_FIELDS = (
    *("choice", "rate_ppm", "penalty_ppm", "count", "interest", "penalty", "compound", "through"),
    *("since", "policy", "net_ppm", "net_late_ppm", "allowance"),
)


_DATES = ("through", "since")


def detail_of(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an event from what the log keeps of them."""
    found = {name: stored[name] for name in _FIELDS if name in stored}
    if "moves" in stored:
        pairs = sorted(stored["moves"].items())
        found["moves"] = tuple((date.fromisoformat(was), date.fromisoformat(now)) for was, now in pairs)
    return found | {name: date.fromisoformat(found[name]) for name in _DATES if name in found}


def stored_of(event: Event) -> dict[str, Any]:
    """Return what the log keeps of an event's own fields: those that say something."""
    found = {name: getattr(event, name) for name in _FIELDS if getattr(event, name)}
    if event.moves:
        found["moves"] = {was.isoformat(): now.isoformat() for was, now in event.moves}
    return found | {name: found[name].isoformat() for name in _DATES if name in found}
