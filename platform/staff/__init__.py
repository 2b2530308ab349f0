"""People of the bank who sign in, their roles, maker and checker."""
