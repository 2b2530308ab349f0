"""Tables: batches of every cluster, the rows that were refused, and the bytes of uploads under way."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import key


class BatchStatus(models.TextChoices):
    """Where a batch stands."""

    RECEIVING = "receiving", "Receiving"
    COMPLETED = "completed", "Completed"


class DataBatch(models.Model):
    """One delivery: what was read, kept, refused and already known. While it is received nothing is."""

    id = key()
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    consent_id = models.UUIDField()
    cluster = models.CharField(max_length=16)
    period_start_date = models.DateField(null=True)
    period_end_date = models.DateField(null=True)
    status = models.CharField(max_length=16, choices=BatchStatus.choices)
    byte_count = models.BigIntegerField(default=0)
    rows_read = models.IntegerField(default=0)
    rows_accepted = models.IntegerField(default=0)
    rows_rejected = models.IntegerField(default=0)
    rows_duplicate = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["enterprise_id", "cluster", "-completed_at"], name="batch_of_whom"),
            models.Index(fields=["created_at"], condition=Q(status="receiving"), name="batch_under_way"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rows_read=F("rows_accepted") + F("rows_rejected") + F("rows_duplicate")),
                name="batch_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(status=BatchStatus.COMPLETED, completed_at__isnull=False)
                | Q(status=BatchStatus.RECEIVING, completed_at=None, rows_read=0),
                name="batch_completed_has_instant",
            ),
        ]


class RowFault(models.Model):
    """Why a row of a batch was refused; `line` counts from 1. Never what the row said."""

    pk = models.CompositePrimaryKey("batch_id", "line")
    batch = models.ForeignKey(DataBatch, models.CASCADE, related_name="faults")
    line = models.IntegerField()
    code = models.CharField(max_length=60)
    field = models.CharField(max_length=40, blank=True)


class UploadPart(models.Model):
    """Bytes of an upload under way, in the order of `start_byte`; gone when it is completed or given up."""

    pk = models.CompositePrimaryKey("batch_id", "start_byte")
    batch = models.ForeignKey(DataBatch, models.CASCADE, related_name="parts")
    start_byte = models.BigIntegerField()
    content = models.BinaryField()
