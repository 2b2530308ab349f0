"""Registers the room with Django."""

from django.apps import AppConfig


class BanksConfig(AppConfig):
    """tenants.banks."""

    name = "tenants.banks"
    label = "banks"
    default_auto_field = "django.db.models.BigAutoField"
