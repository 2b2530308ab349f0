"""Registers the room with Django."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    """ledger.settlement."""

    name = "ledger.settlement"
    label = "settlement"
    default_auto_field = "django.db.models.BigAutoField"
