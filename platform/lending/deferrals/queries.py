"""Reads of deferred fees."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum

from kernel.money import Money
from lending.deferrals.curve import Curve
from lending.deferrals.models import AmortisationBook, DeferredFee


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferredFeeView:
    """The fee of a loan: held back, its VAT, what was deferred, of that earned before a day, lost, left."""

    loan_id: UUID
    fee: Money
    vat: Money
    deferred: Money
    earned: Money
    lost: Money
    start_date: date | None
    end_date: date | None

    @property
    def left(self) -> Money:
        """What is still to be earned."""
        return self.deferred - self.earned - self.lost


@dataclass(frozen=True, slots=True)
class Standing:
    """What must stand in the books of fees not earned (on the credit side), and how many fees there are."""

    deferred: Money
    count: int


def through(*, business_date: date) -> date:
    """Return the day before which fees are earned in the books."""
    found = AmortisationBook.objects.values_list("through_date", flat=True).first()
    return business_date if found is None else found


def are_fees_deferred() -> bool:
    """Return whether there is any deferred fee: a bank without one has nothing to earn by a curve."""
    return DeferredFee.objects.exists()


def curve_in(row: DeferredFee) -> Curve:
    """Return the curve that a row holds."""
    return Curve(tuple(row.earned) or (0,), row.lost.minor)


def earned_before(row: DeferredFee, day: date) -> int:
    """Return what of a fee is earned before a day, fen."""
    return 0 if row.start_date is None else curve_in(row).at((day - row.start_date).days)


def deferred_fee(*, loan_id: UUID, on_date: date) -> DeferredFeeView | None:
    """Return the deferred fee of a loan, earned up to a day; None where there is none."""
    row = DeferredFee.objects.filter(loan_id=loan_id).first()
    if row is None:
        return None
    return DeferredFeeView(
        loan_id=row.loan_id,
        fee=row.fee,
        vat=row.vat,
        deferred=row.deferred,
        earned=Money(earned_before(row, on_date)),
        lost=row.lost,
        start_date=row.start_date,
        end_date=row.end_date,
    )


@functools.cache
def statement(name: str) -> str:
    """Return one of the room's statements."""
    return (Path(__file__).parent / "sql" / name).read_text(encoding="utf-8")


def standing(*, before: date) -> Standing:
    """Return what of all fees must stand in the books that hold what was earned before a day."""
    with connection.cursor() as cursor:
        cursor.execute(statement("standing.sql"), {"through": before})
        deferred, count = (int(figure) for figure in cursor.fetchone() or (0, 0))
    return Standing(Money(deferred), count)


def vat_of_fees() -> Money:
    """Return the VAT of all fees that were held back: what of 2221.01 no loan's interest explains."""
    total = DeferredFee.objects.aggregate(total=Sum("vat"))["total"]
    return total if isinstance(total, Money) else Money(int(total or 0))


def curves(*, limit: int, touched: QuerySet[Any] | None = None) -> Iterator[tuple[UUID, int, Curve]]:
    """Return loans with a curve, what was deferred and the curve: a new random sample each time.

    `touched` says which loans to choose from, by their ids; None: from all.
    """
    begun = DeferredFee.objects.filter(start_date__isnull=False)
    if touched is not None:
        begun = begun.filter(loan_id__in=touched)
    ids = list(begun.order_by("?").values_list("loan_id", flat=True)[:limit])
    for row in DeferredFee.objects.filter(loan_id__in=ids).order_by("loan_id"):
        yield row.loan_id, row.deferred.minor, curve_in(row)
