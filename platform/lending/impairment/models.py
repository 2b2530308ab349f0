"""Frozen populations of loans, from which supervisory statistics are reckoned again and again alike."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from plumbing.fields import MoneyField, RateField, key


class InclusiveSnapshot(models.Model):
    """The loans of one day, frozen; `sha256` covers every row in the order of their ids."""

    id = key()
    as_of_date = models.DateField(unique=True)
    loan_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    rule = models.CharField(max_length=40)
    frozen_at = models.DateTimeField()

    class Meta:
        db_table = "inclusive_snapshot"


class InclusiveRow(models.Model):
    """A loan on that day: by the borrower's total credit inclusive or not, and the labels that are known."""

    pk = models.CompositePrimaryKey("snapshot_id", "loan_id")
    snapshot_id = models.UUIDField()
    loan_id = models.UUIDField()
    enterprise_id = models.UUIDField()
    balance = MoneyField()
    principal = MoneyField()
    annual_rate = RateField()
    value_date = models.DateField()
    total_credit = MoneyField()
    is_inclusive = models.BooleanField()
    is_non_performing = models.BooleanField()
    labels = ArrayField(models.CharField(max_length=20))

    class Meta:
        db_table = "inclusive_row"
