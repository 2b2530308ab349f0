"""Worlds for tests and demos, built through operations."""
