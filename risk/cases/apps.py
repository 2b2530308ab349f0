"""Registers the room with Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """risk.cases."""

    name = "risk.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
