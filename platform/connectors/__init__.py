"""Clients of the outside, each with a simulator."""
