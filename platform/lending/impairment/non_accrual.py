"""Which loans stop accruing, go on by other terms, or accrue again: the night's switch (rules 2.9, E-04).

A loan stops once it is past due for as many days as E-04 says, by the bank's policy of the year; under
`cas22` also when it is in stage 3 for another reason (E-01). It returns when nothing on it is past due, under
`cas22` not before it has left stage 3. Only loans that cross are touched, many at once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.db import connection

from kernel.rates import PPM
from lending.loans import operations as loans
from lending.replay import AccrualPolicy, StopTerms
from plumbing.sql import in_transaction
from regulation import operations as adopted
from regulation import queries as regulation

_SQL: Final = Path(__file__).parent / "sql" / "non_accrual.sql"


@dataclass(frozen=True, slots=True)
class SwitchFigures:
    """How many loans stopped accruing, went on by other terms, and returned; `rest` are left to do."""

    stopped: int
    changed: int
    resumed: int
    rest: int


@cache
def _statement() -> str:
    return _SQL.read_text(encoding="utf-8")


@in_transaction
def switch_accrual(*, business_date: date, now: datetime, limit: int | None = None) -> SwitchFigures:
    """Stop and resume accrual where the day asks for it, `limit` loans at most; a second call does nothing.

    Belongs behind the classification of the day. Raises `RuleMissing`, the ledger's refusals.
    """
    policy = regulation.accrual_policy(year=business_date.year)
    days = int(regulation.rule("E-04", business_date).parameters["vat_deferred_after_days"])
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"day": business_date, "days": days, "policy": policy})
        crossing = cursor.fetchall()
    acts = {loan_id: act for loan_id, act, *_ in crossing[:limit]}
    stops = [
        loans.Stop(loan_id, _terms(policy, figures), after_days=days if is_late else 0)
        for loan_id, act, is_late, *figures in crossing[:limit]
        if act != "resume"
    ]
    if stops:
        adopted.lock_accrual_policy(posting_date=business_date, now=now)
    returns = [loan_id for loan_id, act in acts.items() if act == "resume"]
    switched = loans.switch_accruals(stops=stops, returns=returns, business_date=business_date, now=now)
    counts = Counter(acts[loan_id] for loan_id in switched)
    return SwitchFigures(counts["stop"], counts["change"], counts["resume"], len(crossing) - len(acts))


def _terms(policy: str, figures: Sequence[int]) -> StopTerms:
    """Return by which share of the exposure the allowance leaves it: of 40,000 and 24,000 it is 40 %.

    What is late bears penalty interest above the contract's rate, which is no income on the net amount: of a
    daily loan, where penalty replaces interest, the contract's part of it counts.
    """
    allowance, exposure, rate_ppm, late_ppm, scheduled = map(int, figures)
    if policy != AccrualPolicy.CAS22:
        return StopTerms(policy=policy)
    net = PPM - min(PPM, PPM * allowance // exposure) if exposure else 0
    late = 0 if scheduled else net * rate_ppm // late_ppm
    return StopTerms(policy=policy, net_ppm=net, net_late_ppm=min(net, late), allowance=allowance)
