"""Registers the room with Django."""

from django.apps import AppConfig


class ChartConfig(AppConfig):
    """The room `ledger.chart`."""

    name = "ledger.chart"
    label = "chart"
    default_auto_field = "django.db.models.BigAutoField"
