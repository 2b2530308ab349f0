"""Registers the room with Django."""

from django.apps import AppConfig


class CrossChecksConfig(AppConfig):
    """risk.cross_checks."""

    name = "risk.cross_checks"
    label = "cross_checks"
    default_auto_field = "django.db.models.BigAutoField"
