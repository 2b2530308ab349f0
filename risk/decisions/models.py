"""Decisions, the chain that seals them, and shadows that failed. Every table may only grow."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from plumbing.fields import JsonAsWrittenField, MoneyField, RateField, key


class Outcome(models.TextChoices):
    """The three outcomes; a counter-offer is an approval below what was asked."""

    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"


class Role(models.TextChoices):
    """Whose decision it is: only a champion's and a challenger's have consequences."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    SHADOW = "shadow"
    REPLAY = "replay"


LIVE = (Role.CHAMPION.value, Role.CHALLENGER.value)


class Decision(models.Model):
    """What was decided, on which facts, under which strategy; `sha256` covers all three and their setting.

    `facts`, `deviations` and `result` are the whole of it; the columns after them repeat parts for searching.
    `result` is kept as written: nothing searches inside, and to write it is most of what a decision costs.
    `deviations` says what set this decision apart from its document: snoozed rules, the exploration budget.
    A live decision runs a signed version; a shadow or a replay may run a draft, and names the decision
    beside which it ran.
    """

    id = key()
    subject = models.TextField()
    borrower = models.TextField()
    on_date = models.DateField()
    decided_at = models.DateTimeField()
    role = models.TextField(choices=Role.choices)
    beside = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="companions")
    strategy_version = models.ForeignKey(
        "strategies.StrategyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    strategy_draft = models.ForeignKey(
        "strategies.StrategyDraft", on_delete=models.PROTECT, null=True, related_name="+"
    )
    strategy_code = models.TextField()
    strategy_sha256 = models.CharField(max_length=64)
    assignment = models.JSONField(default=dict)
    deviations = models.JSONField(default=dict)
    facts = models.JSONField()
    result = JsonAsWrittenField()
    verdict = models.TextField(choices=Outcome.choices)
    limit = MoneyField(null=True)
    annual_rate = RateField(null=True)
    pd = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    grade = models.TextField(default="")
    reasons = ArrayField(models.TextField(), default=list)
    sha256 = models.CharField(max_length=64)

    class Meta:
        """An approval always names its limit and its price; what is live is signed and stands alone."""

        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Outcome.values), name="decision_verdict_known"),
            models.CheckConstraint(
                condition=~Q(verdict=Outcome.APPROVE) | Q(limit__gt=0, annual_rate__isnull=False),
                name="decision_approval_complete",
            ),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="decision_sha256_hex"),
            models.CheckConstraint(
                condition=Q(role__in=LIVE, strategy_version__isnull=False, strategy_draft=None, beside=None)
                | (
                    Q(role__in=["shadow", "replay"], beside__isnull=False)
                    & (
                        Q(strategy_version__isnull=False, strategy_draft=None)
                        | Q(strategy_version=None, strategy_draft__isnull=False)
                    )
                ),
                name="decision_role_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-id"], name="decision_by_subject"),
            models.Index(fields=["strategy_code", "on_date"], name="decision_by_strategy"),
            GinIndex(fields=["reasons"], name="decision_by_reason"),
            models.Index(
                KeyTextTransform("shadow", "assignment"),
                name="decision_by_shadow",
                condition=Q(role="shadow"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.verdict}"


class DecisionSeal(models.Model):
    """One link of a bank's chain: `sha256` covers number, decision with its hash, and the link before.

    Written beside deciding, over committed rows, so that no decision waits for another's link.
    """

    number = models.BigIntegerField(primary_key=True)
    decision = models.UUIDField(unique=True)
    decision_sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        """Numbers begin at one."""

        constraints = [models.CheckConstraint(condition=Q(number__gte=1), name="decision_seal_number")]


class ShadowFailure(models.Model):
    """A shadow that could not be run beside a decision; the decision stands all the same."""

    id = key()
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    assignment_id = models.UUIDField()
    problem = models.TextField()
    failed_at = models.DateTimeField()
