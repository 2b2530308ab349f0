"""Features computed from daily aggregates, as of a date."""
