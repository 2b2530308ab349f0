"""The bank's business date. The day-end owns it."""
