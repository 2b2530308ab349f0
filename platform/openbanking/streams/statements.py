"""The SQL of a stream, made once from its entry in the catalogue: take in, fold, recount, read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openbanking.streams.catalogue import STREAMS, Stream

_SQL: Final = Path(__file__).with_name("sql")
_PADDING: Final = 3  # a row about parties says: distinct, largest, together


@dataclass(frozen=True, slots=True)
class Statements:
    """What a stream executes."""

    incoming: str
    unruly: str
    fold: str
    changed: str
    differences: str
    read: str


def _fill(name: str, parts: dict[str, str]) -> str:
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    for mark, part in parts.items():
        text = text.replace(f"/* {mark} */", part)
    return text


def _statements(stream: Stream) -> Statements:
    columns, figures = tuple(stream.fields), tuple(stream.figures)
    party = stream.party
    parts = {
        "table": stream.table,
        "day_table": stream.day_table,
        "columns": ", ".join(columns),
        "typed": ", ".join(f"{name} {kind}" for name, (kind, _) in stream.fields.items()),
        "kept": ", ".join(f"kept.{name}" for name in columns),
        "incoming": ", ".join(f"incoming.{name}" for name in columns),
        "figures": ", ".join(figures),
        "moved_figures": ", ".join(f"sum(r.sign * ({stream.figures[name]})) AS {name}" for name in figures),
        "updates": ", ".join(f"{name} = {stream.day_table}.{name} + EXCLUDED.{name}" for name in figures),
        "sums": ", ".join(f"sum({name})::bigint AS {name}" for name in figures),
        "folded_figures": ", ".join(f"coalesce(folded.{name}, 0)" for name in figures),
        "recounted_figures": ", ".join(f"coalesce(recounted.{name}, 0)" for name in figures),
        "recount_figures": ", ".join(f"sum({stream.figures[name]}) AS {name}" for name in figures),
        "party_role": party.role if party else "''",
        "party_items": party.items if party else "0",
        "party_value": party.value if party else "0",
        "party_ref": "r.party_ref" if party else "NULL::text",
        "padding": "".join(", NULL" for _ in figures[_PADDING:]),
    }
    read = _fill("read", parts) + (_fill("read_parties", parts) if party else "")
    return Statements(
        _fill("incoming", parts),
        f"DELETE FROM pg_temp.streams_incoming AS r WHERE NOT ({stream.rule[1]}) RETURNING line"
        if stream.rule
        else "",
        _fill("fold", parts),
        _fill("changed", parts),
        _fill("differences", parts),
        read,
    )


STATEMENTS: Final = {code: _statements(stream) for code, stream in STREAMS.items()}
