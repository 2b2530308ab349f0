"""Registers the room with Django."""

from django.apps import AppConfig


class ServiceRequestsConfig(AppConfig):
    """The room `lending.service_requests`."""

    name = "lending.service_requests"
    label = "service_requests"
    default_auto_field = "django.db.models.BigAutoField"
