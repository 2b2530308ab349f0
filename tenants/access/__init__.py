"""API clients and tokens bound to one bank; operators of the platform."""
