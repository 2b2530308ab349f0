"""Filters of the borrower's pages."""
