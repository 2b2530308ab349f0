"""A decision's trace as rows for people: what each stage looked at, and what came of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language, gettext

from kernel.money import Money
from risk.features.facts import CATALOGUE
from risk.rules.reasons import REASONS

Read = tuple[tuple[str, str], ...]
ADVERSE: Final = frozenset({"fraud", "graph"})  # stages whose rules say what must not be


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One line of a stage: rule or cap or signal, its outcome (a code, or empty), what was read."""

    rule: str
    outcome: str
    read: Read
    tone: str = ""


@dataclass(frozen=True, slots=True)
class TraceStage:
    """One stage with its lines; `outcomes` counts hit, miss and unknown among them."""

    name: str
    rows: tuple[TraceRow, ...]
    outcomes: tuple[tuple[str, int], ...]


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


def trace_stages(trace: tuple[Mapping[str, Any], ...]) -> tuple[TraceStage, ...]:
    """Return the stages in the order in which the flow ran, each with its lines."""
    found = []
    for stage in trace:
        rows = tuple(_ROWS.get(stage["stage"], _figures)(stage))
        counts = {name: sum(row.outcome == name for row in rows) for name in ("hit", "miss", "unknown")}
        outcomes = tuple((name, count) for name, count in counts.items() if count)
        found.append(TraceStage(stage["stage"], rows, outcomes))
    return tuple(found)


