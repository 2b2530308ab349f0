"""Chart of accounts."""
