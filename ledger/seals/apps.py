"""Registers the room with Django."""

from django.apps import AppConfig


class SealsConfig(AppConfig):
    """The room `ledger.seals`."""

    name = "ledger.seals"
    label = "seals"
    default_auto_field = "django.db.models.BigAutoField"
