"""The offline verifier: one file that a bank, or its auditor, runs without anything else of ours."""
