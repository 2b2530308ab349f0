"""Registers the room with Django."""

from django.apps import AppConfig


class ClearingConfig(AppConfig):
    """lending.clearing."""

    name = "lending.clearing"
    label = "clearing"
    default_auto_field = "django.db.models.BigAutoField"
