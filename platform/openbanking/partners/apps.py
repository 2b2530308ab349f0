"""Registers the room with Django."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """The room `openbanking.partners`."""

    name = "openbanking.partners"
    label = "partners"
    default_auto_field = "django.db.models.BigAutoField"
