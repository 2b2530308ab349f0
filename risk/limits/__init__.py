"""Limit recipes: the minimum of named caps, the binding one named."""
