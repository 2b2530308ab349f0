"""Registers the room with Django."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """tenants.reference."""

    name = "tenants.reference"
    label = "reference"
    default_auto_field = "django.db.models.BigAutoField"
