"""Sub-ledger = GL: what the loans say against what the books say, and every loan against its own log.

A proof holds the accrual book still while it reads, so it compares one moment with itself; it writes nothing.
`sluice audit` proves everything; the day-end, for which business waits, the loans that run and what has
changed since its last proof.
"""

import functools
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from connectors.payment_rails import queries as rails
from connectors.payment_rails.states import Direction
from kernel.ids import public_id
from kernel.money import Money
from ledger.balances import queries as balances
from ledger.chart.queries import account_of
from ledger.chart.roles import Role
from ledger.proofs.queries import Finding
from lending.deferrals import queries as deferrals
from lending.line_proofs import check_lines
from lending.loans import accrual, entries
from lending.loans.non_accrual import apart_at, summed
from lending.loans.refold import replayed
from lending.loans.yields import differing_curves
from lending.participations import entries as joint
from lending.participations.queries import accruals_held, partners_principal, principal_elsewhere
from lending.replay.picture import day_index
from plumbing.sql import in_transaction

_INSTRUCTIONS: Final = """
SELECT count(*) FILTER (WHERE i.state = 'succeeded' AND coalesce(t.times, 0) <> 1),
       count(*) FILTER (WHERE i.state <> 'succeeded' AND coalesce(t.times, 0) <> 0),
       count(*)
  FROM payment_rails_paymentinstruction i
  LEFT JOIN (SELECT reference, count(*) AS times FROM loans_loantransaction
              WHERE kind IN ('disbursement', 'repayment', 'recovery')
              GROUP BY reference) t ON t.reference = i.subject
 WHERE left(i.subject, 4) IN ('drw_', 'rpy_')
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
                   AND x.kind IN ('disbursement', 'repayment', 'recovery')) t
 WHERE i.finished_at >= %(finished_from)s AND left(i.subject, 4) IN ('drw_', 'rpy_')
"""

_SHARED: Final = (entries.ACCRUED_INTEREST, entries.PENALTY_RECEIVABLE, entries.OUTPUT_VAT)


@dataclass(frozen=True, slots=True)
class Since:
    """From where a proof reads on: the last business date proven, and the instant that run began."""

    booked_from: date
    finished_from: datetime


@dataclass(frozen=True, slots=True)
class LoanSums:
    """What all loans amount to, fen: 1303.01, 1303.02, 1132, 2221.01, 2241 of what they were paid, 9002."""

    principal: int
    interest: int
    receivable: int
    loan_count: int
    vat: int
    credit_balance: int
    memo: int = 0


@functools.cache
def _statement(name: str) -> str:
    return (Path(__file__).parent / "loans" / "sql" / name).read_text(encoding="utf-8")


def loan_totals(*, accrued_through: date) -> tuple[Money, Money, Money]:
    """Return what all loans amount to, interest earned before a day: 1303.01, 1303.02 and 1132.

    Of a joint loan only this bank's own part counts.
    """
    sums, held = loan_sums(accrued_through=accrued_through), accruals_held()
    return (
        Money(sums.principal) - partners_principal() + principal_elsewhere(),
        Money(sums.interest + held.get(entries.ACCRUED_INTEREST, 0)),
        Money(sums.receivable + held.get(entries.PENALTY_RECEIVABLE, 0)),
    )


def loan_sums(*, accrued_through: date, whole: bool = True) -> LoanSums:
    """Return what all loans amount to, interest earned before a day; without `whole`, those that can owe."""
    scope = {
        "accrued_through": accrued_through,
        "whole": whole,
        "actual": day_index(accrued_through, thirty=False),
        "thirty": day_index(accrued_through, thirty=True),
    }
    found = LoanSums(*(int(figure) for figure in _row(_statement("sums.sql"), scope)))
    apart = summed(apart_at(accrued_through))
    return replace(
        found,
        interest=found.interest + apart.not_due - apart.interest,
        receivable=found.receivable - apart.not_due - apart.late,
        vat=found.vat - apart.vat - apart.late_vat,
        memo=apart.memo,
    )


def _differing(accrued_through: date, since: Since | None) -> tuple[int, str]:
    """Return how many loans differ from the fold of their log, and the first of them by name."""
    scope = {
        "whole": since is None,
        "booked_from": None if since is None else since.booked_from,
        "due_through": accrual.books_at(business_date=accrued_through).due_through,
    }
    count, examples = _row(_statement("proof.sql"), scope)
    return int(count), " ".join(public_id("lon", loan_id) for loan_id in examples or ())


