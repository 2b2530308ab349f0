"""Registers the room with Django."""

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    """The room `lending.statements`."""

    name = "lending.statements"
    label = "statements"
    default_auto_field = "django.db.models.BigAutoField"
