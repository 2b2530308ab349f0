"""The embedded API scene providers call (v1)."""
