"""Tables: the sessions. Neither the secret nor the bearer is in them, only what each hashes to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from plumbing.fields import key


class EmbedSession(models.Model):
    """A session of one business at one scene; its secret buys one bearer, once."""

    id = key()
    scene_id = models.UUIDField()
    client_id = models.CharField(max_length=40)
    enterprise_id = models.UUIDField()
    components = ArrayField(models.CharField(max_length=20))
    scopes = ArrayField(models.CharField(max_length=40))
    locale = models.CharField(max_length=10)
    return_url = models.CharField(max_length=500, blank=True)
    secret_sha256 = models.CharField(max_length=64)
    bearer_sha256 = models.CharField(max_length=64, null=True, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    exchanged_at = models.DateTimeField(null=True)
    identified_at = models.DateTimeField(null=True)
    wrong_answers_count = models.PositiveSmallIntegerField(default=0)
    confirmed_agreement_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="embed_session_expiry")]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="embed_session_span"),
            models.CheckConstraint(
                condition=Q(bearer_sha256=None, exchanged_at=None)
                | (Q(bearer_sha256__isnull=False) & Q(exchanged_at__isnull=False)),
                name="embed_session_exchanged",
            ),
        ]
