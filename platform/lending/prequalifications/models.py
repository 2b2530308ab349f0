"""Tables: the policy for facts that nobody has shown yet, its proposals, and the answers that were given."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField, RateField, key


class Result(models.TextChoices):
    """What a pre-qualification may come to."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    INSUFFICIENT_DATA = "insufficient_data"


class PrequalificationPolicy(models.Model):
    """What a product says to facts without evidence, from a day on; append-only, adopted by two people.

    From `monthly_sales_min` a month on, up to `multiple` months' sales.
    """

    id = key()
    product_code = models.CharField(max_length=40)
    effective_date = models.DateField()
    monthly_sales_min = MoneyField()
    multiple = RateField()
    proposed_by = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200)
    adopted_at = models.DateTimeField()

    class Meta:
        ordering = ["product_code", "-effective_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["product_code", "effective_date"], name="prequalification_policy_one_a_day"
            ),
            models.CheckConstraint(
                condition=Q(monthly_sales_min__gt=0, multiple__gt=0), name="prequalification_policy_positive"
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="prequalification_maker_is_not_checker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} from {self.effective_date}"


class PolicyProposal(models.Model):
    """A policy that waits for a second person; append-only."""

    id = key()
    product_code = models.CharField(max_length=40)
    effective_date = models.DateField()
    monthly_sales_min = MoneyField()
    multiple = RateField()
    reason = models.CharField(max_length=300)
    proposed_by = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()

    class Meta:
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(monthly_sales_min__gt=0, multiple__gt=0),
                name="prequalification_proposal_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} from {self.effective_date}"


class PolicyVerdict(models.Model):
    """What became of a proposed policy: the second person's word, or that the first took it back."""

    proposal = models.OneToOneField(PolicyProposal, models.PROTECT, primary_key=True, related_name="verdict")
    person = models.CharField(max_length=200)
    is_approval = models.BooleanField()
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.proposal_id} {'adopted' if self.is_approval else 'rejected'}"


class Prequalification(models.Model):
    """One answer as it was given; append-only. It binds nobody, and no decision reads it."""

    id = key()
    scene_id = models.UUIDField()
    enterprise_id = models.UUIDField(null=True)
    product_code = models.CharField(max_length=40)
    product_version = models.PositiveSmallIntegerField()
    monthly_sales = MoneyField(null=True)
    area_code = models.CharField(max_length=6, blank=True, default="")
    result = models.CharField(max_length=20, choices=Result)
    max_amount = MoneyField(null=True)
    cost_min = RateField(null=True)
    cost_max = RateField(null=True)
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    valid_until = models.DateField()
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["scene_id", "id"], name="prequalification_of_scene")]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=Result.values), name="prequalification_result_known"
            ),
            models.CheckConstraint(
                condition=Q(enterprise_id__isnull=True, monthly_sales__isnull=False)
                | Q(enterprise_id__isnull=False, monthly_sales__isnull=True),
                name="prequalification_of_one_source",
            ),
            models.CheckConstraint(
                condition=Q(
                    result=Result.ELIGIBLE,
                    max_amount__gt=0,
                    cost_min__isnull=False,
                    cost_max__gte=F("cost_min"),
                )
                | (~Q(result=Result.ELIGIBLE) & Q(max_amount__isnull=True)),
                name="prequalification_eligible_has_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} {self.result}"
