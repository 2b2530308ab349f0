"""Registers the room with Django."""

from django.apps import AppConfig


class BorrowerPagesConfig(AppConfig):
    """The door interfaces.borrower."""

    name = "interfaces.borrower"
    label = "borrower_pages"
    default_auto_field = "django.db.models.BigAutoField"
