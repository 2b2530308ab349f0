"""Registers the room with Django."""

from django.apps import AppConfig


class DeferralsConfig(AppConfig):
    """lending.deferrals."""

    name = "lending.deferrals"
    label = "deferrals"
    default_auto_field = "django.db.models.BigAutoField"
