"""A book of loans to measure with: models reckoned by the product's own calculators, and their copies.

Bench only: rows are inserted by sets, which no other world does (a million loans drawn one by one would take
hours), and one opening entry stands for the history of the books. Each model is what its log says: its row,
instalments and log come from `lending.replay` and `lending.loans.position`, so the whole proof holds.

Eight in ten loans are term loans of 12 level instalments, one in ten has 24, one in ten bears daily interest:
12 instalments a loan on average. One in seven bears VAT. Due dates lie evenly over the month. Of the term
loans one in twenty has missed one to four instalments; the others have paid each on its day, and those due in
the days to be measured, but for one in twenty, five days ahead, so that a day has its share of rolls and few
new arrears. The same number makes the same loan in every run.
"""

import functools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model
from psycopg import sql

from kernel.money import Money, Rounding
from ledger.balances import operations as balances
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft, Line
from lending import proofs
from lending.loans import accrual, entries
from lending.loans.contracts import contract_of, rates_of
from lending.loans.folding import project
from lending.loans.models import Instalment, Loan, LoanTransaction
from lending.loans.position import Effect, fold
from lending.loans.queries.owed import terms_of
from lending.loans.states import AccrualDays, LoanStatus
from lending.products.methods import RepaymentMethod
from lending.products.operations import FIRST_PRODUCT, TERM_PRODUCT
from lending.products.queries import current_product
from lending.replay import AsOf, Contract, Event, EventKind, Picture, replay
from plumbing.clock.queries import business_date
from plumbing.schemas import current_schema

MODELS: Final = 1_000
LOANS_A_TRANSACTION: Final = 100_000
WINDOW: Final = timedelta(days=9)  # due dates inside it are paid ahead, but for one in twenty
TENOR_DAYS: Final = 95  # of a daily loan; the oldest are a hundred days old
VAT_PPM: Final = 60_000
SCENE: Final = UUID("00000000-0000-7000-8000-000000000001")
AHEAD: Final = timedelta(days=5)
_AROUND: Final = Path(__file__).parent / "sql" / "bench_book.sql"


@dataclass(frozen=True, slots=True)
class Made:
    """A model: the loan's row, its instalments and its log."""

    row: Loan
    instalments: list[Instalment] = field(default_factory=list)
    log: list[LoanTransaction] = field(default_factory=list)


def generate(loans: int) -> None:
    """Fill the bank with loans, and leave its tables as a server that has run for a while would have them."""
    fill(loans)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))
    with transaction.atomic():
        balances.fold(now=datetime.now(UTC))


def fill(loans: int, *, models: int = MODELS) -> None:
    """Make so many loans, all but the first `models` of them copies, and book what they amount to."""
    today, now = business_date(), datetime.now(UTC)
    models = min(models, loans)
    with transaction.atomic():
        accrual.hold_book(business_date=today)
        _keep([_model(number, today, now) for number in range(1, models + 1)])
    for first in range(models + 1, loans + 1, LOANS_A_TRANSACTION):
        with transaction.atomic():
            _copy(first, min(first + LOANS_A_TRANSACTION - 1, loans), models)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_AROUND.read_text(encoding="utf-8"))
    with transaction.atomic():
        _open_books(today, now)


def _open_books(today: date, now: datetime) -> None:
    """Post the opening entry: what the generated loans owe and the VAT of it against capital."""
    sums = proofs.loan_sums(accrued_through=today)
    owed = (
        (entries.PRINCIPAL, sums.principal),
        (entries.ACCRUED_INTEREST, sums.interest),
        (entries.PENALTY_RECEIVABLE, sums.receivable),
    )
    capital = sum(minor for _, minor in owed) - sums.vat
    lines = [Line.debit(account, Money(minor)) for account, minor in owed if minor]
    lines += [Line.credit(entries.OUTPUT_VAT, Money(sums.vat)), Line.credit("4001", Money(capital))]
    opening = EntryDraft("bench.opening", today, today, tuple(lines), "bench:opening")
    journal.post_entry(entry=opening, now=now)


def _id(kind: str, number: int) -> UUID:
    """Return the id of the n-th loan, line, drawdown or enterprise; ids ascend, as the clock's do."""
    return UUID(f"{'ldce'.index(kind) + 1}0000000-0000-7000-8000-{number:012x}")


