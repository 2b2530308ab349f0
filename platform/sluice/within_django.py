"""Runs a module's `main(arguments)` after Django is set up: `python -m sluice.within_django MODULE ...`."""

import importlib
import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sluice.settings")
    django.setup()
    sys.exit(importlib.import_module(sys.argv[1]).main(sys.argv[2:]))
