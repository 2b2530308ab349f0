"""What secures a line: property, its value, its liens, the communities a bank lends on (S2-39)."""
