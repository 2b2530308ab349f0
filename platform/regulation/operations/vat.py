"""Choosing between T-02's two VAT methods: once a fiscal year, and no change after the first posting."""

from datetime import date, datetime

from django.db.models import Max

from kernel.refusals import Kind, Refusal
from plumbing.audit import operations as audit
from plumbing.sql import hold_name, in_transaction
from regulation.models import VatElection, VatLock


class VatMethodLocked(Refusal):
    """Something was posted by the year's method already (T-02)."""

    code = "regulation.vat_method_locked"
    kind = Kind.CONFLICT
    message = "The VAT method of {year} is fixed since the first posting on {first_posting_date}."


class VatMethodUnknown(Refusal):
    """There are two methods."""

    code = "regulation.vat_method_unknown"
    kind = Kind.INVALID
    message = "{method} is not a VAT method: it is 1 or 2."


@in_transaction
def choose_vat_method(*, year: int, method: int, chosen_by: str, now: datetime) -> None:
    """Choose a fiscal year's method: 1 all or nothing at 150 % LPR, 2 exempt up to it, the rest taxed (T-02).

    Refuses another method once something of that year is posted; the same method again changes nothing.
    """
    if method not in (1, 2):
        raise VatMethodUnknown(method=str(method))
    hold_name("regulation.vat", year)
    rows = VatElection.objects.filter(year=year)
    last = rows.order_by("-revision").first()
    if last is not None and last.method == method:
        return
    lock = VatLock.objects.filter(year=year).first()
    if lock is not None:
        raise VatMethodLocked(year=year, first_posting_date=lock.first_posting_date.isoformat())
    VatElection.objects.create(
        year=year,
        revision=(rows.aggregate(last=Max("revision"))["last"] or 0) + 1,
        method=method,
        chosen_by=chosen_by,
        chosen_at=now,
    )
    audit.record(
        actor=chosen_by,
        action="regulation.choose_vat_method",
        subject=f"vat:{year}",
        detail={"method": method},
        now=now,
    )


@in_transaction
def lock_vat_method(*, posting_date: date, now: datetime) -> None:
    """Fix the method of a posting's year: whoever posts interest first calls it, later calls do nothing."""
    if VatLock.objects.filter(year=posting_date.year).exists():
        return
    hold_name("regulation.vat", posting_date.year)
    VatLock.objects.bulk_create(
        [VatLock(year=posting_date.year, first_posting_date=posting_date, locked_at=now)],
        ignore_conflicts=True,
    )
