"""Tiers and stages of exposures with their history, the ECL policy, its overlays, and what each run found."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField, RateField, key
from risk.classification.tiers import Tier

TIERS = [(tier.value, tier.name) for tier in Tier]


class ClassificationState(models.Model):
    """Where an exposure stands; one that never was overdue or flagged has no row: normal, stage 1.

    `day_step` counts the thresholds that its days past due have passed; only an exposure whose step differs,
    or whose `check_date` has come, is looked at again.
    """

    exposure_id = models.UUIDField(primary_key=True)
    debtor_id = models.UUIDField(db_index=True)
    tier = models.CharField(max_length=16, choices=TIERS, default=Tier.NORMAL.value)
    tier_since_date = models.DateField()
    stage = models.PositiveSmallIntegerField(default=1)
    stage_since_date = models.DateField()
    day_step = models.PositiveSmallIntegerField(default=0)
    oldest_due_date = models.DateField(null=True)
    is_technical = models.BooleanField(default=False)
    is_impaired = models.BooleanField(default=False)
    has_early_warning = models.BooleanField(default=False)
    sicr_rebutted = models.BooleanField(default=False)
    refinances = models.BooleanField(default=False)
    debtor_floor = models.BooleanField(default=False)
    override_tier = models.CharField(max_length=16, blank=True, default="")
    observation_end_date = models.DateField(null=True)
    observation_failed = models.BooleanField(default=False)
    arrears_cleared_date = models.DateField(null=True)
    cure_date = models.DateField(null=True)
    check_date = models.DateField(null=True)
    ecl = models.BigIntegerField(null=True)
    updated_date = models.DateField()

    class Meta:
        db_table = "classification_state"
        constraints = [
            models.CheckConstraint(
                condition=Q(tier__in=[tier.value for tier in Tier]), name="classification_tier"
            ),
            models.CheckConstraint(condition=Q(stage__in=[1, 2, 3]), name="classification_stage"),
            models.CheckConstraint(
                condition=Q(tier__in=["normal", "special_mention"]) | Q(stage=3),
                name="classification_non_performing_is_stage_3",
            ),
        ]
        indexes = [
            models.Index(
                fields=["check_date"], condition=Q(check_date__isnull=False), name="classification_due"
            ),
        ]


class TierChange(models.Model):
    """One move of an exposure between tiers, and why; append-only."""

    id = key()
    exposure_id = models.UUIDField(db_index=True)
    debtor_id = models.UUIDField()
    business_date = models.DateField(db_index=True)
    from_tier = models.CharField(max_length=16, choices=TIERS)
    to_tier = models.CharField(max_length=16, choices=TIERS)
    days_past_due = models.IntegerField()
    reasons = models.JSONField()
    rules = models.JSONField()
    decided_by = models.CharField(max_length=200)
    checked_by = models.CharField(max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "classification_tier_change"


class StageChange(models.Model):
    """One move of an exposure between stages; append-only."""

    id = key()
    exposure_id = models.UUIDField(db_index=True)
    business_date = models.DateField(db_index=True)
    from_stage = models.PositiveSmallIntegerField()
    to_stage = models.PositiveSmallIntegerField()
    days_past_due = models.IntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "classification_stage_change"


class DebtorShare(models.Model):
    """What a bureau says of a debtor's debts elsewhere: the share overdue over 90 days (C-03)."""

    id = key()
    debtor_id = models.UUIDField(db_index=True)
    overdue_share = RateField()
    as_of_date = models.DateField()
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "classification_debtor_share"


class EclPolicyVersion(models.Model):
    """A bank's ECL policy from a day on, signed by two people; append-only."""

    id = key()
    version = models.PositiveSmallIntegerField(unique=True)
    effective_from = models.DateField()
    document = models.JSONField()
    signed_by = models.JSONField()
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "ecl_policy_version"


class EclOverlay(models.Model):
    """A management overlay on a stage, apart from what the model says, signed by two people; append-only."""

    id = key()
    code = models.CharField(max_length=40)
    stage = models.PositiveSmallIntegerField()
    amount = MoneyField()
    reason = models.CharField(max_length=300)
    effective_from = models.DateField()
    effective_to = models.DateField()
    signed_by = models.JSONField()
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "ecl_overlay"
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=[1, 2, 3]), name="ecl_overlay_stage"),
            models.CheckConstraint(
                condition=Q(effective_to__gt=F("effective_from")), name="ecl_overlay_span"
            ),
        ]


class EclRun(models.Model):
    """One reckoning of the whole book; `totals` by stage in fen: count, ead, ecl, overlay, commitment."""

    id = key()
    as_of_date = models.DateField(unique=True)
    policy_version = models.PositiveSmallIntegerField()
    exposure_count = models.PositiveIntegerField()
    totals = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "ecl_run"


class EclResult(models.Model):
    """What one exposure is expected to lose, in fen; `commitment_ecl` is that of its undrawn part (E-02)."""

    pk = models.CompositePrimaryKey("run_id", "exposure_id")
    run_id = models.UUIDField()
    exposure_id = models.UUIDField()
    debtor_id = models.UUIDField()
    segment = models.CharField(max_length=40)
    stage = models.PositiveSmallIntegerField()
    drawn = models.BigIntegerField()
    undrawn = models.BigIntegerField()
    ecl = models.BigIntegerField()
    commitment_ecl = models.BigIntegerField()

    class Meta:
        db_table = "ecl_result"
