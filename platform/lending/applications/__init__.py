"""Credit applications, their assessment and the agreements signed on approval."""
