"""What a decision will ask for, read before anybody gathers facts: who decides, by which rules, on what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
from django.db import connection

from kernel.values import made_often
from plumbing.schemas import current_schema
from plumbing.trip import Call, in_one_trip
from risk.strategies.queries import (
    FIRST_STRATEGY,
    LIVE,
    LivePlan,
    is_shared,
    plan_of,
    plan_parameters,
)

RULE_CODES: Final = ("R-11", "S3-07")
_ASKED: Final = f"""
SELECT live.*, adopted_parameters(%(rules)s, %(day)s),
       (SELECT string_agg(stamp::text, ' ' ORDER BY name) FROM change_stamp)
  FROM {LIVE} AS live
"""
_SNOOZES: Final = 5  # where a row of LIVE holds what is about one subject
_MOST: Final = 256


class AskedOtherwise(RuntimeError):
    """What was asked is about another subject, borrower, day or strategy. A programmer's mistake."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row of LIVE and the rules beside it; and the plan, where it is the same for every borrower."""

    row: tuple[Any, ...]
    rules: Mapping[str, Mapping[str, Any]]
    plan: LivePlan | None


_KEPT: Final[dict[tuple[str, str, date], _Kept]] = {}
_LAST_WANTED: Final[dict[tuple[str, str, date], frozenset[str]]] = {}


@made_often
@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One borrower's plan of a day, and the parameters of the rules in force, by code.

    `answers` are those of what was called beside, in the same trip.
    """

    subject: str
    borrower: str
    on_date: date
    strategy_code: str
    plan: LivePlan
    rules: Mapping[str, Mapping[str, Any]]
    answers: tuple[str | None, ...] = ()

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


def last_wanted(*, on_date: date, strategy_code: str = FIRST_STRATEGY) -> frozenset[str] | None:
    """Return what the bank's decisions of a day wanted when this process last read it: a guess, no more."""
    return _LAST_WANTED.get((current_schema(), strategy_code, on_date))


def asked(
    *,
    subject: str,
    on_date: date,
    borrower: str = "",
    strategy_code: str = FIRST_STRATEGY,
    beside: tuple[Call, ...] = (),
) -> Asked:
    """Return what a decision on this subject asks for; raises `StrategyMissing`.

    What people sign changes a few times a day: it is read when its stamp is one that this process has not
    seen, and else only the stamp and the subject's snoozes are. Either is one statement. What is called
    `beside` travels with it.
    """
    borrower = borrower or subject
    parts = (strategy_code, on_date.isoformat(), subject, borrower)
    stamped, *answers = in_one_trip(("strategies_stamped", parts), *beside)
    stamps, snoozes = orjson.loads(stamped or "")
    kept = _KEPT.get((stamps, strategy_code, on_date)) if stamps else None
    plan = None
    if kept is None:
        row, rules = _read(subject=subject, borrower=borrower, on_date=on_date, code=strategy_code)
    else:
        row, rules = kept.row, kept.rules
        if snoozes is None:
            plan = kept.plan
        else:
            row = (*row[:_SNOOZES], orjson.dumps(snoozes), *row[_SNOOZES + 1 :])
    if plan is None:
        plan = plan_of(row, code=strategy_code, on_date=on_date, borrower=borrower)
    return Asked(
        subject=subject,
        borrower=borrower,
        on_date=on_date,
        strategy_code=strategy_code,
        plan=plan,
        rules=rules,
        answers=tuple(answers),
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
    *live, text, stamps = found
    rules = orjson.loads(text)
    if stamps:
        if len(_KEPT) >= _MOST:
            _KEPT.clear()
            _LAST_WANTED.clear()
        anyone = (*live[:_SNOOZES], None, *live[_SNOOZES + 1 :])
        plan = plan_of(anyone, code=code, on_date=on_date, borrower=borrower)
        _KEPT[stamps, code, on_date] = _Kept(anyone, rules, plan if is_shared(anyone) else None)
        _LAST_WANTED[current_schema(), code, on_date] = plan.declared
    return tuple(live), rules
