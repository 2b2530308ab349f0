"""Registers the room with Django."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """interfaces.jobs."""

    name = "interfaces.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
