"""Registers the room with Django."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """plumbing.outbox"""

    name = "plumbing.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
