"""Registers the room with Django."""

from django.apps import AppConfig


class GraphConfig(AppConfig):
    """risk.graph."""

    name = "risk.graph"
    label = "graph"
    default_auto_field = "django.db.models.BigAutoField"
