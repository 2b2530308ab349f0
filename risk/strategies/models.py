"""Strategies: signed, immutable documents (R-01), and which runs for whom. Every table may only grow."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField, key

_SHA256 = "^[0-9a-f]{64}$"


def _share() -> "models.DecimalField[object, object]":
    """Return a column for a fraction of 0 to 1."""
    return models.DecimalField(max_digits=7, decimal_places=6)


class StrategyDraft(models.Model):
    """A document that somebody wants to publish: backtested and run in the shadow, decides nothing."""

    id = key()
    code = models.TextField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    note = models.TextField(blank=True, default="")
    rolls_back_to = models.ForeignKey(
        "strategies.StrategyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    drafted_by = models.TextField()
    drafted_at = models.DateTimeField()

    class Meta:
        """A draft is known by its hash."""

        constraints = [models.CheckConstraint(condition=Q(sha256__regex=_SHA256), name="draft_sha256_hex")]

    def __str__(self) -> str:
        return f"{self.code} draft"


class StrategyVersion(models.Model):
    """One version of one strategy; a trigger refuses any change once it is written.

    `impact` is what its new rules did to the recent portfolio on the day it was published.
    """

    id = key()
    code = models.TextField()
    version = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    effective_from = models.DateField()
    signed_by_first = models.TextField()
    signed_by_second = models.TextField()
    published_at = models.DateTimeField()
    draft = models.OneToOneField(StrategyDraft, on_delete=models.PROTECT, null=True, related_name="version")
    rolls_back_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    impact = models.JSONField(default=dict)

    class Meta:
        """Two different people sign; numbers never repeat."""

        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="strategy_version_once"),
            models.CheckConstraint(
                condition=~Q(signed_by_first=F("signed_by_second"))
                & ~Q(signed_by_first="")
                & ~Q(signed_by_second=""),
                name="strategy_two_signatures",
            ),
            models.CheckConstraint(condition=Q(sha256__regex=_SHA256), name="strategy_sha256_hex"),
        ]
        indexes = [models.Index(fields=["code", "-effective_from", "-version"], name="strategy_in_force")]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class Proposal(models.Model):
    """An act that one person of the bank proposes and another approves; `payload` is the act, whole."""

    class Kind(models.TextChoices):
        """What is proposed."""

        PUBLICATION = "publication"
        SNOOZE = "snooze"
        SPLIT = "split"
        EXPLORATION = "exploration"
        POLICY = "policy"
        CYCLE_OVERLAY = "cycle_overlay"
        WARNING_POLICY = "warning_policy"

    id = key()
    kind = models.TextField(choices=Kind.choices)
    strategy_code = models.TextField()
    payload = models.JSONField()
    reason = models.TextField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()

    class Meta:
        """The newest first."""

        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("publication", "snooze", "split", "exploration", "policy"),
                        *("cycle_overlay", "warning_policy"),
                    ]
                )
                & ~Q(proposed_by=""),
                name="proposal_whole",
            )
        ]


class ProposalVerdict(models.Model):
    """What the second person said; a proposal is decided once."""

    id = key()
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="verdict")
    is_approval = models.BooleanField()
    reason = models.TextField(blank=True, default="")
    proposed_by = models.TextField()
    decided_by = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        """Two different people."""

        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")) & ~Q(decided_by=""), name="proposal_two_people"
            )
        ]


class Signed(models.Model):
    """What every approved act keeps: its proposal, and thereby who asked, who approved, when and why."""

    id = key()
    strategy_code = models.TextField()
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A base of tables, itself none."""

        abstract = True


class RuleSnooze(Signed):
    """One rule does not speak against one subject for a while; an unknown still does."""

    rule = models.TextField()
    subject = models.TextField()

    class Meta:
        """A snooze always ends."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(effective_to__isnull=False, effective_to__gt=F("effective_from")),
                name="snooze_ends",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "strategy_code"], name="snooze_by_subject")]


class Split(Signed):
    """A challenger decides for a share of the borrowers; the newest row for a day counts, 0 ends it."""

    challenger_code = models.TextField()
    share = _share()
    bucket_key = models.BinaryField(max_length=32)

    class Meta:
        """One to 99 %."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(share=0) | Q(share__gte="0.01", share__lte="0.99"), name="split_share"
            )
        ]


class ExplorationBudget(Signed):
    """A small share of those just below the cut-off is approved, to learn; a share of 0 ends it."""

    share = _share()
    pd_up_to = _share()
    limit_max = MoneyField()
    month_amount_max = MoneyField()
    bucket_key = models.BinaryField(max_length=32)

    class Meta:
        """Two to five percent, and a cap in yuan."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(share=0) | Q(share__gte="0.02", share__lte="0.05"), name="exploration_share"
            ),
            models.CheckConstraint(
                condition=Q(limit_max__gt=0, month_amount_max__gte=F("limit_max")), name="exploration_amounts"
            ),
        ]


class PublishingPolicy(Signed):
    """What this bank lets a new strategy do to its recent portfolio before it stops it."""

    hit_share_max = _share()
    portfolio_days = models.PositiveIntegerField()
    portfolio_count_min = models.PositiveIntegerField()
    snooze_days_max = models.PositiveIntegerField()

    class Meta:
        """Shares are shares."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(hit_share_max__gt=0, hit_share_max__lte=1), name="policy_share"
            )
        ]


class ShadowAssignment(models.Model):
    """A draft that runs beside every live decision of a strategy over a period, and decides nothing."""

    id = key()
    strategy_code = models.TextField()
    draft = models.ForeignKey(StrategyDraft, on_delete=models.PROTECT, related_name="+")
    effective_from = models.DateField()
    effective_to = models.DateField()
    assigned_by = models.TextField()
    assigned_at = models.DateTimeField()

    class Meta:
        """A shadow always ends."""

        constraints = [
            models.CheckConstraint(condition=Q(effective_to__gt=F("effective_from")), name="shadow_ends")
        ]
        indexes = [models.Index(fields=["strategy_code", "-effective_to"], name="shadow_in_force")]


class ShadowStop(models.Model):
    """A shadow ended before its day."""

    id = key()
    assignment = models.OneToOneField(ShadowAssignment, on_delete=models.PROTECT, related_name="stop")
    stopped_by = models.TextField()
    stopped_at = models.DateTimeField()
