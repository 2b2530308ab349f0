"""What a scene pins to an object of the bank for its own use: short texts that mean nothing to the bank."""
