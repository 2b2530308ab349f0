"""Registers the room with Django."""

from django.apps import AppConfig


class CollateralConfig(AppConfig):
    """The room `lending.collateral`."""

    name = "lending.collateral"
    label = "collateral"
    default_auto_field = "django.db.models.BigAutoField"
