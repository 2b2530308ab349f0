"""The public schema, all of it."""
