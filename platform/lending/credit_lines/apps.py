"""Registers the room with Django."""

from django.apps import AppConfig


class CreditLinesConfig(AppConfig):
    """The room lending.credit_lines."""

    name = "lending.credit_lines"
    label = "credit_lines"
    default_auto_field = "django.db.models.BigAutoField"
