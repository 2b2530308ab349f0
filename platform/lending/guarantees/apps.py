"""Registers the room with Django."""

from django.apps import AppConfig


class GuaranteesConfig(AppConfig):
    """The room `lending.guarantees`."""

    name = "lending.guarantees"
    label = "guarantees"
    default_auto_field = "django.db.models.BigAutoField"
