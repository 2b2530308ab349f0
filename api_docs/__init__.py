"""OpenAPI documents, guides, examples and the handbook."""
