"""Collateral (押品), its valuations, its pledges (抵押), and the bank's list of communities (房产白名单)."""

from django.db import models
from django.db.models import F, Q

from plumbing.crypto import EncryptedTextField
from plumbing.fields import MoneyField, RateField, key


class CollateralKind(models.TextChoices):
    """What kind of thing secures a line."""

    RESIDENCE = "residence"
    SHOP = "shop"
    FACTORY = "factory"
    VEHICLE = "vehicle"
    EQUIPMENT = "equipment"


IMMOVABLE = (CollateralKind.RESIDENCE, CollateralKind.SHOP, CollateralKind.FACTORY)


class PledgeStatus(models.TextChoices):
    """Where a pledge stands: only a registered lien secures anything."""

    AGREED = "agreed"
    REGISTERED = "registered"
    RELEASED = "released"


class Community(models.Model):
    """A community the bank lends on without a look, from one day up to, not including, another."""

    id = key()
    area_code = models.CharField(max_length=6)
    name = models.CharField(max_length=120)
    listed_from = models.DateField()
    listed_until = models.DateField(null=True)
    proposed_by = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["area_code", "name", "listed_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "name"], condition=Q(listed_until=None), name="community_listed_once"
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="community_maker_is_not_checker"
            ),
            models.CheckConstraint(
                condition=Q(listed_until=None) | Q(listed_until__gte=F("listed_from")),
                name="community_listed_forwards",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.name}"


class Collateral(models.Model):
    """One thing that can be pledged; its title number is sealed, and known twice over by its blind index."""

    id = key()
    enterprise_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=12, choices=CollateralKind)
    area_code = models.CharField(max_length=6)
    community = models.CharField(max_length=120, blank=True)
    title_no = EncryptedTextField()
    title_index = models.CharField(max_length=64, unique=True)
    registered_at = models.DateTimeField()

    class Meta:
        ordering = ["-registered_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CollateralKind.values), name="collateral_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Valuation(models.Model):
    """What a collateral was found to be worth on a day, and until when the bank relies on it."""

    id = key()
    collateral = models.ForeignKey(Collateral, on_delete=models.PROTECT, related_name="valuations")
    value = MoneyField()
    valued_date = models.DateField()
    expires_date = models.DateField()
    appraiser = models.CharField(max_length=120)
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-valued_date", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(value__gt=0), name="valuation_positive"),
            models.CheckConstraint(
                condition=Q(expires_date__gt=F("valued_date")), name="valuation_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} on {self.valued_date}"


class Pledge(models.Model):
    """A collateral securing a line up to an amount, behind what ranks before it; its terms are for life."""

    id = key()
    collateral = models.ForeignKey(Collateral, on_delete=models.PROTECT, related_name="pledges")
    line_id = models.UUIDField(db_index=True)
    secured = MoneyField()
    prior = MoneyField(default=0)
    max_ltv = RateField()
    ltv = RateField()
    status = models.CharField(max_length=12, choices=PledgeStatus, default=PledgeStatus.AGREED)
    lien_no = models.CharField(max_length=64, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    agreed_by = models.CharField(max_length=200)
    agreed_date = models.DateField()
    registered_date = models.DateField(null=True)
    released_date = models.DateField(null=True)
    agreed_at = models.DateTimeField()

    class Meta:
        ordering = ["agreed_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(secured__gt=0, prior__gte=0), name="pledge_amounts_sound"),
            models.CheckConstraint(condition=Q(status__in=PledgeStatus.values), name="pledge_status_known"),
            models.CheckConstraint(condition=Q(ltv__gt=0, ltv__lte=F("max_ltv")), name="pledge_within_ltv"),
            models.CheckConstraint(
                condition=~Q(reviewed_by=F("agreed_by")), name="pledge_reviewer_is_another"
            ),
            models.CheckConstraint(
                condition=Q(status="agreed", registered_date=None, lien_no="")
                | Q(status="released")
                | (Q(status="registered", registered_date__isnull=False) & ~Q(lien_no="")),
                name="pledge_registered_has_its_lien",
            ),
            models.UniqueConstraint(
                fields=["collateral", "line_id"],
                condition=~Q(status="released"),
                name="pledge_once_a_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secured} {self.status}"
