"""Pre-qualification: what a bank would lend, before anybody applies; no inquiry, no decision, no promise."""
