"""Registers the room with Django."""

from django.apps import AppConfig


class BatchesConfig(AppConfig):
    """The room `openbanking.batches`."""

    name = "openbanking.batches"
    label = "batches"
    default_auto_field = "django.db.models.BigAutoField"
