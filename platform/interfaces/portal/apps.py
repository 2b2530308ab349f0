"""Registers the room with Django."""

from django.apps import AppConfig


class ScenePortalConfig(AppConfig):
    """interfaces.portal."""

    name = "interfaces.portal"
    label = "scene_portal"
    default_auto_field = "django.db.models.BigAutoField"
