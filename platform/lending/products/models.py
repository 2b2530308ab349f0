"""Product versions: immutable once published, drafted and published by two different people."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kernel.money import Rounding
from lending.products.methods import DueDateRoll, PeriodUnit, Prepayment, RepaymentMethod
from plumbing.fields import MoneyField, RateField, key


class ProductStatus(models.TextChoices):
    """Where a version stands; a published one only ever becomes retired."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


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
    revolving = models.BooleanField(default=True, db_default=True)
    instalment_count = models.PositiveSmallIntegerField(default=1, db_default=1)
    period_unit = models.CharField(
        max_length=8, choices=PeriodUnit, default=PeriodUnit.MONTH, db_default="month"
    )
    period_every = models.PositiveSmallIntegerField(default=1, db_default=1)
    anchor_day = models.PositiveSmallIntegerField(null=True)  # none: the day of the draw
    day_count = models.CharField(max_length=20, default="ACT/360", db_default="ACT/360")
    grace_principal_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    grace_interest_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    compounds = models.BooleanField(default=False, db_default=False)
    allocation = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    prepayment = models.CharField(
        max_length=20, choices=Prepayment, default=Prepayment.KEEP_TERM, db_default="keep_term"
    )
    prepayment_fee = RateField(default=0, db_default=0)
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
            models.CheckConstraint(
                condition=Q(
                    repayment_method__in=RepaymentMethod.values,
                    period_unit__in=PeriodUnit.values,
                    prepayment__in=Prepayment.values,
                ),
                name="product_choices_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    instalment_count__gte=1,
                    period_every__gte=1,
                    prepayment_fee__gte=0,
                    prepayment_fee__lt=1,
                )
                & (Q(anchor_day__isnull=True) | Q(anchor_day__gte=1, anchor_day__lte=31)),
                name="product_schedule_in_order",
            ),
            models.CheckConstraint(
                condition=Q(status=ProductStatus.DRAFT) | ~Q(repayment_method=RepaymentMethod.FLAT),
                name="product_flat_is_never_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"
