"""Registers the room with Django."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """risk.monitoring."""

    name = "risk.monitoring"
    label = "monitoring"
    default_auto_field = "django.db.models.BigAutoField"
