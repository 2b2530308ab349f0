"""The chart of accounts: GL accounts and their sub-accounts, a tree by code."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import key


class Kind(models.TextChoices):
    """What an account stands for."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"
    MEMO = "memo"  # off the balance sheet; balanced against its own contra account


class NormalSide(models.TextChoices):
    """The side on which an account grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class Guard(models.TextChoices):
    """Which balance the database refuses, synchronously."""

    NONE = "none"
    NO_DEBIT_BALANCE = "no_debit_balance"
    NO_CREDIT_BALANCE = "no_credit_balance"


class Account(models.Model):
    """A GL account (科目): it closes, it is never deleted; its code and nature never change."""

    id = key()
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    normal_side = models.CharField(max_length=8, choices=NormalSide.choices)
    currency = models.CharField(max_length=3, default="CNY")
    owner_reference = models.CharField(max_length=64, blank=True)
    guard = models.CharField(max_length=20, choices=Guard.choices, default=Guard.NONE)
    opened_date = models.DateField()
    closed_date = models.DateField(null=True)

    class Meta:
        db_table = "ledger_account"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="ledger_account_code"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="ledger_account_kind"),
            models.CheckConstraint(
                condition=Q(normal_side__in=NormalSide.values), name="ledger_account_side"
            ),
            models.CheckConstraint(condition=Q(guard__in=Guard.values), name="ledger_account_guard"),
            models.CheckConstraint(
                condition=Q(closed_date__isnull=True) | Q(closed_date__gte=F("opened_date")),
                name="ledger_account_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_en}"
