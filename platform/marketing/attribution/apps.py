"""Registers the room with Django."""

from django.apps import AppConfig


class AttributionConfig(AppConfig):
    """The room `marketing.attribution`."""

    name = "marketing.attribution"
    label = "attribution"
    default_auto_field = "django.db.models.BigAutoField"
