"""Registers the room with Django."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    """The room `parties.enterprises`."""

    name = "parties.enterprises"
    label = "enterprises"
    default_auto_field = "django.db.models.BigAutoField"
