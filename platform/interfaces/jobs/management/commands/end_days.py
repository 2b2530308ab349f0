"""End business days of one bank from the terminal, and watch every step."""

import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interfaces.door import in_bank
from interfaces.jobs import day_ends
from lending.day_end.queries import StepView


class Command(BaseCommand):
    """Ends days in order; safe to stop and to run again, also while a worker does the same."""

    help = "End the open business day of a bank, or every day up to a date; run it again after a kill."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the bank and how far to go."""
        parser.add_argument("schema", help="the bank's schema")
        parser.add_argument("--until", type=date.fromisoformat, help="open the books for this date")

    def handle(self, *args: Any, **options: Any) -> None:
        """End the days and say what each step did."""
        self.day: date | None = None
        self.begun = time.monotonic()
        with in_bank(options["schema"]):
            reached, failed = day_ends.end_days(options["until"], watcher=self._watch)
        if failed is not None:
            broken = [one for one in failed.figures.get("findings", ()) if not one["ok"]]
            said = "; ".join(f"{one['invariant']}: {one['detail']}" for one in broken)
            said = said or str(failed.figures.get("reason", ""))
            raise CommandError(f"{failed.name} failed, the books stay open for {reached}: {said}")
        self.stdout.write(f"the books are open for {reached} after {time.monotonic() - self.begun:.1f} s")

    def _watch(self, day: date, step: StepView) -> None:
        """Write a line a step; a terminal also sees one that is being worked on, redrawn in place."""
        live = self.stdout.isatty()
        if step.status == "running" and not live:
            return
        if day != self.day:
            self.stdout.write(f"{day}")
            self.day = day
        ended = step.status != "running"
        line = f"  {step.position:>2}  {step.name:<20} {step.status:<8} {rows(step):>21} {seconds(step):>9}"
        self.stdout.write(f"\r{line}\033[K" if live else line, ending="\n" if ended else "")
        self.stdout.flush()


def rows(step: StepView) -> str:
    """Return how many rows are done, of how many if that is known."""
    if not step.rows_done and not step.rows_total:
        return ""
    return f"{step.rows_done:,}" + (f" / {step.rows_total:,}" if step.rows_total is not None else "")


def seconds(step: StepView) -> str:
    """Return how long a step has worked so far."""
    return f"{step.milliseconds / 1000:.2f} s"
