"""Registers the room with Django."""

from django.apps import AppConfig


class SceneApiConfig(AppConfig):
    """interfaces.scene."""

    name = "interfaces.scene"
    label = "scene_api"
    default_auto_field = "django.db.models.BigAutoField"
