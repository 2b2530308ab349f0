"""The life of a consent; the one table of its transitions."""

from typing import Final

from django.db import models


class ConsentStatus(models.TextChoices):
    """Where a consent stands."""

    AUTHORISED = "authorised", "Authorised"
    REPLACED = "replaced", "Replaced"
    REVOKED = "revoked", "Revoked"
    EXPIRED = "expired", "Expired"


TRANSITIONS: Final = {
    ConsentStatus.AUTHORISED: frozenset(
        {ConsentStatus.REPLACED, ConsentStatus.REVOKED, ConsentStatus.EXPIRED}
    ),
    ConsentStatus.REPLACED: frozenset[ConsentStatus](),
    ConsentStatus.REVOKED: frozenset[ConsentStatus](),
    ConsentStatus.EXPIRED: frozenset[ConsentStatus](),
}
