"""Answer a leak from the command line (J2)."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from interfaces.door import now
from interfaces.ops.leaks import WINDOW, aware, contain, record, shut
from kernel.refusals import Refusal
from plumbing.schemas import public_schema


class Command(BaseCommand):
    """Shuts a client at once, lets its scene only read, and writes the record of its calls to a file."""

    help = "Shut a client whose credentials leaked, and write the record of its calls (NDJSON) to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which client, where to write, and from when."""
        parser.add_argument("client_id")
        parser.add_argument("--record", required=True, type=Path)
        parser.add_argument(
            "--since", type=datetime.fromisoformat, help="Freeze the lines it applied for from then on."
        )
        parser.add_argument("--only-record", action="store_true", help="Shut nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Shut first, then write."""
        client_id = options["client_id"]
        since = options["since"] and aware(options["since"])
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
            for bank in contain(client_id, since):
                self.stdout.write(
                    f"{bank['bank']}: {bank['sessions_ended']} sessions ended, "
                    f"{bank['lines_frozen']} lines frozen; made: {' '.join(bank['made']) or 'nothing'}"
                )
        until = now()
        since = since or until - WINDOW
        with options["record"].open("w", encoding="utf-8") as file:
            file.writelines(record(client_id, since, until))
        self.stdout.write(f"the record is in {options['record']}")
