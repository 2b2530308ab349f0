"""The bank's risk engine: features, scores, strategies, decisions. Knows nothing of lending."""
