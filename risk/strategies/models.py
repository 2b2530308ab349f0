"""Strategies: one table of signed, immutable documents (R-01)."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import key


class StrategyVersion(models.Model):
    """One version of one strategy; a trigger refuses any change once it is written."""

    id = key()
    code = models.TextField()
    version = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    effective_from = models.DateField()
    signed_by_first = models.TextField()
    signed_by_second = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        """Two different people sign; numbers never repeat."""

        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="strategy_version_once"),
            models.CheckConstraint(
                condition=~Q(signed_by_first=F("signed_by_second"))
                & ~Q(signed_by_first="")
                & ~Q(signed_by_second=""),
                name="strategy_two_signatures",
            ),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="strategy_sha256_hex"),
        ]
        indexes = [models.Index(fields=["code", "-effective_from", "-version"], name="strategy_in_force")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"
