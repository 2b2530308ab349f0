"""Scene providers and their contracts with banks."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from plumbing.fields import RateField, key
from tenants.banks.models import Bank


class Scene(models.Model):
    """A place of business that embeds credit (场景), with the firm that provides it (场景方)."""

    class Status(models.TextChoices):
        """Whether the scene may do anything; a read-only one asks but starts nothing."""

        ACTIVE = "active"
        READ_ONLY = "read_only"
        CLOSED = "closed"

    id = key()
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    provider_name = models.CharField(max_length=200)
    uscc = models.CharField(max_length=18)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    allowed_origins = ArrayField(models.CharField(max_length=200), default=list)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=["active", "read_only", "closed"]), name="scene_status"
            ),
        ]


class Contract(models.Model):
    """What a bank pays a scene. The borrower pays it nothing: there is no other payer to choose (R-10)."""

    class FeePayer(models.TextChoices):
        """Who pays the scene."""

        BANK = "bank"

    class Status(models.TextChoices):
        """Whether the contract holds."""

        ACTIVE = "active"
        ENDED = "ended"

    id = key()
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, related_name="contracts")
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="contracts")
    fee_rate = RateField()
    fee_payer = models.CharField(max_length=10, choices=FeePayer.choices, default=FeePayer.BANK)
    starts_date = models.DateField()
    ends_date = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scene", "bank"], condition=models.Q(status="active"), name="contract_one_active"
            ),
            models.CheckConstraint(condition=models.Q(fee_payer="bank"), name="contract_bank_pays"),
            models.CheckConstraint(
                condition=models.Q(status__in=["active", "ended"]), name="contract_status"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_date__isnull=True) | models.Q(ends_date__gt=models.F("starts_date")),
                name="contract_span",
            ),
        ]
