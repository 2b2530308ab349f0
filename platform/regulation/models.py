"""The rules, prime rates and calendar days this bank has adopted and signed: every table may only grow."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from plumbing.fields import RateField, key


class AdoptedRule(models.Model):
    """One rule with its parameters for a span of time, as the bank signed it; a trigger refuses any change.

    A later row with the same code and start and a higher `revision` replaces an earlier one for decisions
    taken from then on. `applies_to_contracts_signed_from` leaves older contracts alone (R-16).
    """

    id = key()
    code = models.CharField(max_length=20)
    revision = models.PositiveSmallIntegerField()
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
    adopted_by = models.CharField(max_length=200)
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "adopted_rule"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "effective_from", "revision"], name="adopted_rule_once"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
                name="adopted_rule_span",
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["BLOCK", "REFER", "WARN", "REPORT", "DATA"]),
                name="adopted_rule_severity",
            ),
        ]


class CalendarYear(models.Model):
    """One edition of a year's list; official once it is the State Council's, provisional before (M-07)."""

    id = key()
    year = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField()
    is_official = models.BooleanField()
    source = models.CharField(max_length=300)
    adopted_by = models.CharField(max_length=200)
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "calendar_year"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "revision"], name="calendar_year_once"),
        ]


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday on a weekday, or a make-up workday on a weekend."""

    class Kind(models.TextChoices):
        """Which of the two."""

        HOLIDAY = "holiday"
        MAKE_UP_WORKDAY = "make_up_workday"

    id = key()
    edition = models.ForeignKey(CalendarYear, models.PROTECT, related_name="days")
    day = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "calendar_day"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "day"], name="calendar_day_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["holiday", "make_up_workday"]), name="calendar_day_kind"
            ),
        ]


class CalendarProposal(models.Model):
    """A year's official list that waits for a second person; `days` are (ISO date, worked, name)."""

    id = key()
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    days = models.JSONField()
    proposed_by = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()

    class Meta:
        db_table = "calendar_proposal"


class CalendarVerdict(models.Model):
    """What the second person said about it."""

    proposal = models.OneToOneField(
        CalendarProposal, models.PROTECT, primary_key=True, related_name="verdict"
    )
    person = models.CharField(max_length=200)
    is_approval = models.BooleanField()
    given_at = models.DateTimeField()

    class Meta:
        db_table = "calendar_verdict"


class CalendarOverride(models.Model):
    """The bank's own word on one day, above any list; the newest revision of a day counts."""

    class Kind(models.TextChoices):
        """What the bank makes of the day; `as_listed` takes an earlier word back."""

        HOLIDAY = "holiday"
        WORKDAY = "workday"
        AS_LISTED = "as_listed"

    id = key()
    day = models.DateField()
    revision = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.CharField(max_length=300)
    adopted_by = models.CharField(max_length=200)
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "calendar_override"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "revision"], name="calendar_override_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["holiday", "workday", "as_listed"]), name="calendar_override_kind"
            ),
        ]


class LprFixing(models.Model):
    """A published loan prime rate as the bank took it over (P-06); a higher revision corrects an earlier."""

    id = key()
    published_date = models.DateField()
    revision = models.PositiveSmallIntegerField()
    one_year = RateField()
    five_year = RateField()
    source = models.CharField(max_length=300)
    adopted_by = models.CharField(max_length=200)
    approved_by = models.JSONField(default=list)
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "lpr_fixing"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["published_date", "revision"], name="lpr_fixing_once"),
            models.CheckConstraint(condition=Q(one_year__gt=0, five_year__gt=0), name="lpr_fixing_positive"),
        ]


class LprProposal(models.Model):
    """A prime rate that looks wrong and waits for two people (J8, F); no price uses it before."""

    id = key()
    published_date = models.DateField()
    one_year = RateField()
    five_year = RateField()
    source = models.CharField(max_length=300)
    reasons = models.JSONField()
    proposed_by = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()

    class Meta:
        db_table = "lpr_proposal"


class LprVerdict(models.Model):
    """What one person said about a proposal; one rejection ends it."""

    id = key()
    proposal = models.ForeignKey(LprProposal, models.PROTECT, related_name="verdicts")
    person = models.CharField(max_length=200)
    is_approval = models.BooleanField()
    given_at = models.DateTimeField()

    class Meta:
        db_table = "lpr_verdict"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "person"], name="lpr_verdict_one_a_person"),
        ]


class VatElection(models.Model):
    """Which of T-02's two methods the bank uses in a fiscal year; the newest revision counts."""

    id = key()
    year = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField()
    method = models.PositiveSmallIntegerField()
    chosen_by = models.CharField(max_length=200)
    chosen_at = models.DateTimeField()

    class Meta:
        db_table = "vat_election"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "revision"], name="vat_election_once"),
            models.CheckConstraint(condition=Q(method__in=[1, 2]), name="vat_election_method"),
        ]


class AccrualElection(models.Model):
    """What a bank does in a fiscal year with loans long past due (rules 2.9); the newest counts."""

    class Policy(models.TextChoices):
        """Net interest under CAS 22, or none at all after 90 days."""

        CAS22 = "cas22"
        LEGACY_90D = "legacy_90d"

    id = key()
    year = models.PositiveSmallIntegerField()
    revision = models.PositiveSmallIntegerField()
    policy = models.CharField(max_length=12, choices=Policy)
    chosen_by = models.CharField(max_length=200)
    chosen_at = models.DateTimeField()

    class Meta:
        db_table = "accrual_election"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "revision"], name="accrual_election_once"),
            models.CheckConstraint(
                condition=Q(policy__in=["cas22", "legacy_90d"]), name="accrual_election_policy"
            ),
        ]


class AccrualLock(models.Model):
    """The first loan of a fiscal year that the policy was used on: from then on the policy stays."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    first_posting_date = models.DateField()
    locked_at = models.DateTimeField()

    class Meta:
        db_table = "accrual_lock"


class VatLock(models.Model):
    """The first posting of a fiscal year that followed its method: from then on the method stays (T-02)."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    first_posting_date = models.DateField()
    locked_at = models.DateTimeField()

    class Meta:
        db_table = "vat_lock"
