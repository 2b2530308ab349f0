"""Tables: requests as they stand, and every step that was taken, which may only grow."""

from django.db import models
from django.db.models import Q

from lending.service_requests.states import OPEN, Channel, RequestKind, RequestStatus
from plumbing.crypto import EncryptedTextField
from plumbing.fields import key


class ServiceRequest(models.Model):
    """What was asked, and what was answered; both texts may say anything of a person (C2)."""

    id = key()
    number = models.CharField(max_length=20, unique=True)  # what the borrower is told: 20261103-0001
    scene_id = models.UUIDField()
    enterprise_id = models.UUIDField()
    kind = models.CharField(max_length=20, choices=RequestKind)
    channel = models.CharField(max_length=10, choices=Channel)
    loan_id = models.UUIDField(null=True)
    consent_id = models.UUIDField(null=True)
    text = EncryptedTextField()
    status = models.CharField(max_length=12, choices=RequestStatus, default=RequestStatus.RECEIVED)
    received_at = models.DateTimeField()
    received_date = models.DateField()
    due_date = models.DateField(null=True)
    due_rule = models.CharField(max_length=40, blank=True, default="")
    is_extended = models.BooleanField(default=False)
    assigned_to = models.CharField(max_length=120, blank=True, default="")
    answer = EncryptedTextField(blank=True, default="")
    answered_by = models.CharField(max_length=120, blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["scene_id", "id"], name="service_request_of_scene"),
            models.Index(fields=["enterprise_id", "id"], name="service_request_of_firm"),
            models.Index(
                fields=["due_date", "id"],
                condition=Q(status__in=[status.value for status in OPEN]),
                name="service_request_queue",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="service_request_kind"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="service_request_channel"),
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values), name="service_request_status"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, status__in=[status.value for status in OPEN])
                | (Q(answered_at__isnull=False) & ~Q(status__in=[status.value for status in OPEN])),
                name="service_request_ends_with_an_answer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.status}"


class ServiceRequestStep(models.Model):
    """One step of a request: what was done, by whom, in which words; append-only."""

    id = key()
    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=20)
    actor = models.CharField(max_length=120)
    text = EncryptedTextField(blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.act} by {self.actor}"
