"""Tables: the parties, what is owed, and the batches it is netted into."""

from django.db import models
from django.db.models import Q

from ledger.settlement.states import BatchState
from plumbing.crypto import EncryptedTextField
from plumbing.fields import MoneyField, key


class PartyKind(models.TextChoices):
    """What a party is to the bank."""

    BANK = "bank"
    SCENE = "scene"
    GUARANTOR = "guarantor"
    PLATFORM = "platform"


class Party(models.Model):
    """Somebody the bank settles with, and the account its money goes to."""

    id = key()
    code = models.CharField(max_length=48, unique=True)
    kind = models.CharField(max_length=9, choices=PartyKind)
    name = models.CharField(max_length=200)
    account_number = EncryptedTextField()  # empty until somebody has verified it
    holder_name = models.CharField(max_length=200)
    invoices = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PartyKind.values), name="settlement_party_kind"),
        ]


class Batch(models.Model):
    """What one party and the bank owe each other for one day, netted; positive: the bank pays."""

    id = key()
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    business_date = models.DateField()
    number = models.PositiveSmallIntegerField()
    net = MoneyField()
    line_count = models.PositiveIntegerField()
    file_sm3 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.NETTED)
    acknowledged_by = models.CharField(max_length=200, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    instruction_id = models.UUIDField(null=True, unique=True)
    booking_entry_id = models.UUIDField(null=True)
    payment_entry_id = models.UUIDField(null=True)
    settled_date = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "business_date", "number"], name="settlement_batch_number"
            ),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="settlement_batch_state"),
            models.CheckConstraint(
                condition=~Q(state="settled")
                | Q(settled_date__isnull=False) & (Q(booking_entry_id__isnull=False) | Q(net=0)),
                name="settlement_batch_settled",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["instructed", "settled"]) | Q(acknowledged_at__isnull=False),
                name="settlement_batch_acknowledged",
            ),
        ]
        indexes = [
            models.Index(fields=["state"], condition=~Q(state="settled"), name="settlement_batch_under_way")
        ]


class Obligation(models.Model):
    """One thing owed; it joins a batch once, and never another."""

    id = key()
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    kind = models.CharField(max_length=32)
    effect = MoneyField()
    account = models.CharField(max_length=32)
    business_date = models.DateField()
    key = models.CharField(max_length=120, unique=True)
    reference = models.CharField(max_length=64, blank=True)
    invoice_no = models.CharField(max_length=60, blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(effect=0), name="settlement_obligation_moves")]
        indexes = [
            models.Index(
                fields=["party", "business_date"],
                condition=Q(batch__isnull=True),
                name="settlement_obligation_accrued",
            ),
        ]


class Invoice(models.Model):
    """A party's invoice for what it may only be paid against one (R-10: scene fees are paid by the bank)."""

    id = key()
    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    number = models.CharField(max_length=60)
    amount = MoneyField()
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="settlement_invoice_once"),
        ]
