"""Registers the room with Django."""

from django.apps import AppConfig


class ImpairmentConfig(AppConfig):
    """lending.impairment."""

    name = "lending.impairment"
    label = "impairment"
    default_auto_field = "django.db.models.BigAutoField"
