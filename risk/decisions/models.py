"""Decisions: one append-only table."""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField, RateField, key


class Outcome(models.TextChoices):
    """The three outcomes; a counter-offer is an approval below what was asked."""

    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"


class Decision(models.Model):
    """What was decided, on which facts, under which strategy; `sha256` covers all three.

    `facts` and `result` are the whole of it; the columns after them repeat parts, for searching.
    The hash is each decision's own: chaining them would serialise every decision of a bank on one row.
    """

    id = key()
    subject = models.TextField()
    on_date = models.DateField()
    decided_at = models.DateTimeField()
    strategy_version = models.ForeignKey(
        "strategies.StrategyVersion", on_delete=models.PROTECT, related_name="+"
    )
    strategy_sha256 = models.CharField(max_length=64)
    facts = models.JSONField()
    result = models.JSONField()
    verdict = models.TextField(choices=Outcome.choices)
    limit = MoneyField(null=True)
    annual_rate = RateField(null=True)
    pd = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    grade = models.TextField(default="")
    sha256 = models.CharField(max_length=64)

    class Meta:
        """An approval always names its limit and its price."""

        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Outcome.values), name="decision_verdict_known"),
            models.CheckConstraint(
                condition=~Q(verdict=Outcome.APPROVE) | Q(limit__gt=0, annual_rate__isnull=False),
                name="decision_approval_complete",
            ),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="decision_sha256_hex"),
        ]
        indexes = [models.Index(fields=["subject", "-decided_at"], name="decision_by_subject")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.verdict}"
