"""Published rule packs, prime rates and calendars, from which each bank adopts its own copy."""

from typing import ClassVar

from django.db import models

from plumbing.fields import RateField, key


class PublishedRule(models.Model):
    """One rule with its parameters for a span of time; a higher edition replaces it, it is never edited."""

    id = key()
    code = models.CharField(max_length=20)
    edition = models.PositiveSmallIntegerField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    applies_to_contracts_signed_from = models.DateField(null=True)
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    message_en = models.CharField(max_length=300, blank=True, default="")
    message_zh = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=300)
    severity = models.CharField(max_length=10)
    confidence = models.CharField(max_length=10)
    owner = models.CharField(max_length=60, blank=True, default="")
    scope = models.JSONField(default=dict)
    parameters = models.JSONField()
    test_vectors = models.JSONField(default=list)
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "effective_from", "edition"], name="published_rule_once"),
        ]


class PublishedYear(models.Model):
    """One calendar year: the days that are not what their weekday says, `[[day, is_workday, name], ...]`."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    is_official = models.BooleanField()
    source = models.CharField(max_length=300)
    days = models.JSONField()
    published_at = models.DateTimeField()


class PublishedFixing(models.Model):
    """One month's loan prime rates (P-06); a correction is a higher edition of the same date."""

    id = key()
    published_date = models.DateField()
    edition = models.PositiveSmallIntegerField()
    one_year = RateField()
    five_year = RateField()
    source = models.CharField(max_length=300)
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["published_date", "edition"], name="published_fixing_once"),
        ]
