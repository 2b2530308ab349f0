"""Registers the room with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """plumbing.audit."""

    name = "plumbing.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
