"""Short sessions that a scene mints for one business: the bank's frame in the scene's own page (S2-33)."""
