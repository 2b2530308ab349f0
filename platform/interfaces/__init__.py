"""Doors, one per audience; none knows another."""
