"""A decision's trace as rows for people: what each stage looked at, and what came of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language, gettext

from kernel.money import Money
from risk.features.facts import CATALOGUE


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One line of the trace: stage, rule or cap or signal, its outcome (a code, or empty), what was read."""

    stage: str
    rule: str
    outcome: str
    read: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CapRow:
    """One cap on the limit; `figure` is None when what it needs is not known."""

    name: str
    figure: Money | None
    binding: bool


def cap_rows(decision: Any) -> tuple[CapRow, ...]:
    """Return the caps in the strategy's order, with the one that bound."""
    return tuple(
        CapRow(
            str(cap["cap"]),
            None if cap["figure"] is None else Money.parse(cap["figure"]),
            cap["cap"] == decision.binding_cap,
        )
        for cap in decision.caps
    )


def trace_rows(trace: tuple[Mapping[str, Any], ...]) -> tuple[TraceRow, ...]:
    """Return every stage's rows in the order in which the flow ran."""
    return tuple(row for stage in trace for row in _ROWS.get(stage["stage"], _figures)(stage))


def _policy(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for rule in stage["rules"]:
        yield TraceRow(stage["stage"], rule["rule"], rule["status"], _read(rule["read"]))
    for table in stage.get("tables", ()):
        for row in table["rows"]:
            yield TraceRow(stage["stage"], f"{table['table']}: {row['row']}", row["status"], ())
        yield TraceRow(stage["stage"], table["table"], "", _read(table["read"]))


def _alternatives(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for tried in stage["tried"]:
        yield TraceRow("alternatives", tried["kind"], tried["verdict"], _read(tried["changes"]))


def _pd(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for part in stage["parts"]:
        points = {"points": part["points"], "points_lost": part["lost"]}
        yield TraceRow("pd", "", "", _read({part["fact"]: part["value"], **points}))
    figures = {name: stage[name] for name in ("points", "pd_of_card", "log_odds_shift", "pd")}
    yield TraceRow("pd", stage["card"], "", _read(figures))


def _limit(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for cap in stage["caps"]:
        outcome = "binding" if cap["cap"] == stage["binding_cap"] else ""
        yield TraceRow("limit", cap["cap"], outcome, _read({"figure": cap["figure"], **cap["read"]}))
    figures = {name: stage[name] for name in ("asked", "carried", "limit", "minimum") if name in stage}
    yield TraceRow("limit", "", "", _read(figures))


def _watch(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for signal in stage["signals"]:
        read = {signal["fact"]: signal["today"], "alarm_below": signal["below"]}
        yield TraceRow("watch", signal["signal"], "", _read(read))


def _verdict(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    said = {name: ", ".join(stage[name]) for name in ("declines", "refers") if stage[name]}
    yield TraceRow("verdict", "", stage["outcome"], _read(said))


def _figures(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    """Return a stage that is a few figures: grade, price."""
    yield TraceRow(
        stage["stage"], "", "", _read({name: value for name, value in stage.items() if name != "stage"})
    )


_ROWS: Final[dict[str, Callable[[Mapping[str, Any]], Iterator[TraceRow]]]] = {
    "admit": _policy,
    "fraud": _policy,
    "pd": _pd,
    "limit": _limit,
    "watch": _watch,
    "alternatives": _alternatives,
    "verdict": _verdict,
}


def _read(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_name(name), gettext("not known") if value is None else str(value)) for name, value in values.items()
    )


def _name(name: str) -> str:
    """Return a fact's name in the reader's language; figures of the flow are catalogue texts."""
    fact = CATALOGUE.get(name)
    if fact is None:
        return gettext(name)
    return fact.text_en if get_language() == "en" else fact.text_zh
