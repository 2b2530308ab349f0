"""Registers the room with Django."""

from django.apps import AppConfig


class RegulationConfig(AppConfig):
    """regulation."""

    name = "regulation"
    label = "regulation"
    default_auto_field = "django.db.models.BigAutoField"
