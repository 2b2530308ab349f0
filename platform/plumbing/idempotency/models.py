"""What was answered to a keyed call."""

from typing import ClassVar

from django.db import models


class RememberedCall(models.Model):
    """The answer to one key within one scope (scene x path; the bank is the schema)."""

    scope = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    response = models.JSONField()
    remembered_at = models.DateTimeField()

    class Meta:
        db_table = "remembered_call"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key"], name="remembered_call_scope_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["remembered_at"], name="remembered_call_at")]
