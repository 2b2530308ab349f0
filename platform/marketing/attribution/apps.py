"""Registers the room with Django."""

from django.apps import AppConfig


class AttributionConfig(AppConfig):
    """marketing.attribution"""

    name = "marketing.attribution"
    label = "attribution"
    default_auto_field = "django.db.models.BigAutoField"
