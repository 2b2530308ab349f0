"""Refunds of what a borrower paid too much."""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField, key


class RefundStatus(models.TextChoices):
    """The life of a refund."""

    CREATED = "created"  # asked for; also while the bank's funds are short
    PROCESSING = "processing"  # booked; the rail has or will have the instruction
    PAID_OUT = "paid_out"
    FAILED = "failed"  # the balance is the borrower's again


class Refund(models.Model):
    """Part of one repayment's excess (2241), on its way back to the account it was collected from."""

    id = key()
    loan_id = models.UUIDField(db_index=True)
    repayment_id = models.UUIDField(db_index=True)
    scene_id = models.UUIDField()
    amount = MoneyField()
    bank_account_id = models.UUIDField()
    requested_by = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=RefundStatus, default=RefundStatus.CREATED)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    instruction_id = models.UUIDField(null=True, unique=True)
    transaction_id = models.UUIDField(null=True, unique=True)
    booking_entry_id = models.UUIDField(null=True)
    payment_entry_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["processing", "paid_out"])
                | Q(
                    instruction_id__isnull=False,
                    booking_entry_id__isnull=False,
                    payment_entry_id__isnull=False,
                ),
                name="refund_sent_is_booked",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(status="created"), name="refund_to_send"),
        ]
