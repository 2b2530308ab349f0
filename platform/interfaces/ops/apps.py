"""Registers the room with Django."""

from django.apps import AppConfig


class OpsConsoleConfig(AppConfig):
    """interfaces.ops."""

    name = "interfaces.ops"
    label = "ops_console"
    default_auto_field = "django.db.models.BigAutoField"
