"""Who may come in: scenes' API clients with their tokens, and the platform's own operators."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from plumbing.fields import key
from tenants.banks.models import Bank
from tenants.scenes.models import Scene


class ApiClient(models.Model):
    """A machine of a scene: it shows a secret in the sandbox, of which the hash is kept, and signs elsewhere.

    `jwks` holds the public keys it signs with, two at most while one replaces the other; a key that is on its
    way out carries `exp`, the instant it ends, in seconds of Unix time. `addresses` are the ranges (CIDR) it
    may be used from; none means any.
    """

    class Status(models.TextChoices):
        """Whether it may ask for tokens."""

        ACTIVE = "active"
        REVOKED = "revoked"

    id = key()
    scene = models.ForeignKey(Scene, on_delete=models.PROTECT, related_name="clients")
    name = models.CharField(max_length=100)
    client_id = models.CharField(max_length=40, unique=True)
    secret_sha256 = models.CharField(max_length=64, blank=True)
    jwks = models.JSONField(null=True)
    scopes = ArrayField(models.CharField(max_length=40))
    addresses = ArrayField(models.CharField(max_length=43), default=list)
    sandbox = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=["active", "revoked"]), name="api_client_status"
            ),
            models.CheckConstraint(
                condition=models.Q(sandbox=True) | models.Q(secret_sha256=""), name="api_client_live_signs"
            ),
        ]


class AccessToken(models.Model):
    """A token for one bank. The table holds its hash; the text is shown once."""

    token_sha256 = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE)
    bank = models.ForeignKey(Bank, on_delete=models.CASCADE)
    scopes = ArrayField(models.CharField(max_length=40))
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="access_token_expiry")]


class SeenOnce(models.Model):
    """Something a client shows once: an assertion's id, a signature's nonce; its hash, until it ends."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="seen_once_expiry")]


class CallRecord(models.Model):
    """A call that a machine made and what was answered: no body, no query, nothing about a person (J2, D-16).

    `made` is the public id of what the call created, `token` the beginning of the token's hash, `code`
    that of the refusal.
    """

    at = models.DateTimeField()
    client_id = models.CharField(max_length=40)
    bank_schema = models.CharField(max_length=63)
    request_id = models.CharField(max_length=64)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    address = models.CharField(max_length=45)
    status = models.SmallIntegerField()
    made = models.CharField(max_length=40, blank=True)
    token = models.CharField(max_length=16, blank=True)
    code = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["client_id", "at"], name="call_record_client"),
            BrinIndex(fields=["at"], name="call_record_at"),
        ]


class Operator(AbstractBaseUser):
    """A person of the platform: signs in to the ops console and to no bank."""

    id = key()
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects: ClassVar[BaseUserManager[Any]] = BaseUserManager()

    def can(self, capability: str) -> bool:
        """Return whether this person may do something: everything in the ops console, nothing in a bank."""
        return self.is_active and capability.startswith("ops.")
