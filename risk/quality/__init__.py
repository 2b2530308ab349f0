"""The proof of the trainer: `./sluice quality` trains on real files and scores rows it has never seen."""
