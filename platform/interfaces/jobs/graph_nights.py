"""Reckoning the whole graph after a day has ended: short transactions, safe to kill and to run twice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from interfaces.door import now
from lending.impairment.exposures import BAD, BOOK
from plumbing.clock.queries import business_date
from risk.graph import operations as graph
from risk.graph.contagion import ContagionPolicy, reckon
from risk.graph.network import read_network
from risk.graph.queries import NightView

NON_PERFORMING: Final = "non_performing"
OWN_BOOK: Final = "book"
Watcher = Callable[[NightView], None]


def unwatched(night: NightView) -> None:
    """Watch nothing."""


def reckon_night(as_of_date: date | None = None, *, watcher: Watcher = unwatched) -> NightView:
    """Take the book over, reckon the graph as of a day (by default the last that ended), write what it finds.

    A night that was stopped goes on where it stood: it reads the graph as it was known when it began.
    """
    day = as_of_date or business_date() - timedelta(days=1)
    with transaction.atomic(durable=True):
        graph.record_book_of(book=BOOK, as_of_date=day, now=now())
        graph.flag_bad_of(bad=BAD, reason=NON_PERFORMING, as_of_date=day, learned_from=OWN_BOOK, now=now())
    with transaction.atomic(durable=True):
        night = graph.begin_night(as_of_date=day, now=now())
    if night.finished_at is not None:
        return night
    with transaction.atomic(durable=True):
        network = read_network(on_date=day, known_by=night.known_by)
    standings = reckon(network, ContagionPolicy())
    while night.finished_at is None:
        with transaction.atomic(durable=True):
            night = graph.write_portion(night_id=night.id, standings=standings, now=now())
        watcher(night)
    forgotten = 1
    while forgotten:
        with transaction.atomic(durable=True):
            forgotten = graph.forget_standings()
    return night
