"""Electronic signatures: seal a document's digest; with a simulator."""
