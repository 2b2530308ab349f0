"""Registers the room with Django."""

from django.apps import AppConfig


class WarningsConfig(AppConfig):
    """risk.warnings."""

    name = "risk.warnings"
    label = "warnings"
    default_auto_field = "django.db.models.BigAutoField"
