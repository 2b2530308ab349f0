"""Partner banks: schema, domains, brand, creation."""
