"""Registers the room with Django."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """plumbing.clock."""

    name = "plumbing.clock"
    label = "clock"
    default_auto_field = "django.db.models.BigAutoField"
