"""Registers the room with Django."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    """The room `openbanking.consents`."""

    name = "openbanking.consents"
    label = "consents"
    default_auto_field = "django.db.models.BigAutoField"
