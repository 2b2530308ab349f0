"""Registers the room with Django."""

from django.apps import AppConfig


class BalancesConfig(AppConfig):
    """The room `ledger.balances`."""

    name = "ledger.balances"
    label = "balances"
    default_auto_field = "django.db.models.BigAutoField"
