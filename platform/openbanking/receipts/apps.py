"""Registers the room with Django."""

from django.apps import AppConfig


class ReceiptsConfig(AppConfig):
    """The room `openbanking.receipts`."""

    name = "openbanking.receipts"
    label = "receipts"
    default_auto_field = "django.db.models.BigAutoField"
