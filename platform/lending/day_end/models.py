"""Day-ends: one run a business date, one row a step."""

from django.db import models
from django.db.models import Q

from plumbing.fields import key


class RunStatus(models.TextChoices):
    """`failed` means the proof did not hold: the date has not moved, and the run may be taken up again."""

    RUNNING = "running"
    FAILED = "failed"
    FINISHED = "finished"


class StepStatus(models.TextChoices):
    """A step is done once and for all, or not done."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class DayEndRun(models.Model):
    """The day-end (日终) of one business date."""

    id = key()
    business_date = models.DateField(unique=True)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-business_date"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="day_end_run_status_known"),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="running"), name="day_end_one_running"
            ),
        ]


class DayEndStep(models.Model):
    """One step of a run, with the figures it left behind."""

    id = key()
    run = models.ForeignKey(DayEndRun, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=30)
    status = models.CharField(max_length=10, choices=StepStatus, default=StepStatus.PENDING)
    figures = models.JSONField(default=dict)
    milliseconds = models.PositiveIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="day_end_step_once"),
            models.CheckConstraint(
                condition=Q(status__in=StepStatus.values), name="day_end_step_status_known"
            ),
        ]
