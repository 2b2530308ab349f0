"""Registers the room with Django."""

from django.apps import AppConfig


class PrequalificationsConfig(AppConfig):
    """The room `lending.prequalifications`."""

    name = "lending.prequalifications"
    label = "prequalifications"
    default_auto_field = "django.db.models.BigAutoField"
