"""What else a scene knows of a business, under consent: invoices, orders, ratings, filings, meters, trips."""
