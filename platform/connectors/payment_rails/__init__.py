"""Payment rails: send, collect, enquire; with a simulator."""
