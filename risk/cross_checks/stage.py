"""The cross stage: declared figures checked, the equity identity, who is left out before a manual look. Pure.

    {"checks": [{"figure": "turnover", "minimum_sources": 2,
                 "sources": [{"fact": "receipts.total_90d", "scale": "4.055556", "weight": 3},
                             {"fact": "observed.bank_inflow_12m", "scale": "0.9", "weight": 2}],
                 "tolerance": {"soft": "0.15", "conflict": "0.35"}, "reason": "cross_conflict",
                 "on": {"conflict": "refer", "soft": "note", "unverifiable": "refer"}}],
     "equity": {"tolerance": {"soft": "0.05", "conflict": "0.15"}, "reason": "cross_equity",
                "on": {"conflict": "refer", "soft": "note", "unverifiable": "refer"}},
     "conflicts": {"reason": "cross_conflict", "bands": [{"from": 3, "outcome": "decline"}]},
     "pre_screen": [{"code": "open_long_enough", "reason": "cross_pre_screen",
                     "require": {"op": ">=", "fact": "enterprise.months_open", "value": 6}}]}

A source implies fact x scale: kilowatt-hours times yuan of output each check a meter (S2-22). What fails the
pre-screen, or cannot be known there, is declined before a person looks (S2-32).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Context, Decimal
from types import MappingProxyType
from typing import Any, Final

from risk.cross_checks.evidence import Checked, Reading, Tolerance, Verdict, check, equity_gap
from risk.features.facts import Facts, FactType, FactValue, encode
from risk.rules.expressions import Condition, compile_condition
from risk.rules.sections import (
    Band,
    banded,
    bands_of,
    demand,
    fact_of,
    number_of,
    outcome_of,
    rows_of,
    section_of,
)
from risk.rules.stages import DECLINE, NOTE, REFER, Finding, Outcome, StageResult, demand_reason

_CONTEXT: Final = Context(prec=28)
_NUMBERS: Final = (FactType.MONEY, FactType.RATIO, FactType.COUNT)
_LEAST_SOURCES: Final = 2  # S2-32: one source confirms nothing


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that can be checked: what declares it, its type, whether the higher one is the careful one."""

    declared: str
    type: FactType
    high_is_careful: bool = False


FIGURES: Final[Mapping[str, Figure]] = MappingProxyType(
    {
        "turnover": Figure("declared.turnover_12m", FactType.MONEY),
        "margin": Figure("declared.margin", FactType.RATIO),
        "inventory": Figure("declared.inventory", FactType.MONEY),
        "employees": Figure("declared.employees", FactType.COUNT),
        "debt": Figure("declared.debt", FactType.MONEY, high_is_careful=True),
        "output": Figure("declared.output_12m", FactType.MONEY),
    }
)
_EQUITY: Final = ("equity_opening", "profit_period", "drawings_period", "injections_period", "equity_closing")
_STEP: Final = {
    FactType.MONEY: Decimal("0.01"),
    FactType.RATIO: Decimal("0.000001"),
    FactType.COUNT: Decimal(1),
}


@dataclass(frozen=True, slots=True)
class Response:
    """What follows from a verdict, and why; from a confirmed figure nothing does."""

    reason: str
    on: Mapping[Verdict, Outcome]


@dataclass(frozen=True, slots=True)
class Check:
    """One figure's check."""

    figure: str
    sources: tuple[tuple[str, Decimal, int], ...]  # fact, scale, weight
    minimum_sources: int
    tolerance: Tolerance
    response: Response


@dataclass(frozen=True, slots=True)
class Screen:
    """A condition that has to hold before anybody looks by hand."""

    code: str
    reason: str
    require: Condition


@dataclass(frozen=True, slots=True)
class CrossStage:
    """The compiled section."""

    checks: tuple[Check, ...]
    equity: tuple[Tolerance, Response] | None
    conflict_reason: str
    conflict_bands: tuple[Band, ...]
    screens: tuple[Screen, ...]
    reads: tuple[str, ...]
    derives: Mapping[str, FactType]

    def run(self, facts: Facts) -> StageResult:
        """Return each verdict, what follows from it, and the figures that evidence bears out."""
        findings: list[Finding] = []
        derived: dict[str, FactValue] = {}
        rows, verdicts = [], []
        for one in self.checks:
            checked, row = _run(one, facts)
            rows.append(row)
            verdicts.append(checked.verdict)
            _respond(one.response, checked.verdict, findings)
            derived |= _derived(one.figure, checked)
        trace: dict[str, Any] = {"checks": rows}
        if self.equity is not None:
            verdict, gap = _equity(self.equity[0], facts)
            verdicts.append(verdict)
            _respond(self.equity[1], verdict, findings)
            derived["cross.equity_gap"] = gap
            trace["equity"] = {"gap": encode(gap), "verdict": verdict.value}
        counted = {"conflicts": Verdict.CONFLICT, "soft": Verdict.SOFT, "unverifiable": Verdict.UNVERIFIABLE}
        derived |= {f"cross.{name}": verdicts.count(verdict) for name, verdict in counted.items()}
        outcome = banded(self.conflict_bands, derived["cross.conflicts"])
        if outcome is not None:
            findings.append(Finding(outcome, self.conflict_reason))
        if self.screens:
            trace["pre_screen"] = _screen(self.screens, facts, findings)
        return StageResult(tuple(findings), trace, derived)


