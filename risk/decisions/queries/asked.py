"""What a decision will ask for, read before anybody gathers facts: who decides, by which rules, on what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
from django.db import connection

from plumbing.trip import one_trip
from risk.strategies.queries import FIRST_STRATEGY, LIVE, LivePlan, plan_of, plan_parameters

RULE_CODES: Final = ("R-11", "S3-07")
_ASKED: Final = f"""
SELECT live.*, adopted_parameters(%(rules)s, %(day)s),
       (SELECT string_agg(stamp::text, ' ' ORDER BY name) FROM change_stamp)
  FROM {LIVE} AS live
"""
_SNOOZES: Final = 5  # where a row of LIVE holds what is about one subject
_KEPT: Final[dict[tuple[str, str, date], tuple[tuple[Any, ...], Mapping[str, Mapping[str, Any]]]]] = {}
_MOST: Final = 256


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
    """Return what a decision on this subject asks for; raises `StrategyMissing`.

    What people sign changes a few times a day: it is read when its stamp is one that this process has not
    seen, and else only the stamp and the subject's snoozes are. Either is one statement.
    """
    borrower = borrower or subject
    parts = (strategy_code, on_date.isoformat(), subject, borrower)
    stamps, snoozes = orjson.loads(one_trip("strategies_stamped", parts) or "")
    kept = _KEPT.get((stamps, strategy_code, on_date)) if stamps else None
    if kept is None:
        row, rules = _read(subject=subject, borrower=borrower, on_date=on_date, code=strategy_code)
    else:
        live, rules = kept
        row = (*live[:_SNOOZES], None if snoozes is None else orjson.dumps(snoozes), *live[_SNOOZES + 1 :])
    return Asked(
        subject=subject,
        borrower=borrower,
        on_date=on_date,
        strategy_code=strategy_code,
        plan=plan_of(row, code=strategy_code, on_date=on_date, borrower=borrower),
        rules=rules,
    )


def _read(
    *, subject: str, borrower: str, on_date: date, code: str
) -> tuple[tuple[Any, ...] | None, Mapping[str, Mapping[str, Any]]]:
    """Read what is live and which rules hold, and keep it by the stamps that the same statement saw."""
    parameters = plan_parameters(code=code, on_date=on_date, subject=subject, borrower=borrower)
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, parameters | {"rules": list(RULE_CODES)})
        found = cursor.fetchone()
    if found is None:
        return None, {}
    *live, rules, stamps = found
    if stamps:
        if len(_KEPT) >= _MOST:
            _KEPT.clear()
        _KEPT[stamps, code, on_date] = (tuple(live), orjson.loads(rules))
    return tuple(live), orjson.loads(rules)
