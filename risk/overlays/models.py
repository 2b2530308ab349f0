"""One table of signed, immutable overlays."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import key


class CycleOverlay(models.Model):
    """What is added to the log-odds of every PD from a day on; nothing is in force before the first."""

    id = key()
    version = models.PositiveIntegerField(unique=True)
    log_odds_shift = models.DecimalField(max_digits=9, decimal_places=6)
    reason = models.CharField(max_length=300)
    effective_from = models.DateField()
    signed_by_first = models.CharField(max_length=120)
    signed_by_second = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    class Meta:
        """Two different people sign, with a reason, within bounds."""

        constraints = [
            models.CheckConstraint(
                condition=~Q(signed_by_first=F("signed_by_second"))
                & ~Q(signed_by_first="")
                & ~Q(signed_by_second=""),
                name="cycle_overlay_two_signatures",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cycle_overlay_reasoned"),
            models.CheckConstraint(
                condition=Q(log_odds_shift__gte=-2, log_odds_shift__lte=2), name="cycle_overlay_bounded"
            ),
        ]
        indexes = [models.Index(fields=["-effective_from", "-version"], name="cycle_overlay_in_force")]

    def __str__(self) -> str:
        return f"v{self.version} {self.log_odds_shift}"
