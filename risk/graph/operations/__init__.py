"""Verbs of the graph: relate, end, flag, hand the book over, reckon the night."""

from risk.graph.drafts import RelationInvalid
from risk.graph.operations.book import (
    BookOutOfOrder,
    CeilingInvalid,
    PositionInvalid,
    record_book,
    record_book_of,
    set_ceiling,
)
from risk.graph.operations.nights import NightOutOfOrder, begin_night, forget_standings, write_portion
from risk.graph.operations.relations import (
    EndsBeforeItBegins,
    FlagInvalid,
    FlagNotFound,
    RelationNotFound,
    clear_bad,
    end_if_running,
    end_relation,
    flag_bad,
    flag_bad_of,
    relate,
)

__all__ = [
    "BookOutOfOrder",
    "CeilingInvalid",
    "EndsBeforeItBegins",
    "FlagInvalid",
    "FlagNotFound",
    "NightOutOfOrder",
    "PositionInvalid",
    "RelationInvalid",
    "RelationNotFound",
    "begin_night",
    "clear_bad",
    "end_if_running",
    "end_relation",
    "flag_bad",
    "flag_bad_of",
    "forget_standings",
    "record_book",
    "record_book_of",
    "relate",
    "set_ceiling",
    "write_portion",
]
