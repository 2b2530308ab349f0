"""What each verb of `./sluice` does, one module per family."""
