"""Registers the room with Django."""

from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    """Recorded decisions."""

    name = "risk.decisions"
    label = "decisions"
    default_auto_field = "django.db.models.BigAutoField"
