"""Price: the rate that covers its own risk, the rate that is worth most when some leave, the legal cap."""
