"""Migrate the public schema and every bank, saying how long each took."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interfaces.ops.migrations import Migrated, migrate_all


class Command(BaseCommand):
    """Migrates schema after schema; run it again to take up a run that failed or was stopped."""

    help = "Migrate the public schema, then every bank; schemas that are up to date take no time."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one option."""
        parser.add_argument("--stop-at-error", action="store_true", help="Do not go on to the next bank.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate and report."""
        quiet = options["verbosity"] == 0
        results = migrate_all(
            stop_at_error=options["stop_at_error"], progress=self._hush if quiet else self._say
        )
        failed = [result.schema_name for result in results if result.error]
        changed = sum(1 for result in results if result.applied_count)
        seconds = sum(result.milliseconds for result in results) / 1000
        if not quiet:
            self.stdout.write(
                f"{len(results)} schemas, {changed} migrated, {len(failed)} failed, {seconds:.1f} s"
            )
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}. Mend the cause and run migrate_banks again.")

    def _say(self, result: Migrated) -> None:
        outcome = result.error or (
            f"{result.applied_count} applied" if result.applied_count else "up to date"
        )
        self.stdout.write(f"{result.schema_name:<24} {result.milliseconds / 1000:>6.2f} s  {outcome}")
        self.stdout.flush()

    def _hush(self, result: Migrated) -> None:
        if result.error:
            self._say(result)
