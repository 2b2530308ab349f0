#!/usr/bin/env python
"""The front gate: Django's command line."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]


def main() -> None:
    """Run a management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
    from django.core.management import execute_from_command_line

    from sluice import celery_app

    celery_app.app.set_default()  # commands hand jobs over, as the doors do
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