def _run(one: Check, facts: Facts) -> tuple[Checked, dict[str, Any]]:
    figure = FIGURES[one.figure]
    readings = [Reading(fact, _scaled(facts.get(fact), scale), weight) for fact, scale, weight in one.sources]
    declared = _scaled(facts.get(figure.declared), Decimal(1))
    checked = check(
        declared=declared,
        readings=readings,
        tolerance=one.tolerance,
        minimum_sources=one.minimum_sources,
        high_is_careful=figure.high_is_careful,
    )
    return checked, {
        "figure": one.figure,
        "declared": encode(declared),
        "implied": {reading.source: encode(reading.implied) for reading in readings},
        "estimate": encode(checked.estimate),
        "deviation": encode(checked.deviation),
        "evidence": encode(checked.evidence),
        "verdict": checked.verdict.value,
    }


def _scaled(value: FactValue, scale: Decimal) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        return None
    return _CONTEXT.multiply(Decimal(value), scale)


def _derived(name: str, checked: Checked) -> dict[str, FactValue]:
    """Return what later stages read; the credited figure is rounded to the careful side."""
    figure, credited = FIGURES[name], checked.credited
    value: FactValue = None
    if credited is not None:
        rounding = ROUND_UP if figure.high_is_careful else ROUND_DOWN
        exact = credited.quantize(_STEP[figure.type], rounding=rounding)
        value = int(exact) if figure.type is FactType.COUNT else exact
    return {
        f"cross.{name}_verdict": checked.verdict.value,
        f"cross.{name}_evidence": checked.evidence,
        f"cross.{name}_credited": value,
    }


def _respond(response: Response, verdict: Verdict, findings: list[Finding]) -> None:
    outcome = response.on.get(verdict)
    if outcome is not None:
        unknown = verdict is Verdict.UNVERIFIABLE
        findings.append(Finding(outcome, "cross_unverifiable" if unknown else response.reason))


def _equity(tolerance: Tolerance, facts: Facts) -> tuple[Verdict, Decimal | None]:
    figures = [facts.get(f"declared.{name}") for name in _EQUITY]
    known = [figure for figure in figures if isinstance(figure, Decimal)]
    if len(known) < len(_EQUITY):
        return Verdict.UNVERIFIABLE, None
    opening, profit, drawings, injections, closing = known
    gap = equity_gap(
        opening=opening, profit=profit, drawings=drawings, injections=injections, closing=closing
    )
    if gap > tolerance.conflict:
        return Verdict.CONFLICT, gap
    return (Verdict.CONFIRMED if gap <= tolerance.soft else Verdict.SOFT), gap


def _screen(screens: tuple[Screen, ...], facts: Facts, findings: list[Finding]) -> list[dict[str, Any]]:
    rows = []
    for screen in screens:
        truth = screen.require.evaluate(facts)
        read = {name: encode(facts.get(name)) for name in screen.require.reads}
        status = {True: "hit", False: "miss", None: "unknown"}[truth]
        rows.append({"rule": screen.code, "status": status, "read": read})
        if truth is not True:
            findings.append(Finding(DECLINE, screen.reason))
    return rows


def compile_cross(section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str) -> CrossStage:
    """Return the stage behind its section; refuses, with the place, whatever it does not know."""
    parts = section_of(section, path, needed=("checks",), allowed=("equity", "conflicts", "pre_screen"))
    rows = rows_of(parts["checks"], f"{path}.checks")
    checks = tuple(_check(row, types, f"{path}.checks.{index}") for index, row in enumerate(rows))
    names = [one.figure for one in checks]
    demand(len(set(names)) == len(names), f"{path}.checks", "each figure is checked once")
    equity = _equity_part(parts["equity"], types, f"{path}.equity") if "equity" in parts else None
    reason = ""
    bands: tuple[Band, ...] = ()
    if "conflicts" in parts:
        part = section_of(parts["conflicts"], f"{path}.conflicts", needed=("reason", "bands"))
        reason = demand_reason(part["reason"], f"{path}.conflicts.reason")
        bands = bands_of(part["bands"], f"{path}.conflicts.bands")
    rows = rows_of(parts.get("pre_screen", []), f"{path}.pre_screen", least=0)
    screens = tuple(_screen_of(row, types, f"{path}.pre_screen.{index}") for index, row in enumerate(rows))
    reads = [
        fact for one in checks for fact in (FIGURES[one.figure].declared, *(row[0] for row in one.sources))
    ]
    reads += [f"declared.{name}" for name in _EQUITY] if equity else []
    reads += [fact for screen in screens for fact in screen.require.reads]
    return CrossStage(
        checks, equity, reason, bands, screens, tuple(dict.fromkeys(reads)), _types(names, equity is not None)
    )


