"""Strategies: signed, immutable, versioned documents."""
