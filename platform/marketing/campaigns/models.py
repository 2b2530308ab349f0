"""Tables: campaigns and the offers made under them."""

from django.db import models
from django.db.models import Q

from marketing.campaigns.states import OPEN, CampaignStatus, OfferStatus
from plumbing.fields import MoneyField, key


class Campaign(models.Model):
    """An audience rule, how an offer is sized, and for how long it stands."""

    id = key()
    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    product_code = models.CharField(max_length=40)
    rule = models.JSONField()
    days_of_takings = models.DecimalField(max_digits=7, decimal_places=2)
    step = MoneyField()
    amount_min = MoneyField()
    amount_max = MoneyField()
    offer_days = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=CampaignStatus.choices)
    created_at = models.DateTimeField()
    launched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=CampaignStatus.values), name="campaign_status_known"
            ),
            models.CheckConstraint(
                condition=Q(step__gt=0, amount_min__gt=0, amount_max__gte=models.F("amount_min")),
                name="campaign_amounts_sound",
            ),
        ]


class Offer(models.Model):
    """An amount one enterprise may apply for until a day; at most one open offer a product."""

    id = key()
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="offers")
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    product_code = models.CharField(max_length=40)
    max_amount = MoneyField()
    status = models.CharField(max_length=16, choices=OfferStatus.choices)
    offered_date = models.DateField()
    expires_date = models.DateField()
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    application_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    viewed_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["scene_id", "-created_at"], name="offer_of_scene"),
            models.Index(fields=["expires_date"], condition=Q(status__in=OPEN), name="offer_running_out"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise_id", "product_code"], condition=Q(status__in=OPEN), name="offer_open_once"
            ),
            models.CheckConstraint(condition=Q(status__in=OfferStatus.values), name="offer_status_known"),
            models.CheckConstraint(condition=Q(max_amount__gt=0), name="offer_amount_positive"),
            models.CheckConstraint(
                condition=Q(expires_date__gt=models.F("offered_date")), name="offer_expires_later"
            ),
        ]
