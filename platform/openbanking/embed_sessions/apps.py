"""Registers the room with Django."""

from django.apps import AppConfig


class EmbedSessionsConfig(AppConfig):
    """The room `openbanking.embed_sessions`."""

    name = "openbanking.embed_sessions"
    label = "embed_sessions"
    default_auto_field = "django.db.models.BigAutoField"
