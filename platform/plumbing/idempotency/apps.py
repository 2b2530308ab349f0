"""Registers the room with Django."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """plumbing.idempotency."""

    name = "plumbing.idempotency"
    label = "idempotency"
    default_auto_field = "django.db.models.BigAutoField"
