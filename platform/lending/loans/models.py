"""Loans, their append-only transactions, and how far the bank has accrued."""

from django.db import models
from django.db.models import F, Q

from kernel.money import Rounding
from lending.loans.states import LoanStatus, TransactionKind
from plumbing.fields import MoneyField, RateField, key

ROUNDINGS = (Rounding.HALF_UP, Rounding.UP, Rounding.DOWN)  # the rules that the set-based accrual knows


class Loan(models.Model):
    """A loan (借据): its terms for life, and a projection of its log that a repayment moves in one step.

    `outstanding` is nothing until the money has reached the borrower. Interest is held as exact products of
    fen and days up to `segment_date`, at the contract's rate and at the penalty rate after `due_date`; what
    is owed on a day is derived from them and rounded only then (`lending.md`, interest engine 1 and 2).
    """

    id = key()
    drawdown_id = models.UUIDField(unique=True)
    line_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField(db_index=True)
    scene_id = models.UUIDField(db_index=True)
    principal = MoneyField()
    annual_rate = RateField()
    penalty_rate = RateField()
    day_basis = models.PositiveSmallIntegerField()
    rounding = models.CharField(max_length=20, choices=[(rule.value, rule.name) for rule in ROUNDINGS])
    income_account = models.CharField(max_length=16)
    tenor_days = models.PositiveSmallIntegerField()
    due_date_roll = models.CharField(max_length=20)
    status = models.CharField(max_length=12, choices=LoanStatus, default=LoanStatus.DISBURSING)
    value_date = models.DateField(null=True)
    maturity_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    outstanding = MoneyField(default=0)
    segment_date = models.DateField(null=True)
    interest_product = models.BigIntegerField(default=0)
    penalty_product = models.BigIntegerField(default=0)
    interest_paid = MoneyField(default=0)
    penalty_paid = MoneyField(default=0)
    overdue_since_date = models.DateField(null=True)
    due_soon_date = models.DateField(null=True)
    transaction_count = models.PositiveIntegerField(default=0)
    booked_at = models.DateTimeField()
    closed_date = models.DateField(null=True)

    class Meta:
        ordering = ["-booked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=LoanStatus.values), name="loan_status_known"),
            models.CheckConstraint(
                condition=Q(principal__gt=0, outstanding__gte=0, outstanding__lte=F("principal")),
                name="loan_outstanding_within_principal",
            ),
            models.CheckConstraint(
                condition=Q(interest_product__gte=0, penalty_product__gte=0),
                name="loan_products_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["disbursing", "cancelled"], outstanding=0, value_date__isnull=True)
                | Q(
                    status__in=["active", "paid_off"],
                    value_date__isnull=False,
                    due_date__gte=F("maturity_date"),
                ),
                name="loan_runs_from_value_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="paid_off") | Q(outstanding=0), name="loan_paid_off_owes_no_principal"
            ),
            models.CheckConstraint(
                condition=Q(segment_date__gte=F("value_date")), name="loan_segment_after_start"
            ),
            models.CheckConstraint(
                condition=Q(rounding__in=[rule.value for rule in ROUNDINGS]),
                name="loan_rounding_known_to_sql",
            ),
        ]
        indexes = [
            models.Index(fields=["due_date"], condition=Q(status="active"), name="loan_active_due"),
            models.Index(fields=["status", "booked_at"], name="loan_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} {self.status}"


class LoanTransaction(models.Model):
    """One row of a loan's log: never changed, corrected by a reversal (rule 8).

    Its effect does not depend on the order in which rows arrived, only on their value dates.
    """

    id = key()
    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="transactions")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=TransactionKind)
    booking_date = models.DateField()
    value_date = models.DateField()
    principal_change = MoneyField()  # what it adds to the debt: a repayment takes away
    interest_paid = MoneyField(default=0)
    penalty_paid = MoneyField(default=0)
    excess = MoneyField(default=0)
    reference = models.CharField(max_length=64, blank=True, default="")
    entry_id = models.UUIDField(null=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["loan", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["loan", "sequence"], name="loan_transaction_sequence"),
            models.CheckConstraint(
                condition=Q(kind__in=TransactionKind.values), name="loan_transaction_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(value_date__lte=F("booking_date")), name="loan_transaction_not_in_future"
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="loan_transaction_reversal_names_it",
            ),
        ]
        indexes = [models.Index(fields=["booking_date"], name="loan_transaction_booked")]


class AccrualBook(models.Model):
    """The day through which the bank's books hold interest: one row; the accrual alone moves it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    accrued_through_date = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="accrual_book_one_row")]
