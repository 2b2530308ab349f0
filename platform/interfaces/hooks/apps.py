"""Registers the room with Django."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """Machines calling back."""

    name = "interfaces.hooks"
    label = "hooks"
    default_auto_field = "django.db.models.BigAutoField"
