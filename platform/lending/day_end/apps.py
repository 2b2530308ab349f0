"""Registers the room with Django."""

from django.apps import AppConfig


class DayEndConfig(AppConfig):
    """lending.day_end."""

    name = "lending.day_end"
    label = "day_end"
    default_auto_field = "django.db.models.BigAutoField"
