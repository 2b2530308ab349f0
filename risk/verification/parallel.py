"""A backtest over two processes: the work is pure, so a worker needs documents and facts, no database."""

import multiprocessing
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, Final

from risk.strategies.document import Strategy, read_document
from risk.verification.backtest import Tally, compare

WORKERS: Final = 2
SMALL: Final = 20_000  # below it starting processes costs more than it brings
Rows = list[tuple[str, str]]
_DOCUMENTS: Final[list[Strategy]] = []


def tally_of(
    old: Mapping[str, Any], new: Mapping[str, Any], portions: Iterable[Rows], *, count: int
) -> Tally:
    """Return the tally of two documents over portions of decisions, in processes where that pays."""
    whole = Tally()
    alone = multiprocessing.current_process().daemon  # a worker of the queue may have no children
    if count < SMALL or alone or (os.cpu_count() or 1) < WORKERS:
        compiled = _compiled(old), _compiled(new)
        for rows in portions:
            whole.join(compare(*compiled, rows))
        return whole
    context = multiprocessing.get_context("spawn")  # no connection of this process is shared
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_begin, initargs=(old, new)) as pool:
        running: list[Future[Tally]] = []
        for rows in portions:
            running.append(pool.submit(_worked, rows))
            if len(running) > 2 * WORKERS:  # no more of the history is read than is being worked on
                whole.join(running.pop(0).result())
        for future in running:
            whole.join(future.result())
    return whole


def _begin(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    _DOCUMENTS[:] = [_compiled(old), _compiled(new)]


def _worked(rows: Rows) -> Tally:
    return compare(_DOCUMENTS[0], _DOCUMENTS[1], rows)


def _compiled(document: Mapping[str, Any]) -> Strategy:
    strategy = read_document(document)
    assert isinstance(strategy, Strategy)  # noqa: S101  the caller compiled it before
    return strategy
