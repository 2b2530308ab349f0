"""Machines calling back: payment rails and e-signature providers."""
