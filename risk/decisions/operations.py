"""Deciding."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from kernel.money import Money
from plumbing.sql import in_transaction
from regulation.queries import RuleMissing, rule
from risk.decisions.flow import fact_sheet, read_facts, run
from risk.decisions.models import Decision
from risk.decisions.queries import DecisionView, decision_sha256, decision_view
from risk.features.enterprise import with_derived
from risk.features.facts import CATALOGUE, FactUnknown, FactValue
from risk.overlays.queries import cycle_overlay
from risk.strategies.assessing import OVERLAY
from risk.strategies.queries import FIRST_STRATEGY, strategy_to_run

_RULES: Final = {
    "rules.annual_cost_cap": ("R-11", "annual_cost_cap"),
    "rules.online_unsecured_max": ("S3-07", "online_unsecured_max"),
}


@in_transaction
def decide(
    *,
    subject: str,
    facts: Mapping[str, FactValue],
    on_date: date,
    now: datetime,
    strategy_code: str = FIRST_STRATEGY,
) -> DecisionView:
    """Decide on an application and record why (S2-07).

    Runs the strategy in force on the day over the facts; stores exactly the facts that it declares, so
    that the decision can be run again to the byte. Facts `rules.*` are read from the rules in force on
    the day. Refuses facts with unknown names or of the wrong type, and a day without a signed strategy.
    """
    unknown = next((name for name in facts if name not in CATALOGUE), None)
    if unknown is not None:
        raise FactUnknown(name=unknown)
    signed = strategy_to_run(on_date, code=strategy_code)
    sheet = read_facts(signed.strategy, with_derived({**facts, **_rules(on_date)}))
    if OVERLAY in sheet:  # zero while none is signed: the bank's own table leaves nothing unknown
        sheet[OVERLAY] = cycle_overlay(on_date)
    stored, result = fact_sheet(sheet), run(signed.strategy, sheet)
    row = Decision.objects.create(
        subject=subject,
        on_date=on_date,
        decided_at=now,
        strategy_version_id=signed.id,
        strategy_sha256=signed.sha256,
        facts=stored,
        result=result,
        sha256=decision_sha256(
            strategy_sha256=signed.sha256, subject=subject, on_date=on_date, facts=stored, result=result
        ),
        **_columns(result),
    )
    return decision_view(row, strategy_code=signed.code, strategy_version=signed.version)


def _columns(result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "verdict": result["verdict"],
        "limit": None if result["limit"] is None else Money.parse(result["limit"]),
        "annual_rate": None if result["annual_rate"] is None else Decimal(result["annual_rate"]),
        "pd": None if result["pd"] is None else Decimal(result["pd"]),
        "grade": result["grade"],
    }


def _rules(on_date: date) -> dict[str, FactValue]:
    """Return the parameters of the rules in force; a rule that the bank has not adopted is not known."""
    facts: dict[str, FactValue] = {}
    for name, (code, parameter) in _RULES.items():
        try:
            facts[name] = Decimal(rule(code, on_date).parameters[parameter])
        except RuleMissing:
            facts[name] = None
    return facts
