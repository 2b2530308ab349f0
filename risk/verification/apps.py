"""Registers the room with Django."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Backtests, shadows, blast radius."""

    name = "risk.verification"
    label = "verification"
    default_auto_field = "django.db.models.BigAutoField"
