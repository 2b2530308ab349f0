"""Registers the room with Django."""

from django.apps import AppConfig


class StrategiesConfig(AppConfig):
    """Signed strategies."""

    name = "risk.strategies"
    label = "strategies"
    default_auto_field = "django.db.models.BigAutoField"
