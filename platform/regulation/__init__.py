"""The rule packs and calendars this bank has adopted and signed, effective-dated."""
