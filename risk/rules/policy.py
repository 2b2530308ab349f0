"""Policy stages, admit and fraud: rules and tables that decline or refer, judged together. Pure.

    {"code": "history", "require": CONDITION, "on_miss": "decline" | "refer", ...}     must hold
    {"code": "device", "when": CONDITION, "on_hit": "decline" | "refer" | "note", ...}  must not hold
     ... "on_unknown": "decline" | "refer", "reason": CODE, "may_be_unknown": [FACT, ...]

What cannot be known declines or refers. A rule passes without an answer only where every fact it lacks is one
that the signed document names in `may_be_unknown`. Reasons of third-party fraud (somebody else's identity)
and of first-party fraud (one's own false word) are two families (S2-19), counted apart for the stages after.
Tables with a figure derive it under the stage's name: `admit.size_cap`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, cast

from risk.features.facts import CATALOGUE, Facts, FactType, FactValue, Source
from risk.rules.expressions import Condition, Truth, compile_condition, compile_together, passes_by_absence
from risk.rules.numbers import shown, whole
from risk.rules.reasons import FIRST_PARTY, REASONS, THIRD_PARTY
from risk.rules.stages import NOTE, Finding, Outcome, StageInvalid, StageResult, demand_keys, demand_reason
from risk.rules.tables import STATUS, Table, compile_table

MOST: Final = 500
EVIDENCE: Final = (Source.SCENE, Source.REGISTRY, Source.BANK)
_FAMILIES: Final[Mapping[str, FactType]] = {
    "fraud.third_party_hits": FactType.COUNT,
    "fraud.first_party_hits": FactType.COUNT,
}
_COMMON: Final = {"code", "on_unknown", "reason"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy rule: adverse when the condition is `adverse`; `waived` facts may be missing."""

    code: str
    condition: Condition
    adverse: bool
    outcome: Outcome
    on_unknown: Outcome
    reason: str
    waived: frozenset[str]


@dataclass(frozen=True, slots=True)
class PolicyStage:
    """A compiled policy: rules, then tables, then the count of source classes (S4-13)."""

    name: str
    rules: tuple[Rule, ...]
    tables: tuple[Table, ...]
    minimum_sources: int
    reads: tuple[str, ...]
    derives: Mapping[str, FactType]
    judge: Callable[[Facts], tuple[Truth, ...]]
    sources: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def tolerates(self) -> frozenset[str]:
        """Return the facts that a rule may pass without, by the signed document's own word."""
        return frozenset().union(*(rule.waived for rule in self.rules))

    def run(self, facts: Facts, *, traced: bool = True) -> StageResult:
        """Return what the rules and tables find, each rule with its status and the values that it read."""
        truths = self.judge(facts)
        tables = [(table, table.run(facts)) for table in self.tables]
        findings = [
            finding
            for rule, truth in zip(self.rules, truths, strict=True)
            if (truth is None or truth is rule.adverse)  # most rules have nothing to say
            and (finding := finding_of(rule, truth, facts)) is not None
        ]
        findings += [finding for _, result in tables for finding in result.findings]
        known = [code for code, names in self.sources if any(facts.get(name) is not None for name in names)]
        if len(known) < self.minimum_sources:
            findings.append(Finding("refer", "sources_too_few"))
        families = [REASONS[finding.reason].family for finding in findings]
        derived: dict[str, FactValue] = {
            f"{self.name}.{table.name}": result.value for table, result in tables if table.unit
        }
        if self.name == "fraud":
            derived["fraud.third_party_hits"] = families.count(THIRD_PARTY)
            derived["fraud.first_party_hits"] = families.count(FIRST_PARTY)
        trace: dict[str, Any] = {}
        if traced:
            trace = {"rules": self._rows(truths, facts)}
            if tables:
                trace["tables"] = [result.trace for _, result in tables]
            if self.sources:
                trace["sources"] = known
            if self.name == "fraud":
                trace["families"] = sorted({family for family in families if family})
        return StageResult(tuple(findings), trace, derived)

    def _rows(self, truths: tuple[Truth, ...], facts: Facts) -> list[dict[str, Any]]:
        get, shown = facts.get, {}
        for name in self.reads:
            value = get(name)
            shown[name] = str(value) if isinstance(value, Decimal) else value  # as `encode`
        rows = []
        for rule, truth in zip(self.rules, truths, strict=True):
            row: dict[str, Any] = {
                "rule": rule.code,
                "status": STATUS[truth],
                "read": rule.condition.read(facts, shown),
            }
            if truth is None and (lacking := _lacking(rule, facts)) <= rule.waived:
                row["waived"] = sorted(lacking)
            rows.append(row)
        return rows


def _lacking(rule: Rule, facts: Facts) -> frozenset[str]:
    return frozenset(name for name in rule.condition.reads if facts.get(name) is None)


