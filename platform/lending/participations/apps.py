"""Registers the room with Django."""

from django.apps import AppConfig


class ParticipationsConfig(AppConfig):
    """lending.participations."""

    name = "lending.participations"
    label = "participations"
    default_auto_field = "django.db.models.BigAutoField"
