"""What is looked at once a day has ended, or on news of one borrower: warnings, outcomes, monitors."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from interfaces.door import now
from interfaces.jobs.guarding import guarded
from lending.oversight import operations as oversight
from plumbing.clock.queries import business_date
from risk.monitoring import operations as monitoring
from risk.monitoring.queries import deciding_strategies, last_read_date, monitored_strategies

MISSED_DAYS: Final = 31  # a bank that was off for longer begins anew: its monitors saw nobody anyway
_ONE_DAY: Final = timedelta(days=1)


def after_days(reached: date) -> dict[str, int]:
    """Judge borrowers, hand in outcomes and read the monitors up to the day before `reached`.

    Then a strategy that has decided enough learns its reference, in force from `reached` on.
    Each is a transaction of its own, safe to run twice, and one that fails stops neither the others nor the
    next day. Warnings and outcomes that are left over are met again the next time; a day that the monitors
    could not read is passed over once a later one is read. No part of the day-end waits for it.
    """
    last_day = reached - _ONE_DAY
    found = {
        "warned": _guarded(
            "warnings", lambda: len(oversight.watch_borrowers(business_date=reached, now=now()))
        ),
        "outcomes": 0,
    }
    while batch := _guarded(
        "outcomes", lambda: oversight.hand_in_outcomes(business_date=last_day, now=now())
    ):
        found["outcomes"] += batch
    found["alarms"] = sum(_read(code, last_day) for code in monitored_strategies())
    found["learnt"] = sum(
        _guarded(
            "references",
            lambda code=code: monitoring.learn_due_references(  # type: ignore[misc]
                strategy_code=code, on_date=reached, now=now()
            ),
        )
        for code in deciding_strategies()
    )
    return found


def watch_borrower(enterprise_id: UUID) -> int:
    """Judge one borrower on news; return how often its level moved."""
    return _guarded("warning", lambda: _watch(enterprise_id))


def _watch(enterprise_id: UUID) -> int:
    day, instant = business_date(), now()
    oversight.compare_with_grant(enterprise_id=enterprise_id, business_date=day, now=instant)
    return len(oversight.watch_borrowers(enterprise_id=enterprise_id, business_date=day, now=instant))


def _read(strategy_code: str, through: date) -> int:
    """Read the days that a strategy's monitors have not; return the alarms."""
    last = last_read_date(strategy_code=strategy_code)
    day = through if last is None else max(last + _ONE_DAY, through - timedelta(days=MISSED_DAYS))
    alarms = 0
    while day <= through:
        alarms += _guarded("monitors", lambda day=day: _alarms(strategy_code, day))  # type: ignore[misc]
        day += _ONE_DAY
    return alarms


def _alarms(strategy_code: str, day: date) -> int:
    readings = monitoring.read_monitors(strategy_code=strategy_code, on_date=day, now=now())
    return sum(reading.alarm for reading in readings)


def _guarded(what: str, act: Callable[[], int]) -> int:
    return guarded("oversee", what, transaction.atomic(durable=True)(act)) or 0
