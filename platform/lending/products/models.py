"""Product versions: immutable once published, drafted and published by two different people."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kernel.money import Rounding
from plumbing.fields import MoneyField, RateField, key


class ProductStatus(models.TextChoices):
    """Where a version stands; a published one only ever becomes retired."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class RepaymentMethod(models.TextChoices):
    """How a loan of the product is repaid."""

    DAILY_INTEREST = "daily_interest"  # 随借随还: interest by day, any amount any day, the rest at maturity


class DueDateRoll(models.TextChoices):
    """What happens to a due date that is no business day (L-07)."""

    NONE = "none"
    NEXT_WORKDAY = "next_workday"


class ProductVersion(models.Model):
    """One version of a product's terms; a contract points at its version for life (S2-26, R-11)."""

    id = key()
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    limit_min = MoneyField()
    limit_max = MoneyField()
    draw_min = MoneyField()
    annual_rate = RateField()
    day_basis = models.PositiveSmallIntegerField(default=360)
    tenor_days_min = models.PositiveSmallIntegerField(default=1)
    tenor_days_max = models.PositiveSmallIntegerField(default=365)
    line_days = models.PositiveSmallIntegerField(default=365)
    offer_days = models.PositiveSmallIntegerField(default=30)
    quote_days = models.PositiveSmallIntegerField(default=7)
    overdue_uplift = RateField()
    repayment_method = models.CharField(
        max_length=20, choices=RepaymentMethod, default=RepaymentMethod.DAILY_INTEREST
    )
    due_date_roll = models.CharField(max_length=20, choices=DueDateRoll, default=DueDateRoll.NEXT_WORKDAY)
    rounding = models.CharField(
        max_length=20, choices=[(rule.value, rule.name) for rule in Rounding], default=Rounding.HALF_UP
    )
    purposes = ArrayField(models.CharField(max_length=30))
    consent_purpose = models.CharField(max_length=40, default="credit_assessment")
    data_classes = ArrayField(models.CharField(max_length=30))
    fees = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=ProductStatus, default=ProductStatus.DRAFT)
    drafted_by = models.CharField(max_length=120)
    drafted_at = models.DateTimeField()
    published_by = models.CharField(max_length=120, blank=True, default="")
    published_at = models.DateTimeField(null=True)
    effective_date = models.DateField(null=True)
    all_in_cost = RateField(null=True)
    retired_by = models.CharField(max_length=120, blank=True, default="")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="product_version_unique"),
            models.CheckConstraint(
                condition=~Q(drafted_by=F("published_by")), name="product_maker_is_not_checker"
            ),
            models.CheckConstraint(condition=Q(status__in=ProductStatus.values), name="product_status_known"),
            models.CheckConstraint(
                condition=Q(
                    status=ProductStatus.DRAFT, published_at__isnull=True, effective_date__isnull=True
                )
                | (
                    ~Q(status=ProductStatus.DRAFT)
                    & ~Q(published_by="")
                    & Q(published_at__isnull=False, effective_date__isnull=False, all_in_cost__isnull=False)
                ),
                name="product_published_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(
                    limit_min__gt=0,
                    limit_max__gte=F("limit_min"),
                    draw_min__gt=0,
                    draw_min__lte=F("limit_min"),
                ),
                name="product_amounts_in_order",
            ),
            models.CheckConstraint(
                condition=Q(tenor_days_min__gte=1, tenor_days_max__gte=F("tenor_days_min")),
                name="product_tenor_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    annual_rate__gt=0, annual_rate__lt=1, overdue_uplift__gte=0, day_basis__in=[360, 365]
                ),
                name="product_rate_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"
