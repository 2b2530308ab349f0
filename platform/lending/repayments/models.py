"""Repayments: money coming back, over the rail or at the bank's counter."""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField, key


class RepaymentKind(models.TextChoices):
    """What the borrower means to do."""

    SCHEDULED = "scheduled"
    PARTIAL_PREPAY = "partial_prepay"
    FULL_PREPAY = "full_prepay"
    COUNTER_RECEIPT = "counter_receipt"


class RepaymentStatus(models.TextChoices):
    """`processing` until the rail's answer is final; `returned` when a recorded payment was taken back."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"


class Repayment(models.Model):
    """One payment on one loan, what was asked and how it was used.

    `recovered` is what came in on a loan written off meanwhile: it goes against the allowance (E-05).
    """

    id = key()
    loan_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=RepaymentKind)
    amount = MoneyField()
    bank_account_id = models.UUIDField(null=True)
    external_id = models.CharField(max_length=100, null=True)
    receipt_no = models.CharField(max_length=60, null=True, unique=True)
    recorded_by = models.CharField(max_length=120, blank=True, default="")
    status = models.CharField(max_length=10, choices=RepaymentStatus, default=RepaymentStatus.PROCESSING)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    instruction_id = models.UUIDField(null=True, unique=True)
    transaction_id = models.UUIDField(null=True, unique=True)
    value_date = models.DateField(null=True)
    booking_date = models.DateField(null=True)
    penalty = MoneyField(default=0)
    interest = MoneyField(default=0)
    principal = MoneyField(default=0)
    compound = MoneyField(default=0, db_default=0)
    fee = MoneyField(default=0, db_default=0)
    prepayment = models.CharField(max_length=20, blank=True, default="", db_default="")
    excess = MoneyField(default=0)
    recovered = MoneyField(default=0, db_default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="repayment_amount_positive"),
            models.CheckConstraint(
                condition=Q(status__in=RepaymentStatus.values), name="repayment_status_known"
            ),
            models.UniqueConstraint(
                fields=["scene_id", "external_id"],
                condition=~Q(status="failed"),
                name="repayment_external_id_unique",
            ),
            models.UniqueConstraint(
                fields=["loan_id"], condition=Q(status="processing"), name="repayment_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(status="succeeded")
                | Q(
                    amount=models.F("penalty")
                    + models.F("interest")
                    + models.F("principal")
                    + models.F("compound")
                    + models.F("fee")
                    + models.F("excess")
                    + models.F("recovered")
                ),
                name="repayment_is_allocated",
            ),
            models.CheckConstraint(
                condition=Q(kind="counter_receipt", receipt_no__isnull=False, instruction_id__isnull=True)
                | (~Q(kind="counter_receipt") & Q(receipt_no__isnull=True, instruction_id__isnull=False)),
                name="repayment_came_one_way",
            ),
        ]
        indexes = [models.Index(fields=["scene_id", "created_at"], name="repayment_by_scene")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.status}"
