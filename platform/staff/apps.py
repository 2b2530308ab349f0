"""Registers the room with Django."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """staff."""

    name = "staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"
