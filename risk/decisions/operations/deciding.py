"""Deciding."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Sum

from kernel.money import Money
from plumbing.sql import as_statement, hold_name, in_transaction, savepoint
from risk.decisions.flow import fact_sheet, run
from risk.decisions.models import LIVE, Decision, Role, ShadowFailure
from risk.decisions.operations.writing import write
from risk.decisions.queries import Asked, DecisionView, asked
from risk.decisions.record import Setting
from risk.features.enterprise import with_derived
from risk.features.facts import CATALOGUE, FactType, FactUnknown, FactValue, coerce, coerce_all
from risk.overlays.queries import cycle_overlay
from risk.strategies.assessing import OVERLAY
from risk.strategies.document import Strategy
from risk.strategies.queries import (
    FIRST_STRATEGY,
    Explored,
    LivePlan,
    ShadowRun,
    draft_to_run,
)
from risk.strategies.variants import EXPLORATION, SNOOZED, variant_of

BELOW_CUT_OFF: Final = "grade_too_low"  # the only decline that exploration may turn: no policy rule spoke
_CHAMPION, _CHALLENGER = Role.CHAMPION.value, Role.CHALLENGER.value
_PROBLEM_LENGTH: Final = 300
_RULES: Final = {
    "rules.annual_cost_cap": ("R-11", "annual_cost_cap"),
    "rules.online_unsecured_max": ("S3-07", "online_unsecured_max"),
}


def _decided_alone(
    *,
    subject: str,
    facts: Mapping[str, FactValue],
    on_date: date,
    now: datetime,
    strategy_code: str = FIRST_STRATEGY,
    borrower: str = "",
    asking: Asked | None = None,
) -> DecisionView | None:
    """Decide where nothing else is read or written: its insert is then a transaction by itself.

    None, and nothing is decided, where a shadow runs beside or a budget may have to be held.
    """
    if asking is None:
        asking = asked(
            subject=subject, on_date=on_date, borrower=borrower or subject, strategy_code=strategy_code
        )
    if asking.plan.exploration is not None or asking.plan.shadows:
        return None
    about = (subject, borrower or subject, on_date, strategy_code)
    return _decided(asking, about, facts=facts, now=now)[0]


@as_statement(_decided_alone)
@in_transaction
def decide(
    *,
    subject: str,
    facts: Mapping[str, FactValue],
    on_date: date,
    now: datetime,
    strategy_code: str = FIRST_STRATEGY,
    borrower: str = "",
    asking: Asked | None = None,
) -> DecisionView:
    """Decide on an application and record why (S2-07).

    Runs the strategy in force on the day over the facts, or its challenger where the borrower falls into the
    challenger's share; stores all facts given, so that this and any other strategy can be run on them again
    to the byte. Facts `rules.*` are those of the rules in force. Shadows run beside and change nothing.
    `borrower` names who stays in one share, snooze and exploration bucket; by default it is the subject.
    Who gathered only what `queries.asked` wants passes it on, and nothing is read twice.
    Refuses facts with unknown names or of the wrong type, and a day without a signed strategy.
    """
    about = (subject, borrower or subject, on_date, strategy_code)
    if asking is None:
        asking = asked(subject=subject, on_date=on_date, borrower=about[1], strategy_code=strategy_code)
    decision, setting, sheet = _decided(asking, about, facts=facts, now=now)
    for shadow in asking.plan.shadows:
        _beside(shadow, setting, decision, sheet, now)
    return decision


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a decision would come to: its verdict, limit and reasons by weight."""

    verdict: str
    limit: Money | None
    reasons: tuple[str, ...]


def foresee(*, asking: Asked, facts: Mapping[str, FactValue]) -> Foreseen:
    """Return what would be decided on these facts now; nothing is recorded, and nothing is explored."""
    _demand_known(facts)
    result = _judged(asking, facts, asking.on_date)[2]
    limit = None if result["limit"] is None else Money.parse(result["limit"])
    return Foreseen(result["verdict"], limit, tuple(result["reasons"]))


def _judged(
    asking: Asked, facts: Mapping[str, FactValue], on_date: date
) -> tuple[dict[str, FactValue], dict[str, Any], dict[str, Any]]:
    """Return all facts, the plan's exceptions, and what its strategy makes of the facts under them."""
    plan, ruled = asking.plan, _rules(asking)
    if OVERLAY in plan.signed.strategy.types:
        ruled[OVERLAY] = cycle_overlay(on_date)  # zero while none is signed: nothing is left unknown
    sheet = _sheet(plan.signed.strategy, with_derived({**facts, **ruled}))
    deviations: dict[str, Any] = {SNOOZED: list(plan.snoozed)} if plan.snoozed else {}
    return sheet, deviations, _run(variant_of(plan.signed.strategy, deviations), sheet)


