"""Entries and postings: balanced, append-only, idempotent; accounting periods."""
