"""Wiring only: settings, addresses, the queue, the command line and the house rules; imported by nobody."""