def _decided(
    asking: Asked, about: tuple[str, str, date, str], *, facts: Mapping[str, FactValue], now: datetime
) -> tuple[DecisionView, Setting, dict[str, FactValue]]:
    """Decide on who is asked about, write it down, and return it with its setting and all its facts."""
    _demand_known(facts)
    plan = asking.plan_about(*about)
    subject, borrower, on_date, _ = about
    sheet, deviations, result = _judged(asking, facts, on_date)
    if plan.exploration is not None and result["reasons"][:1] == [BELOW_CUT_OFF]:
        explored = _explored(plan, plan.exploration, deviations=deviations, sheet=sheet, on_date=on_date)
        deviations, result = explored or (deviations, result)
    setting = Setting(
        strategy_sha256=plan.signed.sha256,
        subject=subject,
        borrower=borrower,
        on_date=on_date,
        decided_at=now,
        role=_CHALLENGER if plan.is_challenger else _CHAMPION,
        beside=None,
        assignment=plan.assignment,
        deviations=deviations,
    )
    return write(setting, plan.signed, facts=fact_sheet(sheet), result=result), setting, sheet


def _demand_known(facts: Mapping[str, FactValue]) -> None:
    if not facts.keys() <= CATALOGUE.keys():
        raise FactUnknown(name=next(name for name in facts if name not in CATALOGUE))


def _sheet(strategy: Strategy, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return every fact given or asked for, canonical; what was not given is not known."""
    return dict.fromkeys(strategy.types) | coerce_all(facts)


def _run(strategy: Strategy, sheet: Mapping[str, FactValue]) -> dict[str, Any]:
    get = sheet.get
    return run(strategy, {name: get(name) for name in strategy.types})


def _explored(
    plan: LivePlan,
    budget: Explored,
    *,
    deviations: dict[str, Any],
    sheet: Mapping[str, FactValue],
    on_date: date,
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the exceptions and the result out of the exploration budget, or None where the decline stands.

    Only who was turned away by the cut-off alone comes here; all policy rules, caps and the price hold as
    ever, and what would be referred stays declined. One at a time, so that a month's amount holds.
    """
    hold_name("strategies.exploration", plan.signed.code, on_date.year, on_date.month)
    spent = Decision.objects.filter(
        strategy_code=plan.signed.code,
        role__in=LIVE,
        on_date__gte=on_date.replace(day=1),
        on_date__lte=on_date,
        deviations__has_key=EXPLORATION,
    ).aggregate(total=Sum("limit"))["total"]
    left = budget.month_amount_max - (spent or Money(0))
    if left.minor <= 0:
        return None
    varied = deviations | {
        EXPLORATION: {
            "budget": str(budget.id),
            "pd_up_to": str(budget.pd_up_to),
            "limit_max": str(min(budget.limit_max, left).major),
        }
    }
    result = _run(variant_of(plan.signed.strategy, varied), sheet)
    return (varied, result) if result["verdict"] == "approve" else None


def _beside(
    shadow: ShadowRun, live: Setting, decision: DecisionView, sheet: Mapping[str, FactValue], now: datetime
) -> None:
    """Run a draft on the same facts and record it; whatever goes wrong is written down and hurts nobody."""
    deviations = {SNOOZED: live.deviations[SNOOZED]} if SNOOZED in live.deviations else {}
    try:
        with savepoint():
            draft = draft_to_run(shadow.draft_id)
            if OVERLAY in draft.strategy.types:
                sheet = {**sheet, OVERLAY: coerce(OVERLAY, FactType.RATIO, cycle_overlay(live.on_date))}
            result = _run(variant_of(draft.strategy, deviations), sheet)
            setting = replace(
                live,
                strategy_sha256=draft.sha256,
                role=Role.SHADOW.value,
                beside=decision.id,
                assignment={"shadow": str(shadow.assignment_id)},
                deviations=deviations,
            )
            stored = fact_sheet(sheet)
            for name in draft.strategy.types:
                stored.setdefault(name, None)
            write(setting, draft, facts=stored, result=result)
    except Exception as problem:  # a shadow is never worth a decision
        ShadowFailure.objects.create(
            decision_id=decision.id,
            assignment_id=shadow.assignment_id,
            problem=f"{type(problem).__name__}: {problem}"[:_PROBLEM_LENGTH],
            failed_at=now,
        )


def _rules(asking: Asked) -> dict[str, FactValue]:
    """Return the parameters of the rules in force; a rule that the bank has not adopted is not known."""
    return {
        name: Decimal(asking.rules[code][parameter]) if code in asking.rules else None
        for name, (code, parameter) in _RULES.items()
    }
