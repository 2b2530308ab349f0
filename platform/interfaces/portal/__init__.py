"""The portal of scene providers: their keys, calls, deliveries, sandbox and team, each scene's own only."""
