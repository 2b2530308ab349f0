"""Registers the room with Django."""

from django.apps import AppConfig


class LineChangesConfig(AppConfig):
    """The room `lending.line_changes`."""

    name = "lending.line_changes"
    label = "line_changes"
    default_auto_field = "django.db.models.BigAutoField"
