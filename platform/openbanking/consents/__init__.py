"""Consent as a resource: granted, revoked, expired, one purpose at a time."""
