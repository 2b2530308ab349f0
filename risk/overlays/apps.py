"""Registers the room with Django."""

from django.apps import AppConfig


class OverlaysConfig(AppConfig):
    """risk.overlays."""

    name = "risk.overlays"
    label = "overlays"
    default_auto_field = "django.db.models.BigAutoField"
