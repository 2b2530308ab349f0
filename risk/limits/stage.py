"""The limit stage: the least of named caps, the binding one named, never above what was asked. Pure.

    {"step": "100.00", "minimum": "5000.00", "caps": [{"cap", "recipe", "parameters", "reason"}, ...]}

A cap that is not known refers: the least of what is known would be too much. Below the minimum is a decline;
an online unsecured line above the threshold of S3-07 is referred.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from kernel.refusals import Refusal
from risk.features.facts import Facts, FactType, encode
from risk.limits.recipes import Cap, compile_cap, floor_to_step
from risk.rules.numbers import number
from risk.rules.stages import Finding, StageInvalid, StageResult, demand_keys, demand_reason

AMOUNT: Final = "application.amount"
THRESHOLD: Final = "rules.online_unsecured_max"
GRADE: Final = "grade.grade"
MAX_CAPS: Final = 32
_FEN: Final = Decimal("0.01")
_DERIVES: Final = {"limit.amount": FactType.MONEY, "limit.binding_cap": FactType.TEXT}


@dataclass(frozen=True, slots=True)
class LimitStage:
    """The caps, the step that the least of them is rounded down to, and the smallest limit worth granting."""

    caps: tuple[Cap, ...]
    step: Decimal
    minimum: Decimal
    derives: Mapping[str, FactType] = field(default_factory=lambda: _DERIVES)

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts that it reads."""
        return tuple(dict.fromkeys((*(name for cap in self.caps for name in cap.reads), AMOUNT, THRESHOLD)))

    @property
    def tolerates(self) -> frozenset[str]:
        """Return the facts that may be unknown: some recipe has a careful figure for each of them."""
        return frozenset().union(*(cap.tolerates for cap in self.caps))

    def run(self, facts: Facts) -> StageResult:
        """Return the limit, every cap with its figure, and what speaks against granting it."""
        grade = str(facts.get(GRADE) or "")
        figures = [(cap, cap.figure_exact(facts, grade)) for cap in self.caps]
        rows = [
            {
                "cap": cap.name,
                "figure": None if figure is None else str(figure.quantize(_FEN, rounding=ROUND_FLOOR)),
                "read": {name: encode(facts.get(name)) for name in cap.reads},
            }
            for cap, figure in figures
        ]
        trace: dict[str, Any] = {"caps": rows, "minimum": str(self.minimum), "binding_cap": ""}
        asked, threshold = facts.get(AMOUNT), facts.get(THRESHOLD)
        known = [(figure, cap) for cap, figure in figures if figure is not None]
        if len(known) < len(figures) or not isinstance(asked, Decimal) or not isinstance(threshold, Decimal):
            derived = {"limit.amount": None, "limit.binding_cap": None}
            return StageResult((Finding("refer", "fact_unknown"),), trace, derived)
        least, binding = min(known, key=lambda pair: pair[0])
        carried = floor_to_step(least, self.step)
        limit = min(carried, asked)
        findings = [Finding("note", binding.reason)] if carried < asked else []
        name = binding.name if carried < asked else "asked"
        if limit < self.minimum:
            findings.append(Finding("decline", "limit_too_small"))
        elif limit > threshold:  # S3-07: exactly the threshold is still decided online
            findings.append(Finding("refer", "online_unsecured_limit"))
        trace |= {"binding_cap": name, "carried": str(carried), "asked": str(asked), "limit": str(limit)}
        return StageResult(tuple(findings), trace, {"limit.amount": limit, "limit.binding_cap": name})


def compile_limit(
    section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str, grades: tuple[str, ...]
) -> LimitStage:
    """Return the compiled stage; refuses no caps, two of one name, unknown reasons, odd recipes."""
    demand_keys(section, {"caps", "step", "minimum"}, set(), path)
    rows = section["caps"]
    if (
        not isinstance(rows, list)
        or not 1 <= len(rows) <= MAX_CAPS
        or not all(isinstance(row, dict) for row in rows)
    ):
        raise StageInvalid(path=path, problem=f"a strategy has 1 to {MAX_CAPS} caps")
    caps: list[Cap] = []
    for row in rows:
        caps.append(compile_named(row, types, path=path, grades=grades))
        if any(cap.name == caps[-1].name for cap in caps[:-1]):
            raise StageInvalid(path=path, problem=f"each cap is named once, and {caps[-1].name} is not")
    return LimitStage(
        tuple(caps), _bound(section, "step", "1000000", path), _bound(section, "minimum", "1000000000", path)
    )


def compile_named(
    row: Mapping[str, Any], types: Mapping[str, FactType], *, path: str, grades: tuple[str, ...]
) -> Cap:
    """Return one cap with a registered reason."""
    place = f"{path}.{str(row.get('cap'))[:60]}"
    try:
        cap = compile_cap(row, grades, types)
    except Refusal as refusal:
        raise StageInvalid(path=place, problem=refusal.text()) from None
    demand_reason(cap.reason, place)
    return cap


def _bound(section: Mapping[str, Any], name: str, most: str, path: str) -> Decimal:
    try:
        return number(section[name], "0.01", most)
    except Refusal as refusal:
        raise StageInvalid(path=f"{path}.{name}", problem=refusal.text()) from None
