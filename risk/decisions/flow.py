"""The flow: a compiled strategy and facts in, a verdict with its trace out. Pure, exact, the same everywhere.

Stages run in one order: admit, pd, grade, limit, price, watch, verdict (S2-07: access, credit assessment,
credit advice, risk pricing, early warning). A decline ends the flow; a referral does not, so that the officer
sees the limit and price that the strategy would have given. What is not known never approves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final

from risk.features.facts import CATALOGUE, Facts, FactValue, Source, coerce, encode
from risk.limits.recipes import floor_to_step
from risk.scoring.card import default_probability, part_row, score
from risk.strategies.document import PriceStage, Strategy

ENGINE: Final = "1"  # part of every record; a change of behaviour is a new engine
_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_PPM: Final = Decimal("0.000001")
_FEN: Final = Decimal("0.01")
_EVIDENCE: Final = (Source.SCENE, Source.REGISTRY, Source.BANK)


@dataclass(slots=True)
class _Run:
    """What the stages have found so far."""

    facts: Facts
    declines: list[str] = field(default_factory=list)
    refers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trace: list[dict[str, Any]] = field(default_factory=list)
    caps: list[dict[str, Any]] = field(default_factory=list)
    pd: Decimal | None = None
    grade: str = ""
    card_reasons: tuple[str, ...] = ()
    limit: Decimal | None = None
    binding_cap: str = ""
    rate: Decimal | None = None

    def say(self, outcome: str, reason: str) -> None:
        """Note a decline or a referral with its reason."""
        (self.declines if outcome == "decline" else self.refers).append(reason)


def read_facts(strategy: Strategy, facts: Facts) -> dict[str, FactValue]:
    """Return exactly the facts that the strategy declares, canonical; what was not given is not known."""
    return {name: coerce(name, kind, facts.get(name)) for name, kind in strategy.types.items()}


def run(strategy: Strategy, facts: Facts) -> dict[str, Any]:
    """Return the result as plain JSON: verdict, amounts as text, reasons by rank, caps and the trace."""
    state = _Run(facts)
    for stage in (_admit, _pd, _grade, _limit, _price, _watch):
        if state.declines:
            break
        stage(strategy, state)
    verdict = "decline" if state.declines else "refer" if state.refers else "approve"
    reasons = list(dict.fromkeys(state.declines or [*state.refers, *state.notes]))
    asked = facts.get("application.amount")
    approved = verdict == "approve"
    result = {
        "engine": ENGINE,
        "verdict": verdict,
        "limit": _text(state.limit) if approved else None,
        "annual_rate": _text(state.rate) if approved else None,
        "proposed_limit": _text(state.limit),
        "proposed_rate": _text(state.rate),
        "asked": encode(asked),
        "counter_offer": approved
        and state.limit is not None
        and isinstance(asked, Decimal)
        and state.limit < asked,
        "pd": _text(state.pd),
        "grade": state.grade,
        "reasons": reasons,
        "caps": state.caps,
        "binding_cap": state.binding_cap,
    }
    state.trace.append(
        {"stage": "verdict", "outcome": verdict, "declines": state.declines, "refers": state.refers}
    )
    return {**result, "trace": state.trace}


def _admit(strategy: Strategy, state: _Run) -> None:
    rows = []
    for rule in strategy.rules:
        truth = rule.require.evaluate(state.facts)
        status = {True: "hit", False: "miss", None: "unknown"}[truth]
        rows.append({"rule": rule.code, "status": status, "read": _read(state.facts, rule.require.reads)})
        if truth is False:
            state.say(rule.on_miss, rule.reason)
        elif truth is None:
            state.say(rule.on_unknown, "fact_unknown" if rule.on_unknown == "refer" else rule.reason)
    known = {CATALOGUE[name].source for name, value in state.facts.items() if value is not None}
    sources = [source.value for source in _EVIDENCE if source in known]
    if len(sources) < strategy.minimum_sources:
        state.say("refer", "sources_too_few")
    state.trace.append({"stage": "admit", "rules": rows, "sources": sources})


def _pd(strategy: Strategy, state: _Run) -> None:
    scored = score(strategy.card, state.facts)
    state.pd = default_probability(_CONTEXT.add(scored.log_odds_exact, strategy.log_odds_shift))
    state.card_reasons = scored.reasons
    state.trace.append(
        {
            "stage": "pd",
            "card": strategy.card.code,
            "points": scored.points,
            "pd_of_card": _text(scored.pd_exact),
            "log_odds_shift": str(strategy.log_odds_shift),
            "pd": _text(state.pd),
            "parts": [part_row(part) for part in scored.parts],
            "unknown": scored.unknown_count,
        }
    )


def _grade(strategy: Strategy, state: _Run) -> None:
    assert state.pd is not None  # noqa: S101  the stage before always sets it
    state.grade = next((step.grade for step in strategy.grades if state.pd <= step.pd_up_to), "")
    if not state.grade:
        state.declines.extend(("grade_too_low", *state.card_reasons))
    elif state.grade in strategy.review_grades:
        state.refers.append("grade_review")
        state.notes.extend(state.card_reasons)
    state.trace.append({"stage": "grade", "grade": state.grade, "pd": _text(state.pd)})


def _limit(strategy: Strategy, state: _Run) -> None:
    stage, facts = strategy.limit, state.facts
    figures = [(cap, cap.figure_exact(facts, state.grade)) for cap in stage.caps]
    state.caps = [
        {
            "cap": cap.name,
            "figure": None if figure is None else str(figure.quantize(_FEN, rounding=ROUND_FLOOR)),
            "read": _read(facts, cap.reads),
        }
        for cap, figure in figures
    ]
    row: dict[str, Any] = {
        "stage": "limit",
        "caps": state.caps,
        "minimum": str(stage.minimum),
        "binding_cap": "",
    }
    state.trace.append(row)
    asked, threshold = facts.get("application.amount"), facts.get("rules.online_unsecured_max")
    known = [(figure, cap) for cap, figure in figures if figure is not None]
    if len(known) < len(figures) or not isinstance(asked, Decimal) or not isinstance(threshold, Decimal):
        state.refers.append("fact_unknown")
        return
    least, binding = min(known, key=lambda pair: pair[0])
    carried = floor_to_step(least, stage.step)
    state.limit = min(carried, asked)
    if carried < asked:
        state.binding_cap = binding.name
        state.notes.append(strategy_reason(strategy, binding.name))
    else:
        state.binding_cap = "asked"
    row |= {
        "binding_cap": state.binding_cap,
        "carried": str(carried),
        "asked": str(asked),
        "limit": str(state.limit),
    }
    if state.limit < stage.minimum:
        state.declines.append("limit_too_small")
    elif state.limit > threshold:  # S3-07: exactly the threshold is still decided online
        state.refers.append("online_unsecured_limit")


def strategy_reason(strategy: Strategy, cap_name: str) -> str:
    """Return the reason code of a cap."""
    return next(cap.reason for cap in strategy.limit.caps if cap.name == cap_name)


def _price(strategy: Strategy, state: _Run) -> None:
    stage, cap_365 = strategy.price, state.facts.get("rules.annual_cost_cap")
    assert state.pd is not None  # noqa: S101  an earlier stage always sets it
    floor = breakeven_rate(stage, state.pd)
    row: dict[str, Any] = {
        "stage": "price",
        "floor": _text(floor),
        "grade_rate": _text(stage.rates[state.grade]),
    }
    state.trace.append(row)
    if not isinstance(cap_365, Decimal):
        state.refers.append("fact_unknown")
        return
    # R-11 measures the cost on a year of 365 days; a rate on 360 costs 365/360 of itself.
    cap = _CONTEXT.divide(cap_365 * stage.day_basis, Decimal(365)).quantize(_PPM, rounding=ROUND_FLOOR)
    own = state.facts.get("product.annual_rate")
    rate = own if isinstance(own, Decimal) else max(stage.rates[state.grade], floor)
    row |= {"cap": _text(cap), "rate": _text(rate)}
    if not floor <= rate <= cap:  # S0-11: a clash declines; nothing is lent below cost or above the cap
        state.declines.append("price_clash")
        return
    state.rate = rate


def breakeven_rate(stage: PriceStage, pd: Decimal) -> Decimal:
    """Return the least rate that covers its own risk, rounded up: (funds + PD x LGD + costs) / (1 - PD)."""
    cost = stage.cost_of_funds + pd * stage.loss_given_default + stage.operating_cost + stage.capital_charge
    if pd >= 1:
        return Decimal("9.999999")
    return _CONTEXT.divide(cost, 1 - pd).quantize(_PPM, rounding=ROUND_CEILING)


def _watch(strategy: Strategy, state: _Run) -> None:
    rows = []
    for signal in strategy.watch:
        today = state.facts.get(signal.fact)
        below = (
            (today * signal.ratio).quantize(_FEN, rounding=ROUND_FLOOR)
            if isinstance(today, Decimal)
            else None
        )
        rows.append(
            {"signal": signal.signal, "fact": signal.fact, "today": encode(today), "below": _text(below)}
        )
    state.trace.append({"stage": "watch", "signals": rows})


def _read(facts: Facts, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: encode(facts.get(name)) for name in names}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def fact_sheet(facts: Mapping[str, FactValue]) -> dict[str, Any]:
    """Return the facts as they are stored and hashed."""
    return {name: encode(value) for name, value in facts.items()}
