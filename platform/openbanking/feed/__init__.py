"""The feed: one way in for every cluster of data, in one call or as an upload in several."""
