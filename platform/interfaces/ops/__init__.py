"""The internal operations console and the management commands."""
