"""Registers the room with Django."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """ledger.reconciliation."""

    name = "ledger.reconciliation"
    label = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"
