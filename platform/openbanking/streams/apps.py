"""Registers the room with Django."""

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    """The room `openbanking.streams`."""

    name = "openbanking.streams"
    label = "streams"
    default_auto_field = "django.db.models.BigAutoField"
