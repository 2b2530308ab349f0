"""Verbs of deferred fees: defer one, follow its loan, earn a day's part of them all."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from kernel.ids import public_id
from kernel.money import Money
from ledger.journal import operations as journal
from lending.deferrals import entries
from lending.deferrals.curve import Expected, curve_of
from lending.deferrals.models import AmortisationBook, DeferredFee
from lending.deferrals.queries import earned_before, statement, through
from lending.tax.booking import LoanTax
from lending.tax.tagging import EXEMPT_INCOME
from plumbing.sql import in_transaction


@dataclass(frozen=True, slots=True)
class AmortisedFigures:
    """What one amortisation posted, fen, of how many fees that run, and through which day."""

    through_date: date
    amount: int
    fee_count: int
    entry_count: int


@in_transaction
def defer(*, loan_id: UUID, product: str, fee: Money, tax: LoanTax, income_account: str) -> Money:
    """Defer the fee of a loan whose money goes out, less its VAT, which is owed at once; return the VAT.

    A fee for lending is taxed as the loan's interest is (T-01, T-02).
    """
    parts = tax.credits(interest=fee.minor, late=0, income_account=income_account)
    vat = tax.interest_vat(fee.minor)
    DeferredFee.objects.create(
        loan_id=loan_id,
        product=product,
        fee=fee,
        vat=Money(vat),
        deferred=fee - Money(vat),
        exempt=Money(parts[EXEMPT_INCOME]),
    )
    return Money(vat)


@in_transaction
def forget(*, loan_id: UUID) -> None:
    """Drop the fee of a loan whose money never arrived; its entry is reversed with the draw's."""
    DeferredFee.objects.filter(loan_id=loan_id, start_date__isnull=True).delete()


@in_transaction
def follow(
    *,
    loan_id: UUID,
    start_date: date,
    expected: Expected,
    key: str,
    value_date: date,
    business_date: date,
    now: datetime,
) -> None:
    """Draw a fee's curve anew after its loan has changed, and book the difference to the day amortised to.

    Booked on the business date with the act's value date, like everything a loan's log corrects. The caller
    holds the accrual book, so that the day amortised to stays. A loan without a deferred fee is left alone.
    """
    row = DeferredFee.objects.select_for_update().filter(loan_id=loan_id).first()
    if row is None:
        return
    _open_book(business_date)
    through_date = through(business_date=business_date)
    was, lost_before = earned_before(row, through_date), row.lost.minor
    was_exempt = _exempt(row, was)
    found = curve_of(row.deferred.minor, expected)
    row.earned, row.lost, row.start_date = list(found.earned), Money(found.lost), start_date
    row.end_date = start_date + timedelta(len(found.earned) - 1)
    row.held = row.deferred - row.lost - Money(found.earned[-1])
    row.save()
    is_now = earned_before(row, through_date)
    exempt = _exempt(row, is_now) - was_exempt
    dates = {"booking_date": business_date, "value_date": value_date}
    reference = public_id("lon", loan_id)
    drafts = [
        entries.earned(
            exempt=exempt,
            taxable=is_now - was - exempt,
            reference=reference,
            key=f"{key}:deferred",
            **dates,
        )
    ]
    if found.lost != lost_before:
        drafts.append(
            entries.lost(minor=found.lost - lost_before, reference=reference, key=f"{key}:lost", **dates)
        )
    journal.post_entries(entries=[draft for draft in drafts if draft is not None], now=now)


def _exempt(row: DeferredFee, earned: int) -> int:
    """Return the exempt part of what is earned, half up: `amortise.sql` reckons the same."""
    deferred, exempt = row.deferred.minor, row.exempt.minor
    return int((2 * earned * exempt + deferred) // (2 * deferred))


def _open_book(business_date: date) -> None:
    AmortisationBook.objects.bulk_create(
        [AmortisationBook(id=1, through_date=business_date)], ignore_conflicts=True
    )


@in_transaction
def amortise(*, business_date: date, now: datetime) -> AmortisedFigures:
    """Earn of every running fee what its curve says, through the end of the business date, days missed too.

    One statement, one entry a product. The caller has closed the accrual book. A second call posts nothing.
    """
    from_date, to_date = through(business_date=business_date), business_date + timedelta(days=1)
    if from_date >= to_date:
        return AmortisedFigures(from_date, 0, 0, 0)
    _open_book(business_date)
    with connection.cursor() as cursor:
        cursor.execute(statement("amortise.sql"), {"from_date": from_date, "to_date": to_date})
        rows = [
            (str(product), int(count), int(amount), int(exempt))
            for product, count, amount, exempt in cursor.fetchall()
        ]
    drafts = [
        entries.earned(
            exempt=exempt,
            taxable=amount - exempt,
            reference=f"product:{product}",
            key=f"day_end:{business_date}:amortised:{product}",
            booking_date=business_date,
            value_date=business_date,
        )
        for product, _, amount, exempt in rows
    ]
    posted = [draft for draft in drafts if draft is not None]
    if posted:
        journal.post_entries(entries=posted, now=now)
    AmortisationBook.objects.filter(id=1).update(through_date=to_date)
    return AmortisedFigures(to_date, sum(row[2] for row in rows), sum(row[1] for row in rows), len(posted))
