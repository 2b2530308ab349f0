"""The entries of a guarantee's life, by the bank's posting rules (`ledger.chart.first_rules`, SECURITY)."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from ledger.chart.posting_rules import compose
from ledger.journal import operations as journal
from ledger.journal.entry import EntryDraft

ONE_LOAN_ACCOUNT: Final = {"gl_split": "no"}  # principal, overdue or not, stands on one account


def post(
    event: str,
    amounts: dict[str, Money],
    *,
    key: str,
    reference: str,
    business_date: date,
    now: datetime,
    value_date: date | None = None,
    policy: dict[str, str] | None = None,
) -> UUID:
    """Post an event of the bank's rules on a business date, once a key; return the entry."""
    draft = EntryDraft(
        kind=event,
        booking_date=business_date,
        value_date=value_date or business_date,
        lines=compose(event, amounts, on_date=business_date, policy=ONE_LOAN_ACCOUNT | (policy or {})),
        idempotency_key=key,
        reference=reference,
    )
    return journal.post_entry(entry=draft, now=now).id


def paid_out(amount: Money, *, key: str, reference: str, business_date: date, now: datetime) -> None:
    """Empty the disbursement clearing of what was paid from the bank's settlement account."""
    post(
        "payout.confirmed",
        {"amount": amount},
        key=f"{key}:payout",
        reference=reference,
        business_date=business_date,
        now=now,
        policy={"payee": "rail"},
    )


def line_reference(line_id: UUID) -> str:
    """Return what an entry about a line's guarantee refers to."""
    return public_id("lin", line_id)
