"""Registers the room with Django."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """The register of models."""

    name = "risk.scoring"
    label = "scoring"
    default_auto_field = "django.db.models.BigAutoField"