def _numbered(kind: str) -> str:
    return f"('{'ldce'.index(kind) + 1}0000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"


def _model(number: int, today: date, now: datetime) -> Made:
    return _daily(number, today, now) if number % 10 == 0 else _scheduled(number, today, now)


@functools.cache
def _product(schema: str, code: str, today: date) -> UUID:
    return current_product(code=code, on_date=today).id


def _row(number: int, today: date, now: datetime, age: int, code: str, **terms: Any) -> Loan:
    return Loan(
        id=_id("l", number),
        drawdown_id=_id("d", number),
        line_id=_id("c", number),
        enterprise_id=_id("e", number),
        scene_id=SCENE,
        principal=Money(1_000_000 + number * 7_919_000 % 29_000_000),
        annual_rate=Decimal("0.108000"),
        penalty_rate=Decimal("0.162000"),
        day_basis=360,
        rounding=Rounding.HALF_UP.value,
        income_account="6011.01" if number % 7 == 2 else "6011.02",
        vat_ppm=VAT_PPM if number % 7 == 2 else 0,
        product_version_id=_product(current_schema(), code, today),
        due_date_roll="none",
        status=LoanStatus.ACTIVE,
        value_date=today - timedelta(days=age),
        booked_at=now,
        fee_paid=Money(0),
        compound_paid=Money(0),
        credit_balance=Money(0),
        **terms,
    )


def _log(row: Loan, kind: EventKind, value_date: date, **figures: Any) -> LoanTransaction:
    """Return the next row of a model's log; its reference is the drawdown's instruction."""
    row.transaction_count += 1
    first = row.transaction_count == 1
    return LoanTransaction(
        id=UUID(f"5{row.transaction_count:07x}-0000-7000-8000-{row.id.int & 0xFFFFFFFFFFFF:012x}"),
        loan_id=row.id,
        sequence=row.transaction_count,
        kind=kind.value,
        booking_date=value_date,
        value_date=value_date,
        detail=rates_of(row) if first else {},
        reference=f"drw_{row.drawdown_id}" if first else "",
        recorded_at=row.booked_at,
        **{name: Money(minor) for name, minor in ({"excess": 0, "penalty_paid": 0} | figures).items()},
    )


def _daily(number: int, today: date, now: datetime) -> Made:
    """Return a daily loan; two in five have repaid a third of it."""
    age = 1 + number * 7 % 100
    row = _row(number, today, now, age, FIRST_PRODUCT, method=RepaymentMethod.DAILY_INTEREST.value)
    row.tenor_days = TENOR_DAYS
    start = today - timedelta(days=age)
    row.maturity_date = row.due_date = row.oldest_due_date = start + timedelta(days=TENOR_DAYS)
    principal = row.principal.minor
    log = [
        _log(
            row,
            EventKind.DISBURSEMENT,
            start,
            amount=principal,
            principal_change=principal,
            interest_paid=0,
        )
    ]
    if number % 50 < 20 and age > 20:
        part = principal // 3
        day = today - timedelta(days=1 + number % 17)
        log.append(
            _log(row, EventKind.COUNTER_RECEIPT, day, amount=part, principal_change=-part, interest_paid=0)
        )
    state = fold([Effect(each.value_date, each.principal_change.minor) for each in log], terms_of(row))
    if state is None:
        raise LookupError("a loan without a log")
    row.outstanding, row.segment_date = Money(state.outstanding), state.segment_date
    row.interest_product, row.penalty_product = state.interest_product, state.penalty_product
    row.interest_paid = row.penalty_paid = Money(0)
    row.overdue_since_date = row.due_date if row.due_date < today else None
    return Made(row, [], log)


def _scheduled(number: int, today: date, now: datetime) -> Made:
    """Return a term loan as its own log leaves it."""
    count = 24 if number % 10 == 1 else 12
    age = 1 + number * 7_919 % (29 * count)
    row = _row(
        number,
        today,
        now,
        age,
        TERM_PRODUCT,
        method=RepaymentMethod.LEVEL_INSTALMENT.value,
        instalment_count=count,
        accrual_days=AccrualDays.THIRTY,
        compounds=True,
        tenor_days=31 * count,
        schedule_version=1,
    )
    as_of = AsOf(today, today, today)
    contract = contract_of(row, rates_of(row))
    receipts = _receipts(number, contract, as_of)
    picture = replay(contract, receipts, as_of)
    project(row, picture, as_of)
    if row.oldest_due_date is not None and row.oldest_due_date < today:
        row.overdue_since_date = row.oldest_due_date
    return Made(row, _instalments(row, picture), _scheduled_log(row, receipts, picture))


