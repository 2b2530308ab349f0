"""Versions of a line's terms, proposals that wait for the borrower, reviews due, and cuts of many lines."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField, RateField, key


class Cause(models.TextChoices):
    """What made a version."""

    GRANT = "grant"
    REVIEW = "review"
    CONSENT = "consent"
    MASS_CUT = "mass_cut"


class ProposalStatus(models.TextChoices):
    """Where a proposal stands; only an open one can be answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPLACED = "replaced"


class LineVersion(models.Model):
    """One version of a line's terms, never changed: the last one is in force (S0-21)."""

    id = key()
    line_id = models.UUIDField()
    version = models.PositiveIntegerField()
    limit = MoneyField()
    annual_rate = RateField()
    day_basis = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=12, choices=Cause)
    reason_code = models.CharField(max_length=60)
    decision_id = models.UUIDField(null=True)
    effective_date = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["line_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["line_id", "version"], name="line_version_unique"),
            models.CheckConstraint(condition=Q(limit__gt=0), name="line_version_limit_positive"),
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="line_version_cause_known"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} v{self.version}"


class LineProposal(models.Model):
    """A higher limit or a higher price that the borrower has to agree to first."""

    id = key()
    line_id = models.UUIDField()
    limit = MoneyField()
    annual_rate = RateField()
    day_basis = models.PositiveSmallIntegerField()
    reason_code = models.CharField(max_length=60)
    decision_id = models.UUIDField(null=True)
    status = models.CharField(max_length=10, choices=ProposalStatus, default=ProposalStatus.OPEN)
    valid_until = models.DateField()
    proposed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["line_id"], condition=Q(status="open"), name="line_proposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ProposalStatus.values), name="line_proposal_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="open", answered_at=None)
                | (~Q(status="open") & Q(answered_at__isnull=False)),
                name="line_proposal_answered_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} to {self.limit}"


class ReviewDue(models.Model):
    """A merchant whose lines are to be reviewed: kept with the news itself, until the review is done."""

    enterprise_id = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.enterprise_id)


class MassCut(models.Model):
    """A cut of many lines with what it would do, worked out before; two people have to approve it (J8)."""

    id = key()
    line_ids = ArrayField(models.UUIDField())
    factor = RateField()
    reason_code = models.CharField(max_length=60)
    borrower_count = models.PositiveIntegerField()
    limit_before = MoneyField()
    limit_after = MoneyField()
    in_use_above = MoneyField()
    simulated_by = models.CharField(max_length=200)
    simulated_at = models.DateTimeField()
    approved_by = models.CharField(max_length=200, blank=True)
    second_approver = models.CharField(max_length=200, blank=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-simulated_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(factor__gt=0, factor__lt=1), name="mass_cut_factor_cuts"),
            models.CheckConstraint(
                condition=Q(applied_at=None) | (~Q(approved_by="") & ~Q(approved_by=F("simulated_by"))),
                name="mass_cut_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(second_approver="") | ~Q(second_approver=F("approved_by")),
                name="mass_cut_approvers_differ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.borrower_count} x {self.factor}"
