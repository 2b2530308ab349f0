"""Credit lines: what a borrower may use, uses, and has on the way."""

from django.db import models
from django.db.models import F, Q

from plumbing.fields import MoneyField, RateField, key


class LineStatus(models.TextChoices):
    """Whether the line may be drawn; its end date closes it for draws by itself."""

    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSED = "closed"


class CreditLine(models.Model):
    """A revolving limit: `limit = drawn + reserved + available`, kept by the table itself (S0-01)."""

    id = key()
    enterprise_id = models.UUIDField(db_index=True)
    scene_id = models.UUIDField(db_index=True)
    product_version = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT, related_name="+")
    product_code = models.CharField(max_length=40)
    application_id = models.UUIDField(unique=True)
    agreement_id = models.UUIDField(unique=True)
    limit = MoneyField()
    drawn = MoneyField(default=0)
    reserved = MoneyField(default=0)
    annual_rate = RateField()
    day_basis = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=LineStatus, default=LineStatus.ACTIVE)
    frozen_reason = models.CharField(max_length=80, blank=True, default="")
    effective_date = models.DateField()
    expires_date = models.DateField()
    granted_at = models.DateTimeField()

    class Meta:
        ordering = ["-granted_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(limit__gt=0), name="line_limit_positive"),
            models.CheckConstraint(condition=Q(drawn__gte=0), name="line_drawn_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="line_reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(limit__gte=F("drawn") + F("reserved")), name="line_within_limit"
            ),
            models.CheckConstraint(condition=Q(status__in=LineStatus.values), name="line_status_known"),
            models.CheckConstraint(
                condition=Q(expires_date__gt=F("effective_date")), name="line_dates_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(status=LineStatus.CLOSED) | Q(drawn=0, reserved=0), name="line_closed_is_empty"
            ),
            models.UniqueConstraint(
                fields=["enterprise_id", "product_code"],
                condition=~Q(status=LineStatus.CLOSED),
                name="line_one_open_per_product",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} {self.limit}"
