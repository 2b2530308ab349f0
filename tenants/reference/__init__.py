"""Published rule packs and calendars, for banks to adopt."""
