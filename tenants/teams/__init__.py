"""The people of a scene: who may sign in to its portal, what each may do there, and what each has done."""
