"""Registers the room with Django."""

from django.apps import AppConfig


class BankPortalConfig(AppConfig):
    """The bank portal."""

    name = "interfaces.bank"
    label = "bank_portal"
    default_auto_field = "django.db.models.BigAutoField"
