"""Registers the room with Django."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """risk.knowledge."""

    name = "risk.knowledge"
    label = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"
