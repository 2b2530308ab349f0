"""Registers the room with Django."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """tenants.teams."""

    name = "tenants.teams"
    label = "teams"
    default_auto_field = "django.db.models.BigAutoField"
