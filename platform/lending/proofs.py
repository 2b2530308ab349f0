"""Sub-ledger = GL: what the loans say against what the books say, and every loan against its own log.

A proof holds the accrual book still while it reads, so it compares one moment with itself; it writes nothing.
`sluice audit` proves everything; the day-end, for which business waits, the loans that run and what has
changed since its last proof.
"""

import functools
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from connectors.payment_rails import queries as rails
from connectors.payment_rails.states import Direction
from kernel.ids import public_id
from kernel.money import Money
from ledger.balances import queries as balances
from ledger.proofs.queries import Finding
from lending.loans import accrual, entries
from plumbing.sql import in_transaction

_LINES: Final = """
SELECT count(*) FILTER (WHERE c.drawn <> coalesce(l.outstanding, 0)),
       count(*) FILTER (WHERE c.reserved <> coalesce(d.held, 0)),
       count(*) FILTER (WHERE c.drawn + c.reserved > c."limit"),
       count(*)
  FROM credit_lines_creditline c
  LEFT JOIN (SELECT line_id, sum(outstanding) AS outstanding FROM loans_loan
              WHERE status = 'active' GROUP BY line_id) l
         ON l.line_id = c.id
  LEFT JOIN (SELECT line_id, sum(amount) AS held FROM drawdowns_drawdown
              WHERE status IN ('created', 'awaiting_funds', 'processing') GROUP BY line_id) d
         ON d.line_id = c.id
"""
_INSTRUCTIONS: Final = """
SELECT count(*) FILTER (WHERE i.state = 'succeeded' AND coalesce(t.times, 0) <> 1),
       count(*) FILTER (WHERE i.state <> 'succeeded' AND coalesce(t.times, 0) <> 0),
       count(*)
  FROM payment_rails_paymentinstruction i
  LEFT JOIN (SELECT reference, count(*) AS times FROM loans_loantransaction
              WHERE kind IN ('disbursement', 'repayment') GROUP BY reference) t ON t.reference = i.subject
"""
_INSTRUCTIONS_SINCE: Final = """
SELECT count(*) FILTER (WHERE i.state = 'succeeded' AND t.times <> 1),
       count(*) FILTER (WHERE i.state <> 'succeeded' AND t.times <> 0),
       count(*)
  FROM payment_rails_paymentinstruction i
  LEFT JOIN drawdowns_drawdown d ON d.instruction_id = i.id
  LEFT JOIN repayments_repayment r ON r.instruction_id = i.id,
       LATERAL (SELECT count(*) AS times FROM loans_loantransaction x
                 WHERE x.loan_id = coalesce(d.loan_id, r.loan_id) AND x.reference = i.subject
                   AND x.kind IN ('disbursement', 'repayment')) t
 WHERE i.finished_at >= %(finished_from)s
"""


@dataclass(frozen=True, slots=True)
class Since:
    """From where a proof reads on: the last business date proven, and the instant that run began."""

    booked_from: date
    finished_from: datetime


@functools.cache
def _statement() -> str:
    return (Path(__file__).parent / "loans" / "sql" / "proof.sql").read_text(encoding="utf-8")


def loan_totals(*, accrued_through: date) -> tuple[Money, Money, Money]:
    """Return principal, interest and penalty that all loans amount to, interest earned before a day."""
    principal, interest, penalty = _loans(accrued_through, None)[:3]
    return Money(int(principal)), Money(int(interest)), Money(int(penalty))


def _loans(accrued_through: date, since: Since | None) -> tuple[Any, ...]:
    scope = {"whole": since is None, "booked_from": None if since is None else since.booked_from}
    return _row(_statement(), {"accrued_through": accrued_through, **scope})


def _row(statement: str, parameters: dict[str, Any] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return tuple(cursor.fetchone() or ())


def _instructions(since: Since | None) -> tuple[int, int, int]:
    if since is None:
        return _row(_INSTRUCTIONS)
    return _row(_INSTRUCTIONS_SINCE, {"finished_from": since.finished_from})


def _equal(invariant: str, account: str, minor: int) -> Finding:
    """Compare what the loans say with what an account says."""
    booked, derived = balances.account_balance(code=account), Money(int(minor))
    difference = booked - derived
    return Finding(
        invariant=invariant,
        ok=not difference,
        detail=f"{account}: books {booked}, loans {derived}, difference {difference}",
        figures={
            "books_minor": booked.minor,
            "loans_minor": derived.minor,
            "difference_minor": difference.minor,
        },
    )


def _counted(invariant: str, detail: str, figures: dict[str, int], *, wrong: int) -> Finding:
    return Finding(invariant=invariant, ok=wrong == 0, detail=detail, figures=figures)


@in_transaction
def check_loans(*, business_date: date, since: Since | None = None) -> tuple[Finding, ...]:
    """Compare loans, lines and instructions with the books, as of now; every loan is refolded from its log.

    With `since`, only loans and instructions that changed after the last proof are looked into; the sums are
    always those of all loans.

    1303.01 is the principal outstanding or on its way, 1303.02 and 1132 are interest and penalty earned
    through the accrual date less what was paid, 3001 is what the rail has not answered for.
    """
    accrued_through = accrual.hold_still() or business_date
    principal, interest, penalty, loan_count, differing, examples = _loans(accrued_through, since)
    open_payments = rails.open_items(direction=Direction.PAY)
    drawn_wrong, held_wrong, over_limit, line_count = _row(_LINES)
    unbooked, misbooked, instruction_count = _instructions(since)
    named = [public_id("lon", loan_id) for loan_id in examples or ()]
    return (
        _equal("loans.principal", entries.PRINCIPAL, principal),
        _equal("loans.accrued_interest", entries.ACCRUED_INTEREST, interest),
        _equal("loans.penalty_receivable", entries.PENALTY_RECEIVABLE, penalty),
        _equal("loans.in_flight", entries.IN_FLIGHT, open_payments.total.minor),
        _counted(
            "loans.log_is_projection",
            f"{differing} of {loan_count} loans differ from the fold of their log {' '.join(named)}".strip(),
            {"loans": loan_count, "differing": differing},
            wrong=differing,
        ),
        _counted(
            "lines.drawn_and_held",
            f"{line_count} lines: {drawn_wrong} differ in what is drawn, {held_wrong} in what is held, "
            f"{over_limit} are over their limit",
            {"lines": line_count, "drawn": drawn_wrong, "held": held_wrong, "over_limit": over_limit},
            wrong=drawn_wrong + held_wrong + over_limit,
        ),
        _counted(
            "rails.booked_once",
            f"{instruction_count} instructions: {unbooked} successes not booked once, "
            f"{misbooked} booked without one",
            {"instructions": instruction_count, "unbooked": unbooked, "misbooked": misbooked},
            wrong=unbooked + misbooked,
        ),
        _counted(
            "loans.accrual_not_behind",
            f"interest is accrued before {accrued_through}, the books are open for {business_date}",
            {"days_behind": max(0, (business_date - accrued_through).days)},
            wrong=int(accrued_through < business_date),
        ),
    )
