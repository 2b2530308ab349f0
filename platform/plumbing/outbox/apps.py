"""Registers the room with Django."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from plumbing.schemas import current_schema
from plumbing.sql import pin_functions


def pin_after_migrating(**_: Any) -> None:
    """Pin the functions of the schema that was just migrated; once a run, whatever was migrated."""
    pin_functions(current_schema())


class OutboxConfig(AppConfig):
    """plumbing.outbox."""

    name = "plumbing.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for the end of a migration run."""
        post_migrate.connect(pin_after_migrating, sender=self, dispatch_uid="plumbing.pin_functions")
