"""Tables: consents and their append-only history (D-01)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from openbanking.consents.states import ConsentStatus
from plumbing.fields import key


class Consent(models.Model):
    """One consent: one purpose, its data classes, one recipient; a sensitive class stands alone (D-02)."""

    id = key()
    enterprise_id = models.UUIDField()
    scene_id = models.UUIDField()
    purpose = models.CharField(max_length=40)
    data_classes = ArrayField(models.CharField(max_length=40))
    recipient = models.CharField(max_length=200)
    text_version = models.CharField(max_length=40)
    text_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=ConsentStatus.choices)
    authorised_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    evidence = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["enterprise_id", "scene_id", "purpose"], name="consent_of_whom"),
            models.Index(fields=["expires_at"], condition=Q(status="authorised"), name="consent_running_out"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ConsentStatus.values), name="consent_status_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("authorised_at")), name="consent_expires_after_authorised"
            ),
            models.CheckConstraint(
                condition=Q(status=ConsentStatus.AUTHORISED, ended_at=None)
                | (~Q(status=ConsentStatus.AUTHORISED) & Q(ended_at__isnull=False)),
                name="consent_ended_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(text_sha256__regex=r"^[0-9a-f]{64}$"), name="consent_text_hashed"
            ),
        ]


class ConsentChange(models.Model):
    """One step of a consent's life; a trigger refuses UPDATE and DELETE."""

    id = key()
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="changes")
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16, choices=ConsentStatus.choices)
    reason = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()
