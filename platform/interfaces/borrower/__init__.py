"""Hosted pages the borrower sees, white-labelled per bank and scene."""
