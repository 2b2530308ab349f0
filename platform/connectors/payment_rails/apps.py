"""Registers the room with Django."""

from django.apps import AppConfig


class PaymentRailsConfig(AppConfig):
    """connectors.payment_rails."""

    name = "connectors.payment_rails"
    label = "payment_rails"
    default_auto_field = "django.db.models.BigAutoField"
