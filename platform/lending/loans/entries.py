"""The journal entries of a loan's life, as drafts (rules.md 2.9). Pure.

Penalty interest is accrued daily as interest is: Dr 1132 / Cr 6011.03, and 1132 is credited on receipt.
"""

from datetime import date
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from ledger.journal.entry import EntryDraft, Line, Side
from lending.loans.waterfall import Allocation

SETTLEMENT: Final = "1003"
PENALTY_RECEIVABLE: Final = "1132"
PRINCIPAL: Final = "1303.01"
ACCRUED_INTEREST: Final = "1303.02"
OVERPAYMENT: Final = "2241"
IN_FLIGHT: Final = "3001"
INTEREST_EXEMPT: Final = "6011.01"
INTEREST_TAXABLE: Final = "6011.02"
PENALTY_INCOME: Final = "6011.03"


def _pair(debit: str, credit: str, minor: int) -> tuple[Line, Line]:
    amount = Money(minor)
    return Line(debit, Side.DEBIT, amount), Line(credit, Side.CREDIT, amount)


def disbursing(
    *, loan_id: UUID, drawdown_id: UUID, amount: Money, business_date: date
) -> tuple[EntryDraft, EntryDraft]:
    """Return the loan's booking and the pending payment that holds the bank's funds while the rail works."""
    reference, drawdown = public_id("lon", loan_id), public_id("drw", drawdown_id)
    booked = EntryDraft(
        kind="loan.disbursing",
        booking_date=business_date,
        value_date=business_date,
        lines=_pair(PRINCIPAL, IN_FLIGHT, amount.minor),
        idempotency_key=f"{drawdown}:book",
        reference=reference,
    )
    paying = EntryDraft(
        kind="loan.paying_out",
        booking_date=business_date,
        value_date=business_date,
        lines=_pair(IN_FLIGHT, SETTLEMENT, amount.minor),
        idempotency_key=f"{drawdown}:pay",
        reference=reference,
        pending=True,
    )
    return booked, paying


def receipt(
    *, loan_id: UUID, transaction_id: UUID, kind: str, parts: Allocation, booking_date: date, value_date: date
) -> EntryDraft:
    """Return the entry of money received: Dr 1003, Cr what it pays, the excess to 2241."""
    credits = (
        (PENALTY_RECEIVABLE, parts.penalty),
        (ACCRUED_INTEREST, parts.interest),
        (PRINCIPAL, parts.principal),
        (OVERPAYMENT, parts.excess),
    )
    lines = [Line(SETTLEMENT, Side.DEBIT, Money(parts.total))]
    lines += [Line(account, Side.CREDIT, Money(minor)) for account, minor in credits if minor]
    return EntryDraft(
        kind=f"loan.{kind}",
        booking_date=booking_date,
        value_date=value_date,
        lines=tuple(lines),
        idempotency_key=f"{public_id('ltx', transaction_id)}:receipt",
        reference=public_id("lon", loan_id),
    )


def reallocation(
    *,
    loan_id: UUID,
    transaction_id: UUID,
    overpaid_penalty: int,
    overpaid_interest: int,
    parts: Allocation,
    on: date,
) -> EntryDraft:
    """Return the entry that uses interest paid too much for what is still owed; no money moves."""
    debits = ((PENALTY_RECEIVABLE, overpaid_penalty), (ACCRUED_INTEREST, overpaid_interest))
    credits = (
        (PENALTY_RECEIVABLE, parts.penalty),
        (ACCRUED_INTEREST, parts.interest),
        (PRINCIPAL, parts.principal),
        (OVERPAYMENT, parts.excess),
    )
    lines = [Line(account, Side.DEBIT, Money(minor)) for account, minor in debits if minor]
    lines += [Line(account, Side.CREDIT, Money(minor)) for account, minor in credits if minor]
    return EntryDraft(
        kind="loan.reallocation",
        booking_date=on,
        value_date=on,
        lines=tuple(lines),
        idempotency_key=f"{public_id('ltx', transaction_id)}:reallocation",
        reference=public_id("lon", loan_id),
    )


def accrual_corrections(
    *,
    loan_id: UUID,
    transaction_id: UUID,
    income_account: str,
    interest_change: int,
    penalty_change: int,
    booking_date: date,
    value_date: date,
) -> list[EntryDraft]:
    """Return the entries that correct interest already accrued for days a late row reaches back over."""
    changes = (
        ("interest", ACCRUED_INTEREST, income_account, interest_change),
        ("penalty", PENALTY_RECEIVABLE, PENALTY_INCOME, penalty_change),
    )
    return [
        EntryDraft(
            kind=f"loan.{name}_correction",
            booking_date=booking_date,
            value_date=value_date,
            lines=_pair(asset, income, change) if change > 0 else _pair(income, asset, -change),
            idempotency_key=f"{public_id('ltx', transaction_id)}:{name}_correction",
            reference=public_id("lon", loan_id),
        )
        for name, asset, income, change in changes
        if change
    ]


def accrual(*, name: str, income_account: str, minor: int, business_date: date) -> EntryDraft:
    """Return a whole book's accrual of one kind for one business date, one entry an income account."""
    asset = PENALTY_RECEIVABLE if name == "penalty" else ACCRUED_INTEREST
    return EntryDraft(
        kind=f"day_end.{name}_accrual",
        booking_date=business_date,
        value_date=business_date,
        lines=_pair(asset, income_account, minor),
        idempotency_key=f"day_end:{business_date}:accrual:{name}:{income_account}",
    )
