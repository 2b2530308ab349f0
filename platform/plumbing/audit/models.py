"""Who did what to which thing: rows that only ever grow in number."""

from typing import ClassVar

from django.db import models


class AuditRecord(models.Model):
    """One act. `position` orders the acts of a bank; a trigger refuses any change of a row."""

    position = models.BigAutoField(primary_key=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    detail = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "audit_record"
        ordering: ClassVar = ["position"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "position"], name="audit_subject"),
            models.Index(fields=["actor", "position"], name="audit_actor"),
        ]
