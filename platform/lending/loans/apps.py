"""Registers the room with Django."""

from django.apps import AppConfig


class LoansConfig(AppConfig):
    """lending.loans."""

    name = "lending.loans"
    label = "loans"
    default_auto_field = "django.db.models.BigAutoField"
