"""Registers the room with Django."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """The room `marketing.campaigns`."""

    name = "marketing.campaigns"
    label = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"
