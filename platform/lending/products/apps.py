"""Registers the room with Django."""

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    """The room lending.products."""

    name = "lending.products"
    label = "products"
    default_auto_field = "django.db.models.BigAutoField"
