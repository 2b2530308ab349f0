"""What a process loads at its start stays to its end: the collector of cycles looks past it.

A look through everything that a web process holds takes a tenth of a second in which no call is answered.
"""

import gc


def settle() -> None:
    """Look through everything once and leave it out from now on: what was loaded is never garbage.

    For a process that has loaded all it needs and not begun to work.
    """
    gc.collect()
    gc.freeze()
