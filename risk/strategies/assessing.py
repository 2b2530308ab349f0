"""The stages pd, grade and watch: a points card, the grades of its probability, what to watch then. Pure.

    pd:    {"card": CARD, "log_odds_shift": "-1.25", "abstention": see `risk.scoring.abstention` (optional)}
    grade: {"steps": [{"grade": "A", "pd_up_to": "0.020"}, ...], "review": ["D"]}
    watch: [{"signal": "receipts_halved", "fact": MONEY FACT, "ratio": "0.50"}, ...]

Beyond the last grade is a decline with the card's own reasons, those of the points lost; a grade under review
is referred with the same reasons as notes. A strategy that declares the fact `rules.cycle_overlay` adds the
bank's signed overlay to the log-odds; one with an abstention refers whom the score says too little about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final

from kernel.refusals import Refusal
from risk.features.facts import Facts, FactType, FactValue, encode
from risk.rules.numbers import number
from risk.rules.stages import Finding, StageInvalid, StageResult, demand_keys, demand_reason
from risk.scoring.abstention import Abstention, abstains, compile_abstention
from risk.scoring.card import Card, card_from, default_probability, part_row, score

OVERLAY: Final = "rules.cycle_overlay"
MAX_GRADES: Final = 20
MAX_SIGNALS: Final = 50
_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_FEN: Final = Decimal("0.01")
_NOTES: Final = {"shift_reason_en", "shift_reason_zh"}
_PD_DERIVES: Final = {
    "pd.points": FactType.COUNT,
    "pd.probability": FactType.RATIO,
    "pd.reasons": FactType.TEXT,
}
_GRADE_DERIVES: Final = {"grade.grade": FactType.TEXT}


@dataclass(frozen=True, slots=True)
class PdStage:
    """A card and the shift from its own base rate to the bank's, in log-odds; with the cycle's, if heeded."""

    card: Card
    log_odds_shift: Decimal
    heeds_cycle: bool = False
    abstention: Abstention | None = None
    derives: Mapping[str, FactType] = field(default_factory=lambda: _PD_DERIVES)

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts of the card's characteristics, and the overlay where it is heeded."""
        return (*(part.fact for part in self.card.characteristics), *([OVERLAY] if self.heeds_cycle else []))

    @property
    def tolerates(self) -> frozenset[str]:
        """Return the facts that may be unknown: each has a bin for it, never above the neutral points."""
        return frozenset(part.fact for part in self.card.characteristics)

    def run(self, facts: Facts) -> StageResult:
        """Return the points and the probability of default, with every characteristic's part."""
        scored = score(self.card, facts)
        findings: list[Finding] = []
        shift, overlay = self.log_odds_shift, facts.get(OVERLAY)
        if self.heeds_cycle and isinstance(overlay, Decimal):
            shift = _CONTEXT.add(shift, overlay)
        elif self.heeds_cycle:
            findings.append(Finding("refer", "fact_unknown"))
        pd = default_probability(_CONTEXT.add(scored.log_odds_exact, shift))
        trace: dict[str, Any] = {
            "card": self.card.code,
            "points": scored.points,
            "pd_of_card": str(scored.pd_exact),
            "log_odds_shift": str(self.log_odds_shift),
            "pd": str(pd),
            "parts": [part_row(part) for part in scored.parts],
            "unknown": scored.unknown_count,
        }
        if self.heeds_cycle:
            trace["cycle_overlay"] = encode(overlay)
        if self.abstention is not None:
            trace["labels"] = sorted(self.abstention.labels(pd))
            if abstains(pd, self.abstention):
                findings.append(Finding("refer", "pd_uncertain"))
        derived: dict[str, FactValue] = {
            "pd.points": scored.points,
            "pd.probability": pd,
            "pd.reasons": ",".join(scored.reasons),
        }
        return StageResult(tuple(findings), trace, derived)


@dataclass(frozen=True, slots=True)
class GradeStep:
    """PDs up to and including this one earn the grade."""

    grade: str
    pd_up_to: Decimal


@dataclass(frozen=True, slots=True)
class GradeStage:
    """The grades in order, and those that a person looks at."""

    steps: tuple[GradeStep, ...]
    review: frozenset[str]
    derives: Mapping[str, FactType] = field(default_factory=lambda: _GRADE_DERIVES)

    @property
    def reads(self) -> tuple[str, ...]:
        """Return nothing: it reads what the pd stage derived."""
        return ()

    @property
    def grades(self) -> tuple[str, ...]:
        """Return the names of the grades."""
        return tuple(step.grade for step in self.steps)

    def run(self, facts: Facts) -> StageResult:
        """Return the grade of the probability of default."""
        pd = facts.get("pd.probability")
        if not isinstance(pd, Decimal):
            return StageResult(
                (Finding("refer", "fact_unknown"),), {"grade": "", "pd": None}, {"grade.grade": None}
            )
        grade = next((step.grade for step in self.steps if pd <= step.pd_up_to), "")
        because = [code for code in str(facts.get("pd.reasons") or "").split(",") if code]
        findings: list[Finding] = []
        if not grade:
            findings = [Finding("decline", code) for code in ("grade_too_low", *because)]
        elif grade in self.review:
            findings = [Finding("refer", "grade_review"), *(Finding("note", code) for code in because)]
        return StageResult(tuple(findings), {"grade": grade, "pd": str(pd)}, {"grade.grade": grade or None})


