"""Registers the room with Django."""

from django.apps import AppConfig


class RenewalsConfig(AppConfig):
    """The room `lending.renewals`."""

    name = "lending.renewals"
    label = "renewals"
    default_auto_field = "django.db.models.BigAutoField"
