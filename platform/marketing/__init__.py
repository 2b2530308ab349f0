"""Finding the borrower who needs credit, and telling the truth about what it brought."""
