"""Payment instructions, how this bank works with its rail, and the simulated rail's own memory."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from connectors.payment_rails.states import OPEN, Direction, InstructionState
from plumbing.crypto import EncryptedTextField
from plumbing.fields import MoneyField, key


class PaymentInstruction(models.Model):
    """One order to the rail, committed before the rail hears of it; its message id never changes (M-05).

    The account is named by its id: its number is looked up to send the message and kept nowhere (D-09).
    """

    id = key()
    message_id = models.CharField(max_length=64, unique=True)
    direction = models.CharField(max_length=7, choices=Direction)
    subject = models.CharField(max_length=64)
    amount = MoneyField()
    bank_account_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=InstructionState, default=InstructionState.CREATED)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    rail_reference = models.CharField(max_length=64, blank=True, default="")
    settled_date = models.DateField(null=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    enquiry_count = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField()
    next_enquiry_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instruction_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=InstructionState.values), name="instruction_state_known"
            ),
            models.UniqueConstraint(fields=["subject", "direction"], name="instruction_one_per_subject"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OPEN], finished_at__isnull=True)
                | (~Q(state__in=[state.value for state in OPEN]) & Q(finished_at__isnull=False)),
                name="instruction_final_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | Q(settled_date__isnull=False),
                name="instruction_success_has_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "next_enquiry_at"],
                condition=Q(finished_at__isnull=True),
                name="instruction_open",
            ),
            models.Index(fields=["finished_at"], name="instruction_finished"),
            models.Index(fields=["bank_account_id"], name="instruction_account"),
        ]


def default_enquiry_delays() -> list[int]:
    """Return 1, 5, 15 and 60 minutes (M-05)."""
    return [60, 300, 900, 3600]


class RailProfile(models.Model):
    """How this bank works with its rail: waiting times as data; one row, absent while the defaults hold."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    enquiry_delays_seconds = ArrayField(models.PositiveIntegerField(), default=default_enquiry_delays)
    sending_timeout_seconds = models.PositiveIntegerField(default=60)
    funding_wait_seconds = models.PositiveIntegerField(default=1800)
    notice_secret = EncryptedTextField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="rail_profile_one_row"),
            models.CheckConstraint(
                condition=Q(enquiry_delays_seconds__len__gte=1), name="rail_profile_has_delays"
            ),
        ]


class RailNotice(models.Model):
    """What the rail called back to say: kept as it came, once, and booked by the same path as an enquiry."""

    notice_id = models.CharField(max_length=64, primary_key=True)
    message_id = models.CharField(max_length=64)
    outcome = models.CharField(max_length=10)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    rail_reference = models.CharField(max_length=64, blank=True, default="")
    settled_date = models.DateField(null=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"], condition=Q(handled_at__isnull=True), name="rail_notice_waiting"
            ),
        ]


class RailMessage(models.Model):
    """What the simulated rail remembers of a message: the outside world, which no room of the bank reads."""

    message_id = models.CharField(max_length=64, primary_key=True)
    direction = models.CharField(max_length=7)
    amount = models.BigIntegerField()
    account_suffix = models.CharField(max_length=4)
    account_mark = models.CharField(max_length=16, default="")
    business_date = models.DateField()
    settled_date = models.DateField()
    state = models.CharField(max_length=10)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    send_count = models.PositiveIntegerField(default=1)
    enquiry_count = models.PositiveIntegerField(default=0)