def _receipts(number: int, contract: Contract, as_of: AsOf) -> list[Event]:
    """Return the receipts: each instalment on its day but for those missed, most of those soon due ahead."""
    today = as_of.business_date
    rows = replay(contract, [], as_of).rows
    due = [row for row in rows if row.due < today]
    if number % 20 == 3:
        paid = [(row.due, row) for row in due[: max(0, len(due) - 1 - number // 20 % 4)]]
    else:
        paid = [(row.due, row) for row in due]
        soon = [row for row in rows[len(due) :] if row.due < today + WINDOW and number // 20 % 20 != 7]
        paid += [(max(today - AHEAD, row.start), row) for row in soon]
    return [
        Event(
            sequence=sequence,
            kind=EventKind.COUNTER_RECEIPT,
            value_date=day,
            amount=row.owed,
            choice="next",
        )
        for sequence, (day, row) in enumerate(paid, 2)
    ]


def _scheduled_log(row: Loan, receipts: list[Event], picture: Picture) -> list[LoanTransaction]:
    principal, start = row.principal.minor, row.value_date
    if start is None:
        raise LookupError("a model that has not begun")
    log = [
        _log(
            row,
            EventKind.DISBURSEMENT,
            start,
            amount=principal,
            principal_change=principal,
            interest_paid=0,
        )
    ]
    for event in receipts:
        parts = picture.parts[event.sequence]
        made = _log(
            row,
            event.kind,
            event.value_date,
            amount=event.amount,
            principal_change=-parts.principal,
            interest_paid=parts.interest,
        )
        made.detail = {"choice": event.choice}
        log.append(made)
    return log


def _instalments(row: Loan, picture: Picture) -> list[Instalment]:
    return [
        Instalment(
            loan_id=row.id,
            number=each.number,
            schedule_version=1,
            start_date=each.start,
            nominal_due_date=each.end,
            due_date=each.due,
            principal_due=Money(each.principal),
            interest_due=Money(each.interest),
            fee_due=Money(each.fee),
            principal_paid=Money(each.principal_paid),
            interest_paid=Money(each.interest_paid),
            fee_paid=Money(each.fee_paid),
        )
        for each in picture.rows
    ]


def _keep(models: list[Made]) -> None:
    Loan.objects.bulk_create([made.row for made in models], batch_size=500)
    Instalment.objects.bulk_create([each for made in models for each in made.instalments], batch_size=2_000)
    LoanTransaction.objects.bulk_create([each for made in models for each in made.log], batch_size=2_000)


def _copy(first: int, last: int, models: int) -> None:
    """Copy the models to the loans numbered from `first` to `last`, in turn."""
    own = {"drawdown_id": _numbered("d"), "line_id": _numbered("c"), "enterprise_id": _numbered("e")}
    log = {
        "id": "('5' || lpad(to_hex(t.sequence), 7, '0') || '-0000-7000-8000-'"
        " || lpad(to_hex(n), 12, '0'))::uuid",
        "loan_id": _numbered("l"),
        "reference": f"CASE WHEN t.sequence = 1 THEN 'drw_' || {_numbered('d')} ELSE '' END",
    }
    copies: tuple[tuple[type[Model], str, dict[str, str]], ...] = (
        (Loan, "id", {"id": _numbered("l"), **own}),
        (Instalment, "loan_id", {"loan_id": _numbered("l")}),
        (LoanTransaction, "loan_id", log),
    )
    with connection.cursor() as cursor:
        for model, loan, changed in copies:
            columns = [column.column for column in model._meta.concrete_fields if column.column]
            names = ", ".join(f'"{name}"' for name in columns)
            values = ", ".join(changed.get(name, f't."{name}"') for name in columns)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values}"
                f" FROM generate_series({first}, {last}) n"
                f" JOIN (SELECT * FROM {model._meta.db_table} WHERE {loan} <= '{_id('l', models)}') t"
                f" ON t.{loan} = ('10000000-0000-7000-8000-'"
                f" || lpad(to_hex((n - 1) % {models} + 1), 12, '0'))::uuid"
            )
