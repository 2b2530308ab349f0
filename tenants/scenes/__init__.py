"""Scene providers, scenes and their contracts with banks."""
