"""Points cards: trained with scikit-learn, run as plain tables with reason codes."""
