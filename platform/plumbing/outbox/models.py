"""Events of a bank, the order in which they were published, and their delivery to scenes' endpoints."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from plumbing.crypto import EncryptedTextField
from plumbing.fields import key


class OutboxEvent(models.Model):
    """Something that happened, written in the transaction that did it; a trigger refuses any change."""

    id = key()
    type = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    sequence = models.PositiveIntegerField()
    scene_id = models.UUIDField(null=True)
    data = models.JSONField()
    occurred_at = models.DateTimeField()

    class Meta:
        db_table = "outbox_event"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "sequence"], name="outbox_event_sequence"),
        ]


class SubjectCounter(models.Model):
    """The last sequence given to a subject; its row lock orders two events of one subject."""

    subject = models.CharField(max_length=60, primary_key=True)
    last_sequence = models.PositiveIntegerField()

    class Meta:
        db_table = "outbox_subject"


class Waiting(models.Model):
    """An event that no relay has seen yet; the row goes when the event is published."""

    position = models.BigAutoField(primary_key=True)
    event = models.OneToOneField(OutboxEvent, on_delete=models.RESTRICT)

    class Meta:
        db_table = "outbox_waiting"


class Publication(models.Model):
    """The feed. One relay at a time gives out positions, so a reader that follows them misses nothing."""

    position = models.BigAutoField(primary_key=True)
    event = models.OneToOneField(OutboxEvent, on_delete=models.RESTRICT)
    scene_id = models.UUIDField(null=True)
    type = models.CharField(max_length=60)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "outbox_publication"
        indexes: ClassVar = [models.Index(fields=["scene_id", "position"], name="outbox_publication_scene")]


class WebhookEndpoint(models.Model):
    """Where a scene wants to be told, and the secret that signs what is sent there."""

    class Status(models.TextChoices):
        """Whether anything is sent."""

        ENABLED = "enabled"
        DISABLED = "disabled"

    id = key()
    scene_id = models.UUIDField()
    url = models.CharField(max_length=500)
    event_types = ArrayField(models.CharField(max_length=60), help_text="Empty: every type.")
    secret = EncryptedTextField()
    previous_secret = EncryptedTextField(null=True)
    previous_secret_until_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ENABLED)
    disabled_reason = models.CharField(max_length=40, blank=True)
    failing_since_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_endpoint"
        indexes: ClassVar = [models.Index(fields=["scene_id"], name="webhook_endpoint_scene")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=["enabled", "disabled"]), name="webhook_endpoint_status"
            ),
        ]


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint."""

    class Status(models.TextChoices):
        """How far it has come."""

        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = key()
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE)
    event = models.ForeignKey(OutboxEvent, on_delete=models.RESTRICT)
    subject = models.CharField(max_length=60)
    sequence = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_status_code = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_delivery"
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], name="webhook_delivery_due", condition=models.Q(status="pending")
            ),
            models.Index(fields=["endpoint", "subject", "sequence"], name="webhook_delivery_order"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["pending", "delivered", "failed"]),
                name="webhook_delivery_status",
            ),
        ]
