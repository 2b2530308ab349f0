"""Registers the room with Django."""

from django.apps import AppConfig


class ClassificationConfig(AppConfig):
    """risk.classification."""

    name = "risk.classification"
    label = "classification"
    default_auto_field = "django.db.models.BigAutoField"
