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
    """A step is done once and for all, or not done; `running` is only what people see meanwhile."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class DayEndRun(models.Model):
    """The day-end (日终) of one business date, and how far whoever asked for it wanted to go."""

    id = key()
    business_date = models.DateField(unique=True)
    until_date = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.RUNNING)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-business_date"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="day_end_run_status_known"),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="running"), name="day_end_one_running"
            ),
            models.CheckConstraint(
                condition=Q(status="finished", finished_at__isnull=False)
                | (~Q(status="finished") & Q(finished_at__isnull=True)),
                name="day_end_finished_has_end",
            ),
        ]


class DayEndStep(models.Model):
    """One step of a run: how often it was begun, how far it is, and the figures it leaves behind.

    `figures` of a step that works in portions also holds where the next portion begins.
    """

    id = key()
    run = models.ForeignKey(DayEndRun, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=30)
    status = models.CharField(max_length=10, choices=StepStatus, default=StepStatus.PENDING)
    figures = models.JSONField(default=dict)
    rows_done = models.PositiveBigIntegerField(default=0)
    rows_total = models.PositiveBigIntegerField(null=True)
    begun_count = models.PositiveSmallIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="day_end_step_once"),
            models.CheckConstraint(
                condition=Q(status__in=StepStatus.values), name="day_end_step_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="done", finished_at__isnull=False)
                | (~Q(status="done") & Q(finished_at__isnull=True)),
                name="day_end_step_done_has_end",
            ),
        ]
