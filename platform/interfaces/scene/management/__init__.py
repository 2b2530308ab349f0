"""Management commands of the embedded API."""
