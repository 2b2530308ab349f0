"""Tables: which draw came of which offer."""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField, key


class Attribution(models.Model):
    """That a draw came of an offer; a draw counts once."""

    id = key()
    offer_id = models.UUIDField(db_index=True)
    campaign_id = models.UUIDField(db_index=True)
    drawdown_id = models.UUIDField(unique=True)
    amount = MoneyField()
    attributed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="attribution_amount_positive")]
