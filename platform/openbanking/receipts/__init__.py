"""Receipts feed: bulk ingest and incremental daily aggregates."""
