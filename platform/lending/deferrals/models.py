"""Deferred fees with their curves, and how far they are booked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField


class DeferredFee(models.Model):
    """The fee of one loan: what was held back, the VAT in it, what is deferred, of that the exempt part.

    `earned` is the curve from `start_date` on; both are empty while the money is on its way. From `end_date`
    on no day earns more; `lost` is what a write-off found not earned, `held` what then waits because the loan
    does not accrue.
    """

    loan_id = models.UUIDField(primary_key=True)
    product = models.CharField(max_length=40)
    fee = MoneyField()
    vat = MoneyField()
    deferred = MoneyField()
    exempt = MoneyField()
    lost = MoneyField(default=0)
    held = MoneyField(default=0, db_default=0)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    earned = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fee=F("vat") + F("deferred"), vat__gte=0, deferred__gt=0, exempt__gte=0)
                & Q(exempt__lte=F("deferred"), lost__gte=0, held__gte=0, lost__lte=F("deferred") - F("held")),
                name="deferred_fee_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(start_date__isnull=True, end_date__isnull=True)
                | Q(start_date__isnull=False, end_date__gte=F("start_date")),
                name="deferred_fee_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["end_date"], name="deferred_fee_running")]


class AmortisationBook(models.Model):
    """Through which day fees are earned in the books: what curves hold of the days before it. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    through_date = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="amortisation_book_one_row")]
