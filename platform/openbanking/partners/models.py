"""Tables: the bank's own published list of scenes (R-09)."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import RateField, key


class PartnerListing(models.Model):
    """A scene on the bank's list from one day up to, not including, another; the fee is the bank's (R-10)."""

    id = key()
    scene_id = models.UUIDField()
    scene_name = models.CharField(max_length=200)
    fee_rate = RateField()
    fee_payer = models.CharField(max_length=8, default="bank")
    listed_from = models.DateField()
    listed_until = models.DateField(null=True)
    approved_by = models.CharField(max_length=200)
    delisted_by = models.CharField(max_length=200, blank=True)
    delist_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scene_id"], condition=Q(listed_until=None), name="partner_listed_once"
            ),
            models.CheckConstraint(condition=Q(fee_payer="bank"), name="partner_fee_paid_by_bank"),
            models.CheckConstraint(
                condition=Q(fee_rate__gte=0, fee_rate__lt=1), name="partner_fee_rate_fraction"
            ),
            models.CheckConstraint(
                condition=Q(listed_until=None) | Q(listed_until__gte=F("listed_from")),
                name="partner_listed_forwards",
            ),
        ]
