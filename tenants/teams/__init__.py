"""The people of a scene: who may sign in to its portal, and what each may do there."""
