"""The day-end: set-based, restartable steps that move a bank to its next business date."""
