"""Answer a leak from the command line (J2)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from interfaces.door import now
from interfaces.ops.leaks import WINDOW, record, shut
from kernel.refusals import Refusal
from plumbing.schemas import public_schema


class Command(BaseCommand):
    """Shuts a client at once, lets its scene only read, and writes the record of its calls to a file."""

    help = "Shut a client whose credentials leaked, and write the record of its calls (NDJSON) to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which client, where to write, and from when."""
        parser.add_argument("client_id")
        parser.add_argument("--record", required=True, type=Path)
        parser.add_argument("--since", type=datetime.fromisoformat)
        parser.add_argument("--only-record", action="store_true", help="Shut nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Shut first, then write."""
        client_id = options["client_id"]
        if not options["only_record"]:
            try:
                with public_schema(), transaction.atomic():
                    done = shut(client_id)
            except Refusal as refusal:
                raise CommandError(refusal.text()) from refusal
            self.stdout.write(
                f"{client_id}: {done.tokens_ended} tokens and keys {list(done.keys_ended)} ended; "
                f"scene {done.scene_code} is {done.scene_status}"
            )
        until = now()
        since = options["since"] or until - WINDOW
        since = since if since.tzinfo is not None else since.replace(tzinfo=UTC)
        with options["record"].open("w", encoding="utf-8") as file:
            file.writelines(record(client_id, since, until))
        self.stdout.write(f"the record is in {options['record']}")
