"""The life of a loan, from product to settlement."""
