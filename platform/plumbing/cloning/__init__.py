"""Copies of a schema, made again from what the catalogue says of it: sandboxes are wanted at once."""