def _policy(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    name = stage["stage"]
    for rule in stage["rules"]:
        yield _judged(name, rule["rule"], rule["status"], rule["read"], waived=rule.get("waived", ()))
    for table in stage.get("tables", ()):
        for row in table["rows"]:
            tone = "info" if row["status"] == "hit" else "quiet"
            yield TraceRow(f"{table['table']}: {row['row']}", row["status"], (), tone)
        outcome = table["outcome"]
        said = outcome if isinstance(outcome, str) else ", ".join(gettext(one) for one in outcome)
        figures = {"said": gettext(said) if said else "–"}
        if "value" in table:
            figures["value"] = table["value"]
        yield TraceRow(table["table"], "", _read({**table["read"], **figures}))
    if "sources" in stage:
        yield TraceRow("", "", _read({"sources": ", ".join(gettext(one) for one in stage["sources"])}))
    if stage.get("families"):
        yield TraceRow("", "", _read({"families": ", ".join(gettext(one) for one in stage["families"])}))


def _judged(stage: str, rule: str, status: str, read: Mapping[str, Any], *, waived: Any = ()) -> TraceRow:
    said = _read(read)
    if waived:
        said += ((gettext("may be unknown"), ", ".join(fact_name(name) for name in waived)),)
    tone = {"hit": "bad", "miss": "good"}.get(status, "") if stage in ADVERSE else ""
    return TraceRow(rule, status, said, tone)


def _cross(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for check in stage["checks"]:
        figures = {name: check[name] for name in ("estimate", "deviation", "evidence")}
        read = {"declared": check["declared"], **check["implied"], **figures}
        yield TraceRow(gettext(check["figure"]), check["verdict"], _read(read))
    if "equity" in stage:
        yield TraceRow(gettext("equity"), stage["equity"]["verdict"], _read({"gap": stage["equity"]["gap"]}))
    for rule in stage.get("pre_screen", ()):
        yield _judged("cross", rule["rule"], rule["status"], rule["read"])


def _parts(parts: Any, label: str = "") -> Iterator[TraceRow]:
    for part in parts:
        read = {part["fact"]: part["value"], "points": part["points"], "points_lost": part["lost"]}
        yield TraceRow(label, "", _read(read))


def _dual(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for side in ("owner", "enterprise"):
        found = stage[side]
        yield from _parts(found["parts"], gettext(side))
        figures = {name: found[name] for name in ("card", "points", "band", "unknown")}
        yield TraceRow(gettext(side), "", _read(figures))
    cell = stage["cell"]
    yield TraceRow(gettext("cell"), cell["outcome"], _read({"limit_factor": cell["limit_factor"]}))


def _house(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    weights, scores = stage.get("weights", {}), stage.get("scores", {})
    for factor, parts in stage["factors"].items():
        for part in parts:
            read = {part["fact"]: part["value"], "score": part["score"], "weight": part["weight"]}
            yield TraceRow(gettext(factor), "", _read(read))
        if factor in weights:
            read = {"score": scores.get(f"house.{factor}"), "weight_percent": weights[factor]}
            yield TraceRow(gettext(factor), "", _read(read))
    if scores:
        read = {"score": scores["house.score"], "known_weight": scores["house.known_weight"]}
        yield TraceRow("", "", _read(read))


def _graph(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for signal in stage["signals"]:
        followed = {"outcome": gettext(signal["outcome"])} if "outcome" in signal else {}
        read = {signal["fact"]: signal["value"], **followed}
        yield _judged("graph", fact_name(signal["fact"]), signal["status"], read)
    if "room" in stage:
        yield TraceRow(gettext("room"), "", _read(stage["room"]))


def _alternatives(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for tried in stage["tried"]:
        granted = {name: tried[name] for name in ("limit", "annual_rate") if tried.get(name) is not None}
        why = {} if granted else {"reasons": "; ".join(reason_text(code) for code in tried["reasons"])}
        read = _read({**tried["changes"], **granted, **why})
        yield TraceRow(gettext(tried["kind"]), tried["verdict"], read)


def _pd(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    yield from _parts(stage["parts"])
    names = ("points", "pd_of_card", "log_odds_shift", "cycle_overlay", "pd")
    figures = {name: stage[name] for name in names if name in stage}
    if "labels" in stage:
        figures["labels"] = ", ".join(gettext(str(label)) for label in stage["labels"])
    yield TraceRow(stage["card"], "", _read(figures))


def _limit(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for cap in stage["caps"]:
        outcome = "binding" if cap["cap"] == stage["binding_cap"] else ""
        read = _read({"figure": cap["figure"], **cap["read"]})
        yield TraceRow(gettext(cap["cap"]), outcome, read, "info")
    figures = {name: stage[name] for name in ("asked", "carried", "limit", "minimum") if name in stage}
    yield TraceRow("", "", _read(figures))


def _watch(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    for signal in stage["signals"]:
        read = {signal["fact"]: signal["today"], "alarm_below": signal["below"]}
        yield TraceRow(signal["signal"], "", _read(read))


def _verdict(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    said = {
        name: "; ".join(reason_text(code) for code in stage[name])
        for name in ("declines", "refers")
        if stage[name]
    }
    yield TraceRow("", stage["outcome"], _read(said))


def _figures(stage: Mapping[str, Any]) -> Iterator[TraceRow]:
    """Return a stage that is a few figures: grade, price."""
    yield TraceRow("", "", _read({name: value for name, value in stage.items() if name != "stage"}))


_ROWS: Final[dict[str, Callable[[Mapping[str, Any]], Iterator[TraceRow]]]] = {
    "admit": _policy,
    "fraud": _policy,
    "cross": _cross,
    "dual": _dual,
    "house": _house,
    "graph": _graph,
    "pd": _pd,
    "limit": _limit,
    "watch": _watch,
    "alternatives": _alternatives,
    "verdict": _verdict,
}


def _read(values: Mapping[str, Any]) -> Read:
    return tuple((fact_name(name), value_text(value)) for name, value in values.items())


def value_text(value: Any) -> str:
    """Return a stored value as it is read; what is not known is said, never shown as nothing."""
    if value is None:
        return gettext("not known")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


def fact_name(name: str) -> str:
    """Return a fact's name in the reader's language; figures of the flow are catalogue texts."""
    fact = CATALOGUE.get(name)
    if fact is None:
        return code_text(name)
    return fact.text_en if get_language() == "en" else fact.text_zh


def code_text(code: str) -> str:
    """Return a code in the reader's language; English needs no catalogue, only spaces."""
    text = gettext(code)
    return text.replace("_", " ") if text == code else text


def reason_text(code: str) -> str:
    """Return a reason in the words for staff; a code that is on no list is shown as it is."""
    reason = REASONS.get(code)
    if reason is None:
        return code
    return reason.text_en if get_language() == "en" else reason.text_zh
