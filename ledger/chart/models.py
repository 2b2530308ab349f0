"""The chart of accounts, the roles its accounts play, the posting rules, the product of a reference.

Roles, rules and tags only grow: what held on an earlier date can always be read again.
"""

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


class AccountRole(models.Model):
    """From a date on, an account plays a role; the latest such row holds."""

    id = key()
    role = models.CharField(max_length=16)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="roles")
    effective_date = models.DateField()

    class Meta:
        db_table = "ledger_account_role"
        ordering = ["role", "effective_date"]
        constraints = [
            models.UniqueConstraint(fields=["role", "effective_date"], name="ledger_account_role_once")
        ]


class PostingRule(models.Model):
    """A version of how an event is posted, from a date on; the newest version in force holds."""

    id = key()
    event = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField()
    effective_date = models.DateField()
    adopted_by = models.CharField(max_length=64)

    class Meta:
        db_table = "ledger_posting_rule"
        ordering = ["event", "version"]
        constraints = [
            models.UniqueConstraint(fields=["event", "version"], name="ledger_posting_rule_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="ledger_posting_rule_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.version}"


class PostingRuleLine(models.Model):
    """One leg of a version: side, role, signed components of its amount, and the policies it stands under."""

    pk = models.CompositePrimaryKey("rule_id", "line_no")
    rule = models.ForeignKey(PostingRule, on_delete=models.PROTECT, related_name="lines", db_index=False)
    line_no = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=6, choices=NormalSide.choices)
    role = models.CharField(max_length=16)
    amount = models.CharField(max_length=200)
    conditions = models.JSONField(default=dict)

    class Meta:
        db_table = "ledger_posting_rule_line"
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=NormalSide.values), name="ledger_posting_rule_line_side"
            ),
            models.CheckConstraint(condition=~Q(amount=""), name="ledger_posting_rule_line_amount"),
        ]


class ReferenceProduct(models.Model):
    """The product that an entry's reference (`lon_...`) belongs to: how income is told apart by product."""

    reference = models.CharField(max_length=64, primary_key=True)
    product = models.CharField(max_length=48)

    class Meta:
        db_table = "ledger_reference_product"
        constraints = [
            models.CheckConstraint(
                condition=~Q(reference="") & ~Q(product=""), name="ledger_reference_product_named"
            )
        ]
