"""Drawdowns: one use of a line, and the saga that brings its money to the borrower."""

from django.db import models
from django.db.models import Q

from lending.drawdowns.states import DrawdownStatus
from plumbing.fields import MoneyField, key


class Drawdown(models.Model):
    """A drawdown (支用): holds the limit from the first moment, becomes one loan when it is paid out."""

    id = key()
    line_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField(db_index=True)
    scene_id = models.UUIDField()
    amount = MoneyField()
    tenor_days = models.PositiveSmallIntegerField()
    bank_account_id = models.UUIDField()
    external_id = models.CharField(max_length=100, null=True)
    offer_id = models.UUIDField(null=True)
    status = models.CharField(max_length=16, choices=DrawdownStatus, default=DrawdownStatus.CREATED)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    loan_id = models.UUIDField(null=True, unique=True)
    instruction_id = models.UUIDField(null=True, unique=True)
    booking_entry_id = models.UUIDField(null=True)
    payment_entry_id = models.UUIDField(null=True)
    created_date = models.DateField()
    created_at = models.DateTimeField()
    waiting_since_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="drawdown_amount_positive"),
            models.CheckConstraint(
                condition=Q(status__in=DrawdownStatus.values), name="drawdown_status_known"
            ),
            models.UniqueConstraint(
                fields=["scene_id", "external_id"],
                condition=~Q(status__in=["failed", "expired"]),
                name="drawdown_one_per_order",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["processing", "paid_out"])
                | Q(loan_id__isnull=False, instruction_id__isnull=False, payment_entry_id__isnull=False),
                name="drawdown_sent_is_booked",
            ),
        ]
        indexes = [
            models.Index(fields=["scene_id", "created_at"], name="drawdown_by_scene"),
            models.Index(
                fields=["status", "created_at"],
                condition=Q(status__in=["created", "awaiting_funds", "processing"]),
                name="drawdown_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.status}"