def _types(names: list[str], with_equity: bool) -> Mapping[str, FactType]:
    types = dict.fromkeys(("cross.conflicts", "cross.soft", "cross.unverifiable"), FactType.COUNT)
    for name in names:
        types[f"cross.{name}_verdict"] = FactType.TEXT
        types[f"cross.{name}_evidence"] = FactType.RATIO
        types[f"cross.{name}_credited"] = FIGURES[name].type
    if with_equity:
        types["cross.equity_gap"] = FactType.RATIO
    return MappingProxyType(types)


def _check(row: object, types: Mapping[str, FactType], path: str) -> Check:
    part = section_of(row, path, needed=("figure", "minimum_sources", "sources", "tolerance", "reason", "on"))
    demand(
        part["figure"] in FIGURES if isinstance(part["figure"], str) else False,
        f"{path}.figure",
        "no such figure",
    )
    fact_of(FIGURES[part["figure"]].declared, types, f"{path}.figure")
    sources = tuple(
        _source(source, types, f"{path}.sources.{index}")
        for index, source in enumerate(rows_of(part["sources"], f"{path}.sources", least=_LEAST_SOURCES))
    )
    demand(len({source[0] for source in sources}) == len(sources), f"{path}.sources", "a source counts once")
    minimum = number_of(
        part["minimum_sources"], f"{path}.minimum_sources", least=_LEAST_SOURCES, most=len(sources)
    )
    demand(minimum == int(minimum), f"{path}.minimum_sources", "a whole number of sources")
    return Check(
        part["figure"],
        sources,
        int(minimum),
        _tolerance(part["tolerance"], f"{path}.tolerance"),
        _response(part, path),
    )


def _source(row: object, types: Mapping[str, FactType], path: str) -> tuple[str, Decimal, int]:
    part = section_of(row, path, needed=("fact", "weight"), allowed=("scale",))
    fact = fact_of(part["fact"], types, f"{path}.fact", *_NUMBERS)
    demand(not fact.startswith("declared."), f"{path}.fact", "what is declared is evidence of nothing")
    scale = number_of(part.get("scale", "1"), f"{path}.scale", least="0.000001")
    demand(
        type(part["weight"]) is int and 1 <= part["weight"] <= 100, f"{path}.weight", "a weight of 1 to 100"
    )
    return fact, scale, part["weight"]


def _tolerance(node: object, path: str) -> Tolerance:
    part = section_of(node, path, needed=("soft", "conflict"))
    soft = number_of(part["soft"], f"{path}.soft", most=1)
    conflict = number_of(part["conflict"], f"{path}.conflict", most=1)
    demand(soft < conflict, path, "soft is below conflict")
    return Tolerance(soft, conflict)


def _response(part: Mapping[str, Any], path: str) -> Response:
    """Return what follows; a conflict never passes, and nor does what cannot be verified."""
    on = section_of(part["on"], f"{path}.on", needed=("conflict", "unverifiable"), allowed=("soft",))
    outcomes: dict[Verdict, Outcome] = {
        Verdict.CONFLICT: outcome_of(on["conflict"], f"{path}.on.conflict", REFER, DECLINE),
        Verdict.UNVERIFIABLE: outcome_of(on["unverifiable"], f"{path}.on.unverifiable", REFER, DECLINE),
    }
    if "soft" in on:
        outcomes[Verdict.SOFT] = outcome_of(on["soft"], f"{path}.on.soft", NOTE, REFER)
    return Response(demand_reason(part["reason"], f"{path}.reason"), MappingProxyType(outcomes))


def _equity_part(node: object, types: Mapping[str, FactType], path: str) -> tuple[Tolerance, Response]:
    part = section_of(node, path, needed=("tolerance", "reason", "on"))
    for name in _EQUITY:
        fact_of(f"declared.{name}", types, path)
    return _tolerance(part["tolerance"], f"{path}.tolerance"), _response(part, path)


def _screen_of(row: object, types: Mapping[str, FactType], path: str) -> Screen:
    part = section_of(row, path, needed=("code", "reason", "require"))
    demand(isinstance(part["code"], str) and bool(part["code"]), f"{path}.code", "a rule has a code")
    require = compile_condition(part["require"], types, path=f"{path}.require")
    return Screen(part["code"], demand_reason(part["reason"], f"{path}.reason"), require)
