"""Registers the room with Django."""

from django.apps import AppConfig


class ScenesConfig(AppConfig):
    """tenants.scenes."""

    name = "tenants.scenes"
    label = "scenes"
    default_auto_field = "django.db.models.BigAutoField"
