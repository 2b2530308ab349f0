"""Test clocks: one row a sandbox bank of a scene."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from plumbing.fields import key
from tenants.banks.models import Bank
from tenants.scenes.models import Scene


class TestClock(models.Model):
    """A sandbox bank's calendar (测试时钟): where it stands, and where it is being moved to.

    `frozen_date` follows the bank's own business date, which the day-end alone moves; while the clock is
    advancing it may be some days behind. What is to happen on the way is noted here, so that a worker that
    takes the move over does as the first one would have.
    """

    class Status(models.TextChoices):
        """`failed`: a day could not be ended; the bank stands where it stood, for people to look at."""

        CREATING = "creating"
        READY = "ready"
        ADVANCING = "advancing"
        FAILED = "failed"

    class Until(models.TextChoices):
        """What a move goes on to: a date, the next event that the scene hears of, every loan's last day.

        `seed`: the bank is made anew first, and what `seed` names lives in it until the date.
        """

        DATE = "date"
        NEXT_EVENT = "next_event"
        MATURITY = "maturity"
        SEED = "seed"

    id = key()
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, related_name="test_clocks")
    bank = models.OneToOneField(Bank, on_delete=models.PROTECT, related_name="test_clock")
    name = models.CharField(max_length=100)
    seed = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CREATING)
    frozen_date = models.DateField()
    advance_number = models.PositiveIntegerField(default=0)
    advance_from_date = models.DateField(null=True)
    advance_to_date = models.DateField(null=True)
    advance_until = models.CharField(max_length=10, choices=Until.choices, blank=True)
    pays_when_due = models.BooleanField(default=False)
    missed_instalments = ArrayField(models.PositiveSmallIntegerField(), default=list)
    failure = models.CharField(max_length=300, blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True)
    body_sha256 = models.CharField(max_length=64, blank=True)
    touched_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scene", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="test_clock_once_per_key",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["creating", "ready", "advancing", "failed"]), name="test_clock_status"
            ),
            models.CheckConstraint(
                condition=Q(advance_until__in=["", "date", "next_event", "maturity", "seed"]),
                name="test_clock_until",
            ),
            models.CheckConstraint(
                condition=~Q(status="advancing") | Q(advance_to_date__isnull=False),
                name="test_clock_advances_to",
            ),
        ]
