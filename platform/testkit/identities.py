"""Identifiers of firms and people that do not exist, as tests and stories name them."""

from parties.enterprises.invented import card_number, credit_code, mobile_number, resident_number

__all__ = ["card_number", "credit_code", "mobile_number", "resident_number"]
