"""Legal identities: enterprises and persons."""
