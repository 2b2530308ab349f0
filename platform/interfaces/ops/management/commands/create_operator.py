"""Let a person of the platform into the ops console."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from interfaces.door import now
from kernel.refusals import Refusal
from plumbing.schemas import public_schema
from tenants.access.operations import add_operator


class Command(BaseCommand):
    """Adds an operator; the password comes from the environment, never from the command line."""

    help = "Add an operator. The password is read from SLUICE_OPERATOR_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who it is."""
        parser.add_argument("email")
        parser.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the operator."""
        password = os.environ.get("SLUICE_OPERATOR_PASSWORD", "")
        if len(password) < 8:
            raise CommandError("Set SLUICE_OPERATOR_PASSWORD to at least 8 characters.")
        try:
            with public_schema(), transaction.atomic():
                add_operator(email=options["email"], name=options["name"], password=password, now=now())
        except Refusal as refusal:
            raise CommandError(refusal.text()) from refusal
        self.stdout.write(f"{options['email']} may sign in to the ops console")
