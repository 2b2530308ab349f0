"""The books, which the database itself refuses to unbalance."""
