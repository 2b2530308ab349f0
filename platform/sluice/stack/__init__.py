"""The stack on one machine: PostgreSQL, Valkey, web server, worker and clock, started and kept running."""