def finding_of(rule: Rule, truth: Truth, facts: Facts) -> Finding | None:
    """Return what a rule says once its condition has been judged; None lets pass."""
    if truth is None:
        if _lacking(rule, facts) <= rule.waived:
            return None
        return Finding(rule.on_unknown, "fact_unknown" if rule.on_unknown == "refer" else rule.reason)
    return Finding(rule.outcome, rule.reason) if truth is rule.adverse else None


def compile_admit(section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str) -> PolicyStage:
    """Return the admission policy; it has at least one rule and says how many classes of data it asks for."""
    demand_keys(section, {"minimum_sources"}, {"rules", "tables"}, path)
    sources = tuple(
        (
            source.value,
            tuple(name for name in types if name in CATALOGUE and CATALOGUE[name].source is source),
        )
        for source in EVIDENCE
    )
    stage = _policy("admit", section, types, path)
    minimum = whole(section["minimum_sources"], 0, len(EVIDENCE))
    return replace(stage, minimum_sources=minimum, sources=sources)


def compile_fraud(section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str) -> PolicyStage:
    """Return the fraud policy: lists, devices, velocity; derives how many hits each family had (S2-19)."""
    demand_keys(section, set(), {"rules", "tables"}, path)
    stage = _policy("fraud", section, types, path)
    said = [(rule.code, rule.reason) for rule in stage.rules]
    said += [(table.name, row.then.reason) for table in stage.tables for row in table.rows if row.then.reason]
    for code, reason in said:
        if not REASONS[reason].family:
            problem = f"{reason} is of neither fraud family, third_party or first_party"
            raise StageInvalid(path=f"{path}.{code}", problem=problem)
    return replace(stage, derives={**stage.derives, **_FAMILIES})


def _policy(name: str, section: Mapping[str, Any], types: Mapping[str, FactType], path: str) -> PolicyStage:
    rows, tables = section.get("rules", []), section.get("tables", [])
    if not isinstance(rows, list) or not isinstance(tables, list) or not 1 <= len(rows) + len(tables) <= MOST:
        raise StageInvalid(path=path, problem=f"a policy has 1 to {MOST} rules and tables")
    rules = tuple(compile_rule(row, types, path=path) for row in rows)
    compiled = tuple(compile_table(row, types, path=path) for row in tables)
    codes = [rule.code for rule in rules] + [table.name for table in compiled]
    twice = next((code for at, code in enumerate(codes) if code in codes[:at]), None)
    if twice is not None:
        raise StageInvalid(path=f"{path}.{twice}", problem="two rules have this code")
    reads = [fact for rule in rules for fact in rule.condition.reads]
    reads += [fact for table in compiled for fact in table.reads]
    return PolicyStage(
        name=name,
        rules=rules,
        tables=compiled,
        minimum_sources=0,
        reads=tuple(dict.fromkeys(reads)),
        derives={f"{name}.{table.name}": table.unit for table in compiled if table.unit is not None},
        judge=compile_together(tuple(rule.condition for rule in rules)),
        sources=(),
    )


def compile_rule(row: object, types: Mapping[str, FactType], *, path: str) -> Rule:
    """Return one rule; refuses outcomes that approve, and an absence that would pass unsigned."""
    if not isinstance(row, dict) or not isinstance(row.get("code"), str) or not 1 <= len(row["code"]) <= 60:
        raise StageInvalid(path=path, problem="every rule has a short code")
    path = f"{path}.{row['code']}"
    adverse = "when" in row
    key, moment = ("when", "on_hit") if adverse else ("require", "on_miss")
    demand_keys(row, _COMMON | {key, moment}, {"may_be_unknown", "note"}, path)
    outcomes = ("decline", "refer", NOTE) if adverse else ("decline", "refer")
    if row[moment] not in outcomes or row["on_unknown"] not in ("decline", "refer"):
        raise StageInvalid(path=path, problem="a miss or an unknown declines or refers; it never approves")
    reason = demand_reason(row["reason"], path)
    condition = compile_condition(row[key], types, path=path)
    waived = _waived(row.get("may_be_unknown", []), condition, path)
    absent = passes_by_absence(condition.node, when=not adverse)
    if absent:
        problem = (
            f"leaving out {min(absent)} would pass: name it in may_be_unknown instead of asking for known"
        )
        raise StageInvalid(path=path, problem=problem)
    outcome, on_unknown = cast(Outcome, row[moment]), cast(Outcome, row["on_unknown"])
    return Rule(row["code"], condition, adverse, outcome, on_unknown, reason, waived)


def _waived(names: object, condition: Condition, path: str) -> frozenset[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise StageInvalid(path=path, problem="may_be_unknown lists facts")
    stray = next((name for name in names if name not in condition.reads), None)
    if stray is not None:
        raise StageInvalid(
            path=path, problem=f"may_be_unknown names {shown(stray)}, which the rule does not read"
        )
    return frozenset(names)
