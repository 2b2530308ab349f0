"""Prepare the template that test clocks are copies of; a second run finds it there."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from interfaces.ops.bank_setup import StepDone
from interfaces.ops.sandbox_template import prepare_template


class Command(BaseCommand):
    """Makes the sandbox template."""

    help = "Make the template of sandbox banks. Run again, it goes on where it stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, and say what was done."""
        made = prepare_template(progress=_say)
        sys.stdout.write("sandboxes are prepared\n" if made else "sandboxes were prepared already\n")


def _say(step: StepDone) -> None:
    if not step.skipped:
        sys.stdout.write(
            f"  [{step.position}/{step.count}] {step.name:<14} {step.milliseconds / 1000:.2f} s\n"
        )
