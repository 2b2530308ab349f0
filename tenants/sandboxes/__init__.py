"""Test clocks: a scene's own sandbox banks, and how far each one's calendar is being moved (`api.md` 7)."""
