"""Partner banks, their hosts, and how far the creation of each has come."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from plumbing.fields import MoneyField, key


class Bank(TenantMixin):  # type: ignore[misc]
    """A partner bank (合作银行); everything it owns lives in the schema of its name.

    In a bank that is not live no real money moves: its rails are simulators. One with an owner is the sandbox
    of that scene alone (`api.md` 7): a whole bank, so its calendar, books and day-ends are the real ones.
    """

    auto_create_schema = False
    auto_drop_schema = False

    class Kind(models.TextChoices):
        """What sort of bank."""

        RURAL_COMMERCIAL = "rural_commercial"
        CITY_COMMERCIAL = "city_commercial"

    class Status(models.TextChoices):
        """Whether the bank takes business: a suspended one services what it has and starts nothing new."""

        CREATING = "creating"
        ACTIVE = "active"
        SUSPENDED = "suspended"

    id = key()
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    brand = models.JSONField(default=dict)
    area_prefixes = ArrayField(models.CharField(max_length=6), default=list)
    tier1_capital = MoneyField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CREATING)
    livemode = models.BooleanField(default=False)
    owner_scene_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["schema_name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["rural_commercial", "city_commercial"]), name="bank_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["creating", "active", "suspended"]), name="bank_status"
            ),
            models.CheckConstraint(condition=models.Q(tier1_capital__gt=0), name="bank_tier1"),
            models.CheckConstraint(
                condition=models.Q(livemode=False) | models.Q(owner_scene_id__isnull=True),
                name="bank_sandbox_not_live",
            ),
        ]


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name under which a bank is reached."""


class BankSetupStep(models.Model):
    """One step of a bank's creation: done steps are not repeated when a creation is taken up again."""

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="setup_steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    milliseconds = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bank", "name"], name="bank_setup_step_once"),
        ]


class BankMigration(models.Model):
    """How the last migration run went for one schema."""

    schema_name = models.CharField(max_length=63, primary_key=True)
    applied_count = models.PositiveIntegerField()
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField()
