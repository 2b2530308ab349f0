"""Rules: a small typed expression language with three truth values, and the registry of reasons."""