def _row(statement: str, parameters: dict[str, Any] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return tuple(cursor.fetchone() or ())


def _instructions(since: Since | None) -> tuple[int, int, int]:
    if since is None:
        return _row(_INSTRUCTIONS)
    return _row(_INSTRUCTIONS_SINCE, {"finished_from": since.finished_from})


def _equal(invariant: str, account: str, minor: int, booked: Money) -> Finding:
    """Compare what the loans say with what an account holds."""
    derived = Money(int(minor))
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


def _replayed(business_date: date, since: Since | None) -> Finding:
    """Replay the loans that only a replay can prove: those with a schedule, and those whose rate changed."""
    count, wrong = 0, 0
    named: list[str] = []
    booked_from = None if since is None else since.booked_from
    for row, different in replayed(business_date=business_date, booked_from=booked_from):
        count, wrong = count + 1, wrong + bool(different)
        if different and len(named) < 5:
            named.append(f"{public_id('lon', row.id)} ({', '.join(different)})")
    return _counted(
        "loans.replay_is_projection",
        f"{wrong} of {count} loans differ from their replayed log {' '.join(named)}".strip(),
        {"loans": count, "differing": wrong},
        wrong=wrong,
    )


def _sums(sums: LoanSums, in_flight: int) -> tuple[Finding, ...]:
    """Compare what all loans amount to with its accounts, read at one moment.

    Partners' parts of the principal stand in their mirror (1321, 2314); of what joint loans earned each bank
    holds its own part, and the VAT on that. What was paid too much is what the
    entries of loans have left on 2241.
    """
    theirs, elsewhere = partners_principal().minor, principal_elsewhere().minor
    held = accruals_held()
    accrued, due, vat = (held.get(code, 0) for code in _SHARED)
    wanted = (
        ("loans.principal", entries.PRINCIPAL, sums.principal - theirs + elsewhere),
        ("joint.mirror_asset", joint.MIRROR_ASSET, theirs),
        ("joint.mirror_liability", joint.MIRROR_LIABILITY, theirs),
        ("loans.accrued_interest", entries.ACCRUED_INTEREST, sums.interest + accrued),
        ("loans.penalty_receivable", entries.PENALTY_RECEIVABLE, sums.receivable + due),
        ("loans.output_vat", entries.OUTPUT_VAT, sums.vat - vat + deferrals.vat_of_fees().minor),
        ("loans.in_flight", entries.IN_FLIGHT, in_flight),
        ("loans.interest_in_memo", entries.MEMO_INTEREST, sums.memo),
    )
    booked = balances.account_balances(codes=[account for _, account, _ in wanted])
    overpaid = balances.referenced_balance(code=entries.OVERPAYMENT, prefix="lon_")
    return (
        *(_equal(invariant, account, minor, booked[account]) for invariant, account, minor in wanted),
        _equal("loans.credit_balance", entries.OVERPAYMENT, sums.credit_balance, overpaid),
    )


def _deferred(business_date: date, since: Since | None) -> tuple[Finding, ...]:
    """Compare fees not earned with their account (L3), and curves with those their loans' logs give."""
    fees = deferrals.standing(before=deferrals.through(business_date=business_date))
    booked_from = None if since is None else since.booked_from
    count, wrong = differing_curves(booked_from=booked_from) if fees.count else (0, [])
    account = account_of(Role.DEFERRED, on_date=business_date)
    booked = balances.account_balance(code=account)
    return (
        _equal("loans.deferred_fees", account, -fees.deferred.minor, booked),
        _counted(
            "loans.fee_curve_is_replay",
            f"{len(wrong)} of {count} fees are not earned as their log says {' '.join(wrong[:5])}".strip(),
            {"fees": count, "differing": len(wrong)},
            wrong=len(wrong),
        ),
    )


@in_transaction
def check_loans(*, business_date: date, since: Since | None = None) -> tuple[Finding, ...]:
    """Compare loans, lines and instructions with the books, as of now; every loan is refolded from its log.

    With `since`, only loans and instructions that changed after the last proof are looked into; the sums are
    always those of all loans.

    1303.01 is the principal outstanding or on its way, 1303.02 and 1132 are interest and penalty earned less
    what was paid, 2221.01 the VAT that tags ask of it, 2241 also what others are owed, 3001 is with the rail.
    """
    accrued_through = accrual.hold_still() or business_date
    sums = loan_sums(accrued_through=accrued_through, whole=since is None)
    differing, named = _differing(accrued_through, since)
    open_payments = rails.open_items(direction=Direction.PAY)
    unbooked, misbooked, instruction_count = _instructions(since)
    return (
        *_sums(sums, open_payments.total.minor),
        *_deferred(business_date, since),
        _counted(
            "loans.log_is_projection",
            f"{differing} of {sums.loan_count} loans differ from the fold of their log {named}".strip(),
            {"loans": sums.loan_count, "differing": differing},
            wrong=differing,
        ),
        _replayed(business_date, since),
        check_lines(),
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
