"""The rules and calendar days this bank has adopted and signed."""

from typing import ClassVar

from django.db import models

from plumbing.fields import key


class AdoptedRule(models.Model):
    """One rule with its parameters for a span of time, as the bank signed it; a trigger refuses any change.

    A later row with the same code and start and a higher `revision` replaces an earlier one for decisions
    taken from then on.
    """

    id = key()
    code = models.CharField(max_length=20)
    revision = models.PositiveSmallIntegerField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    severity = models.CharField(max_length=10)
    confidence = models.CharField(max_length=10)
    parameters = models.JSONField()
    adopted_by = models.CharField(max_length=200)
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "adopted_rule"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "effective_from", "revision"], name="adopted_rule_once"),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True)
                | models.Q(effective_to__gt=models.F("effective_from")),
                name="adopted_rule_span",
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=["BLOCK", "REFER", "WARN", "REPORT", "DATA"]),
                name="adopted_rule_severity",
            ),
        ]


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday on a weekday, or a make-up workday on a weekend."""

    class Kind(models.TextChoices):
        """Which of the two."""

        HOLIDAY = "holiday"
        MAKE_UP_WORKDAY = "make_up_workday"

    day = models.DateField(primary_key=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "calendar_day"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["holiday", "make_up_workday"]), name="calendar_day_kind"
            ),
        ]


class CalendarYear(models.Model):
    """A year whose days are loaded; official once the State Council's list is in."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    is_official = models.BooleanField()
    source = models.CharField(max_length=300)

    class Meta:
        db_table = "calendar_year"
