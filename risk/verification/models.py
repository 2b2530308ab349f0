"""Backtest reports: evidence of what was known before a strategy was changed. The table may only grow."""

from django.db import models
from django.db.models import Q

from plumbing.fields import key


class BacktestReport(models.Model):
    """Two documents run on the same stored facts; `figures` is the whole report, `sha256` covers it.

    `old_id` and `new_id` are versions or drafts; `population` says which decisions were taken.
    """

    id = key()
    strategy_code = models.TextField()
    old_id = models.UUIDField()
    old_sha256 = models.CharField(max_length=64)
    new_id = models.UUIDField()
    new_sha256 = models.CharField(max_length=64)
    population = models.JSONField()
    count = models.PositiveIntegerField()
    figures = models.JSONField()
    sha256 = models.CharField(max_length=64)
    asked_by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        """Found by the document that it is about."""

        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="backtest_sha256")
        ]
        indexes = [models.Index(fields=["new_sha256", "-id"], name="backtest_by_document")]
