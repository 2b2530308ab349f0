"""Registers the room with Django."""

from django.apps import AppConfig


class LabelsConfig(AppConfig):
    """Labels."""

    name = "plumbing.labels"
    label = "labels"
    default_auto_field = "django.db.models.BigAutoField"
