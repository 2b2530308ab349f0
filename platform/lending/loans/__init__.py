"""Loans (借据): their log, the two calculators that fold it, and acts that book the difference."""
