"""The heap of a process that serves."""

import gc

from plumbing.heap import settle


def test_what_was_loaded_is_looked_past() -> None:
    """Cycles made afterwards are still found; what was there before is not among what is looked through."""
    loaded: list[object] = []
    try:
        settle()
        assert not any(one is loaded for one in gc.get_objects())
        made: list[object] = []
        made.append(made)
        del made
        assert gc.collect() >= 1
    finally:
        gc.unfreeze()
