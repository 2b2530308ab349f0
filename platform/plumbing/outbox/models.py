"""Events of a bank, the order in which they were published, and their delivery to scenes' endpoints."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
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
        indexes: ClassVar = [BrinIndex(fields=["occurred_at"], name="outbox_event_occurred")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "sequence", "scene_id"],
                nulls_distinct=False,
                name="outbox_event_sequence",
            ),
        ]


class SubjectCounter(models.Model):
    """The last sequence given to a subject; its row lock orders two events of one subject.

    What is told to several scenes is counted for each of them: `subject@scene`.
    """

    subject = models.CharField(max_length=100, primary_key=True)
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
    """Where a scene wants to be told, in which form, and the key that signs what is sent there.

    `consecutive_failures` counts the attempts that failed since the last success; enough of them open the
    circuit: nothing is sent before `open_until_at`, then one trial, which `trial_id` names. `metadata` are
    the scene's own texts; one of them has an endpoint simulated (`simulation`).
    """

    class Status(models.TextChoices):
        """Whether anything is sent."""

        ENABLED = "enabled"
        DISABLED = "disabled"

    id = key()
    scene_id = models.UUIDField()
    url = models.CharField(max_length=500)
    event_types = ArrayField(models.CharField(max_length=60), help_text="Empty: every type.")
    signing = models.CharField(max_length=3, default="v1")
    format = models.CharField(max_length=12, default="standard")
    api_version = models.CharField(max_length=10)
    metadata = models.JSONField(default=dict)
    secret = EncryptedTextField()
    public_key = models.CharField(max_length=60, blank=True)
    previous_secret = EncryptedTextField(null=True)
    previous_secret_until_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ENABLED)
    disabled_reason = models.CharField(max_length=40, blank=True)
    failing_since_at = models.DateTimeField(null=True)
    consecutive_failures = models.PositiveIntegerField(default=0)
    open_until_at = models.DateTimeField(null=True)
    trial_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_endpoint"
        indexes: ClassVar = [models.Index(fields=["scene_id"], name="webhook_endpoint_scene")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=["enabled", "disabled"]), name="webhook_endpoint_status"
            ),
            models.CheckConstraint(
                condition=models.Q(signing__in=["v1", "v1a"]), name="webhook_endpoint_signing"
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=["standard", "cloudevents"]), name="webhook_endpoint_format"
            ),
        ]


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint; a replay is a way of its own, of the same event."""

    class Status(models.TextChoices):
        """How far it has come."""

        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = key()
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, db_index=False)
    event = models.ForeignKey(OutboxEvent, on_delete=models.RESTRICT)
    subject = models.CharField(max_length=60)
    sequence = models.PositiveIntegerField()
    is_replay = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_until_at = models.DateTimeField(null=True)
    last_status_code = models.PositiveSmallIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webhook_delivery"
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "next_attempt_at"],
                name="webhook_delivery_due",
                condition=models.Q(status="pending"),
            ),
            models.Index(
                fields=["endpoint", "subject", "sequence"],
                name="webhook_delivery_order",
                condition=models.Q(status="pending"),
            ),
            models.Index(fields=["endpoint", "id"], name="webhook_delivery_log"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint", "event"],
                condition=models.Q(is_replay=False),
                name="webhook_delivery_once",
            ),
            models.UniqueConstraint(
                fields=["endpoint", "event"],
                condition=models.Q(status="pending"),
                name="webhook_delivery_one_way_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["pending", "delivered", "failed"]),
                name="webhook_delivery_status",
            ),
        ]


class WebhookAttempt(models.Model):
    """One time an event was sent, or could not be: what came back, its beginning masked."""

    id = key()
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, db_index=False)
    number = models.PositiveSmallIntegerField()
    attempted_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)
    response_excerpt = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "webhook_attempt"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_number"),
        ]
