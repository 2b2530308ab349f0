"""Reckon the whole graph of one bank from the terminal, and watch it being written."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interfaces.door import in_bank
from interfaces.jobs import graph_nights
from risk.graph.queries import NightView


class Command(BaseCommand):
    """Reckons a night; safe to stop and to run again."""

    help = "Reckon rings, clusters and contagion of a bank's whole graph; run it again after a kill."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the bank and the day."""
        parser.add_argument("schema", help="the bank's schema")
        parser.add_argument("--day", type=date.fromisoformat, help="the day to reckon, by default the last")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reckon, and say how far it is and what it found."""
        with in_bank(options["schema"]):
            night = graph_nights.reckon_night(options["day"], watcher=self._watch)
        figures = night.figures
        self.stdout.write(
            f"{night.as_of_date}: {night.done:,} rows, {figures['rings']:,} rings with "
            f"{figures['in_rings']:,} members, expected to default {figures['expected_default']}"
        )

    def _watch(self, night: NightView) -> None:
        self.stdout.write(f"  {night.done:,} / {night.total or 0:,}")
        self.stdout.flush()
