"""Drafts, applications from submission to contract, and the agreements signed on approval."""

from django.db import models
from django.db.models import F, Q

from lending.applications.states import OPEN, AgreementStatus, ApplicationStatus, DraftStatus
from plumbing.fields import MoneyField, RateField, key


class Draft(models.Model):
    """What a scene prepares to apply for. It is no application: nothing that reads applications sees it.

    Submitted, it becomes the application of the same id, and stays as it then was.
    """

    id = key()
    scene_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField(db_index=True)
    external_id = models.CharField(max_length=100, null=True)
    product_code = models.CharField(max_length=40)
    offer_id = models.UUIDField(null=True)
    requested_amount = MoneyField()
    tenor_days = models.PositiveSmallIntegerField(null=True)
    purpose = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=DraftStatus, default=DraftStatus.DRAFT)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scene_id", "external_id"], name="draft_external_id_unique"),
            models.CheckConstraint(condition=Q(status__in=DraftStatus.values), name="draft_status_known"),
            models.CheckConstraint(condition=Q(requested_amount__gt=0), name="draft_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} {self.requested_amount} {self.status}"


class Application(models.Model):
    """A request for a credit line, its assessment and its outcome (S0-15)."""

    id = key()
    scene_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField(db_index=True)
    external_id = models.CharField(max_length=100, null=True)
    product_version = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT, related_name="+")
    product_code = models.CharField(max_length=40)
    offer_id = models.UUIDField(null=True)
    requested_amount = MoneyField()
    tenor_days = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=30)
    consent_ids = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=ApplicationStatus, default=ApplicationStatus.SUBMITTED)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    submitted_date = models.DateField()
    decision_id = models.UUIDField(null=True, unique=True)
    decided_by = models.CharField(max_length=120, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_date = models.DateField(null=True)
    approved_amount = MoneyField(null=True)
    approved_rate = RateField(null=True)
    valid_until = models.DateField(null=True)
    outcome_reason = models.CharField(max_length=60, blank=True, default="")
    human_touch_count = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-submitted_at", "id"]
        indexes = [models.Index(fields=["status", "submitted_at"], name="application_by_status")]
        constraints = [
            models.UniqueConstraint(
                fields=["scene_id", "external_id"], name="application_external_id_unique"
            ),
            models.UniqueConstraint(
                fields=["enterprise_id", "product_code"],
                condition=Q(status__in=[status.value for status in OPEN]),
                name="application_one_open_per_product",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ApplicationStatus.values), name="application_status_known"
            ),
            models.CheckConstraint(condition=Q(requested_amount__gt=0), name="application_amount_positive"),
            models.CheckConstraint(
                condition=Q(approved_amount__isnull=True)
                | Q(approved_amount__gt=0, approved_amount__lte=F("requested_amount")),
                name="application_approved_within_asked",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "contracted"])
                | Q(approved_amount__isnull=False, approved_rate__isnull=False, decision_id__isnull=False),
                name="application_approval_has_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code} {self.requested_amount} {self.status}"


class Agreement(models.Model):
    """The contract document for one approved application, with the seal once it is signed (L-06, L-09)."""

    id = key()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="agreements")
    scene_id = models.UUIDField(db_index=True)
    enterprise_id = models.UUIDField()
    template_version = models.CharField(max_length=20)
    terms = models.JSONField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=AgreementStatus, default=AgreementStatus.PENDING)
    prepared_at = models.DateTimeField()
    expires_date = models.DateField()
    shown_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    seal = models.JSONField(null=True)
    credit_line_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["-prepared_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=["pending", "signed"]),
                name="agreement_one_live_per_application",
            ),
            models.CheckConstraint(
                condition=Q(status__in=AgreementStatus.values), name="agreement_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="signed")
                | Q(signed_at__isnull=False, seal__isnull=False, credit_line_id__isnull=False),
                name="agreement_signed_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_version} {self.status}"
