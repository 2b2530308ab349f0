"""Registers the room with Django."""

from django.apps import AppConfig


class SandboxesConfig(AppConfig):
    """tenants.sandboxes."""

    name = "tenants.sandboxes"
    label = "sandboxes"
    default_auto_field = "django.db.models.BigAutoField"
