"""The bank's own published list of scene partners (R-09)."""
