"""What a borrower's size was measured by, and how each drawdown is taxed; both may only grow."""

from django.db import models
from django.db.models import Q

from plumbing.fields import MoneyField, RateField, key


class SizeDeclaration(models.Model):
    """The figures that the MIIT table asks for, as of a day, and where they come from (T-03)."""

    id = key()
    enterprise_id = models.UUIDField(db_index=True)
    as_of_date = models.DateField()
    industry = models.CharField(max_length=5)
    employees = models.PositiveIntegerField(null=True)
    revenue = MoneyField(null=True)
    months = models.PositiveSmallIntegerField(default=12)
    assets = MoneyField(null=True)
    source = models.CharField(max_length=200)
    recorded_by = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "tax_size_declaration"
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=12), name="size_months"),
        ]


class DrawdownTax(models.Model):
    """How a drawdown's interest is taxed, with all it was decided on, frozen on its day (T-01 to T-05).

    `facts` decide again for another fiscal year's method; `rules` name the texts of the rules that were used.
    """

    id = key()
    drawdown_id = models.UUIDField(unique=True)
    enterprise_id = models.UUIDField(db_index=True)
    drawdown_date = models.DateField()
    borrower = models.CharField(max_length=12)
    size_declaration_id = models.UUIDField(null=True)
    total_credit = MoneyField()
    annual_rate = RateField()
    lpr = RateField()
    method = models.PositiveSmallIntegerField(null=True)
    treatment = models.CharField(max_length=10)
    rule = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    income_account = models.CharField(max_length=16)
    facts = models.JSONField()
    rules = models.JSONField()
    tagged_at = models.DateTimeField()

    class Meta:
        db_table = "tax_drawdown"
        constraints = [
            models.CheckConstraint(
                condition=Q(treatment__in=["exempt", "taxable", "split"]), name="tax_drawdown_treatment"
            ),
            models.CheckConstraint(condition=Q(total_credit__gt=0), name="tax_drawdown_credit"),
        ]
