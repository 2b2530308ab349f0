"""What a decision will ask for, read before anybody gathers facts: who decides, by which rules, on what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
from django.db import connection

from risk.strategies.queries import FIRST_STRATEGY, LIVE, LivePlan, plan_of, plan_parameters

RULE_CODES: Final = ("R-11", "S3-07")
_ASKED: Final = f"SELECT live.*, adopted_parameters(%(rules)s, %(day)s) FROM {LIVE} AS live"


class AskedOtherwise(RuntimeError):
    """What was asked is about another subject, borrower, day or strategy. A programmer's mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One borrower's plan of a day, and the parameters of the rules in force, by code."""

    subject: str
    borrower: str
    on_date: date
    strategy_code: str
    plan: LivePlan
    rules: Mapping[str, Mapping[str, Any]]

    @property
    def wanted(self) -> frozenset[str]:
        """The facts that the decision keeps; others need not be gathered."""
        return self.plan.declared

    def plan_about(self, subject: str, borrower: str, on_date: date, strategy_code: str) -> LivePlan:
        """Return the plan; refuses to be used for another subject, borrower, day or strategy."""
        about = (self.subject, self.borrower, self.on_date, self.strategy_code)
        if about != (subject, borrower, on_date, strategy_code):
            raise AskedOtherwise(f"asked about {about}")
        return self.plan


def asked(*, subject: str, on_date: date, borrower: str = "", strategy_code: str = FIRST_STRATEGY) -> Asked:
    """Return what a decision on this subject asks for, in one statement; raises `StrategyMissing`."""
    borrower = borrower or subject
    parameters = plan_parameters(code=strategy_code, on_date=on_date, subject=subject, borrower=borrower)
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, parameters | {"rules": list(RULE_CODES)})
        row = cursor.fetchone()
    plan = plan_of(row, code=strategy_code, on_date=on_date, borrower=borrower)
    return Asked(
        subject=subject,
        borrower=borrower,
        on_date=on_date,
        strategy_code=strategy_code,
        plan=plan,
        rules=orjson.loads(row[-1]),
    )
