"""Decisions: hashed, append-only, replayable to the byte."""
