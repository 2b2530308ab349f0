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
    """A limit: `limit = drawn + reserved + available`, kept by the table itself (S0-01).

    On a revolving line repaid principal may be drawn again; on any other a draw uses the limit up for good,
    so that a term loan is a line with one drawdown. `repaid` is what has come back and cannot be drawn again:
    `drawn - repaid` is outstanding, and on a revolving line `repaid` stays nothing.

    A cut takes at once what is not in use and no more (S0-21): `target_limit` is where the limit falls to as
    principal comes back.
    """

    id = key()
    enterprise_id = models.UUIDField(db_index=True)
    scene_id = models.UUIDField(db_index=True)
    product_version = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT, related_name="+")
    product_code = models.CharField(max_length=40)
    application_id = models.UUIDField(unique=True)
    agreement_id = models.UUIDField(unique=True)
    revolving = models.BooleanField(default=True, db_default=True)
    limit = MoneyField()
    target_limit = MoneyField(null=True)
    drawn = MoneyField(default=0)
    reserved = MoneyField(default=0)
    repaid = MoneyField(default=0, db_default=0)
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
            models.CheckConstraint(
                condition=Q(repaid__gte=0, repaid__lte=F("drawn")) & (Q(revolving=False) | Q(repaid=0)),
                name="line_repaid_within_drawn",
            ),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="line_reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(limit__gte=F("drawn") + F("reserved")), name="line_within_limit"
            ),
            models.CheckConstraint(
                condition=Q(target_limit=None) | Q(target_limit__gt=0, target_limit__lt=F("limit")),
                name="line_target_below_limit",
            ),
            models.CheckConstraint(
                condition=Q(target_limit=None) | Q(limit=F("drawn") + F("reserved")),
                name="line_above_target_has_nothing_left",
            ),
            models.CheckConstraint(condition=Q(status__in=LineStatus.values), name="line_status_known"),
            models.CheckConstraint(
                condition=Q(expires_date__gt=F("effective_date")), name="line_dates_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(status=LineStatus.CLOSED) | Q(drawn=F("repaid"), reserved=0),
                name="line_closed_is_empty",
            ),
            models.UniqueConstraint(
                fields=["enterprise_id", "product_code"],
                condition=~Q(status=LineStatus.CLOSED),
                name="line_one_open_per_product",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} {self.limit}"
