"""Registers the room with Django."""

from django.apps import AppConfig


class RepaymentsConfig(AppConfig):
    """lending.repayments."""

    name = "lending.repayments"
    label = "repayments"
    default_auto_field = "django.db.models.BigAutoField"
