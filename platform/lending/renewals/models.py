"""What was found about borrowers, and the renewals with the checklist they were decided on."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField, key


class FindingKind(models.TextChoices):
    """What somebody found; all but a visit speak against the borrower until they are lifted."""

    VISITED = "visited"  # seen at work: stands for takings where there are none
    UNLAWFUL = "unlawful"
    CEASED = "ceased"
    BAD_CREDIT = "bad_credit"
    MISUSE = "misuse"  # the money did not go where it was lent for
    EVASION = "evasion"


class Finding(models.Model):
    """Something found about a borrower on a day, with its source; lifted by a second row's date."""

    id = key()
    enterprise_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=12, choices=FindingKind)
    found_date = models.DateField()
    lifted_date = models.DateField(null=True)
    source = models.CharField(max_length=200)
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-found_date", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=FindingKind.values), name="finding_kind_known"),
            models.CheckConstraint(
                condition=Q(lifted_date=None) | Q(lifted_date__gte=F("found_date")),
                name="finding_lifted_after_found",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="finding_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.found_date}"


class Renewal(models.Model):
    """A loan that paid another without money; append-only. `chain_count` says how often that happened now.

    `facts` are those the conditions were evaluated on, `failed` the conditions that did not hold, `tier` what
    follows from them for the new loan, `rule` the text.
    """

    id = key()
    loan_id = models.UUIDField(unique=True)
    renews_loan_id = models.UUIDField(unique=True)
    line_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField(db_index=True)
    principal = MoneyField()
    chain_count = models.PositiveSmallIntegerField()
    tier = models.CharField(max_length=16)
    failed = models.JSONField()
    facts = models.JSONField()
    rule = models.CharField(max_length=200)
    business_date = models.DateField()
    proposed_by = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["business_date", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(chain_count__gte=1), name="renewal_chain_begins_at_one"),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="renewal_maker_is_not_checker"
            ),
            models.CheckConstraint(condition=~Q(loan_id=F("renews_loan_id")), name="renewal_of_another_loan"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} {self.tier}"
