"""Batches: what a scene delivers under a consent, of whatever cluster; its rows, its faults, its uploads."""
