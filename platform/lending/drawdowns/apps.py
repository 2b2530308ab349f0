"""Registers the room with Django."""

from django.apps import AppConfig


class DrawdownsConfig(AppConfig):
    """lending.drawdowns."""

    name = "lending.drawdowns"
    label = "drawdowns"
    default_auto_field = "django.db.models.BigAutoField"
