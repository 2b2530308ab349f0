"""Commands of the platform's people."""
