"""Registers the room with Django."""

from django.apps import AppConfig


class TaxConfig(AppConfig):
    """lending.tax."""

    name = "lending.tax"
    label = "tax"
    default_auto_field = "django.db.models.BigAutoField"