@dataclass(frozen=True, slots=True)
class Signal:
    """An early warning to set at the grant: the fact falling below a part of today's figure."""

    signal: str
    fact: str
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class WatchStage:
    """The signals that the bank watches once it has granted."""

    signals: tuple[Signal, ...]
    derives: Mapping[str, FactType] = field(default_factory=dict)

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the facts watched."""
        return tuple(dict.fromkeys(signal.fact for signal in self.signals))

    @property
    def tolerates(self) -> frozenset[str]:
        """Return the facts that may be unknown: a signal without a figure is never set off."""
        return frozenset(self.reads)

    def run(self, facts: Facts) -> StageResult:
        """Return today's figure of each signal and the one that sets it off."""
        rows = []
        for signal in self.signals:
            today = facts.get(signal.fact)
            below = (
                str((today * signal.ratio).quantize(_FEN, rounding=ROUND_FLOOR))
                if isinstance(today, Decimal)
                else None
            )
            rows.append(
                {"signal": signal.signal, "fact": signal.fact, "today": encode(today), "below": below}
            )
        return StageResult((), {"signals": rows}, {})


def compile_pd(section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str) -> PdStage:
    """Return the compiled stage; refuses a card that reads undeclared facts or says unknown reasons."""
    demand_keys(section, {"card", "log_odds_shift"}, _NOTES | {"abstention"}, path)
    try:
        card = card_from(section["card"])
    except Refusal as refusal:
        raise StageInvalid(path=f"{path}.card", problem=refusal.text()) from None
    if not card.offset.is_finite() or not card.factor.is_finite():
        raise StageInvalid(path=f"{path}.card", problem="the scale is finite")
    for part in card.characteristics:
        if part.fact not in types:
            raise StageInvalid(path=f"{path}.card", problem=f"the strategy declares no fact {part.fact}")
        demand_reason(part.reason, f"{path}.card")
    try:
        shift = number(section["log_odds_shift"], -10, 10)
    except Refusal as refusal:
        raise StageInvalid(path=f"{path}.log_odds_shift", problem=refusal.text()) from None
    abstention = None
    if "abstention" in section:
        abstention = compile_abstention(section["abstention"], types, path=f"{path}.abstention")
    return PdStage(card, shift, OVERLAY in types, abstention)


def compile_grade(section: Mapping[str, Any], _types: Mapping[str, FactType], *, path: str) -> GradeStage:
    """Return the compiled stage; refuses bounds that do not climb and reviews of no grade."""
    demand_keys(section, {"steps", "review"}, set(), path)
    rows, review = section["steps"], section["review"]
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_GRADES or not isinstance(review, list):
        raise StageInvalid(path=path, problem=f"a strategy has 1 to {MAX_GRADES} grades")
    try:
        steps = tuple(GradeStep(row["grade"], number(row["pd_up_to"], 0, 1)) for row in rows)
    except Refusal as refusal:
        raise StageInvalid(path=path, problem=refusal.text()) from None
    names, bounds = [step.grade for step in steps], [step.pd_up_to for step in steps]
    if not all(isinstance(name, str) and 1 <= len(name) <= 8 for name in names):
        raise StageInvalid(path=path, problem="a grade has a short name")
    if bounds != sorted(set(bounds)) or len(set(names)) != len(names):
        raise StageInvalid(path=path, problem="grades are named once and their bounds climb")
    if not all(name in names for name in review):
        raise StageInvalid(path=f"{path}.review", problem="only grades that exist can be reviewed")
    return GradeStage(steps, frozenset(review))


def compile_watch(section: object, types: Mapping[str, FactType], *, path: str) -> WatchStage:
    """Return the compiled stage; refuses signals on facts that are not declared money."""
    if not isinstance(section, list) or len(section) > MAX_SIGNALS:
        raise StageInvalid(path=path, problem=f"a list of at most {MAX_SIGNALS} signals")
    signals = []
    for row in section:
        demand_keys(row, {"signal", "fact", "ratio"}, set(), path)
        fact = row["fact"]
        if not isinstance(fact, str) or types.get(fact) is not FactType.MONEY:
            raise StageInvalid(path=path, problem=f"{str(fact)[:60]} is not a declared money fact")
        try:
            signals.append(Signal(str(row["signal"]), fact, number(row["ratio"], 0, 1)))
        except Refusal as refusal:
            raise StageInvalid(path=path, problem=refusal.text()) from None
    return WatchStage(tuple(signals))
