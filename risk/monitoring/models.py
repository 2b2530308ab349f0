"""Tables: outcomes, what monitors compare with, and what they read each day; all of them only grow."""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField, key
from risk.monitoring.horizons import HORIZONS


class Outcome(models.Model):
    """How a decision stood at a horizon; a correction is the next revision."""

    id = key()
    decision = models.ForeignKey("decisions.Decision", on_delete=models.PROTECT, related_name="+")
    horizon = models.CharField(max_length=8)
    revision = models.PositiveSmallIntegerField(default=0)
    dpd = models.PositiveIntegerField()
    loss = MoneyField()
    matured_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "horizon", "revision"], name="outcome_once"),
            models.CheckConstraint(condition=Q(horizon__in=list(HORIZONS)), name="outcome_horizon_known"),
            models.CheckConstraint(condition=Q(loss__gte=0), name="outcome_loss_not_negative"),
        ]
        indexes = [models.Index(fields=["horizon", "matured_on"], name="outcome_by_horizon")]


class MonitorReference(models.Model):
    """What a monitor compares with: the shares of a score's or a fact's bins when all was well.

    `monitor` is `score` or the name of a fact. `edges` (decimals in text) part numbers; for texts it is empty
    and each value is its own bin.
    """

    id = key()
    strategy_code = models.CharField(max_length=60)
    monitor = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    is_text = models.BooleanField(default=False)
    edges = models.JSONField()
    shares = models.JSONField()
    case_count = models.PositiveIntegerField()
    source = models.CharField(max_length=120)
    effective_from = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["strategy_code", "monitor", "version"], name="monitor_reference_once"
            )
        ]


class MonitorReading(models.Model):
    """What a monitor read on a day: `log_sums` go into the next day, `log_evidence` into the chart."""

    id = key()
    strategy_code = models.CharField(max_length=60)
    monitor = models.CharField(max_length=60)
    reference = models.ForeignKey(MonitorReference, on_delete=models.PROTECT, null=True, related_name="+")
    on_date = models.DateField()
    case_count = models.PositiveIntegerField()
    log_evidence = models.FloatField()
    log_threshold = models.FloatField()
    log_sums = models.JSONField()
    leading = models.CharField(max_length=60)
    alarm = models.BooleanField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["strategy_code", "monitor", "on_date"], name="monitor_reading_once"
            )
        ]
        indexes = [
            models.Index(fields=["strategy_code", "on_date"], condition=Q(alarm=True), name="monitor_alarms")
        ]
