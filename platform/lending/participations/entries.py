"""The entries of a joint loan (rules.md 2.9, joint 70/30), as drafts. Pure.

The loan's own entries are posted in full by the loan's rooms; these take the partner's part out of them.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from kernel.money import Money
from ledger.journal.entry import EntryDraft, Line

PRINCIPAL: Final = "1303.01"
ALLOWANCE: Final = "1304.03"
RECEIVABLE: Final = "1221"
MIRROR_ASSET: Final = "1321"
MIRROR_LIABILITY: Final = "2314"
PAYABLE: Final = "2241"
PENALTY_INCOME: Final = "6011.03"
FEE_EXPENSE: Final = "6421"
LOSS: Final = "6702"

Pair = tuple[str, str, Money]  # debit, credit, amount; a negative amount goes the other way


def entry(
    *, kind: str, key: str, reference: str, pairs: Iterable[Pair], on: date, valued: date
) -> EntryDraft:
    """Return one entry of several pairs; pairs of nothing fall away."""
    lines: list[Line] = []
    for debit, credit, amount in pairs:
        if amount.minor > 0:
            lines += [Line.debit(debit, amount), Line.credit(credit, amount)]
        elif amount.minor < 0:
            lines += [Line.debit(credit, -amount), Line.credit(debit, -amount)]
    return EntryDraft(
        kind=f"joint.{kind}",
        booking_date=on,
        value_date=valued,
        lines=tuple(lines),
        idempotency_key=f"{reference}:{key}",
        reference=reference,
    )


def begun_at_lead(partner_amount: Money, fee: Money) -> list[Pair]:
    """Return what begins at the lead: the mirror, the partner's debt, the own part of the fee."""
    return [
        (MIRROR_ASSET, MIRROR_LIABILITY, partner_amount),
        (RECEIVABLE, PRINCIPAL, partner_amount),
        (FEE_EXPENSE, PAYABLE, fee),
    ]


def begun_at_partner(own_amount: Money, fee: Money) -> list[Pair]:
    """Return what begins at the partner: its own loan, owed to the lead; its own part of the fee."""
    return [(PRINCIPAL, PAYABLE, own_amount), (FEE_EXPENSE, PAYABLE, fee)]


def moved(*, principal: Money, interest: Money, penalty: Money, recovered: Money, is_loss: bool) -> Money:
    """Return the money of a row: of a loss there is none."""
    return interest + penalty + recovered + (Money(0) if is_loss else principal)


def row_at_lead(
    *,
    principal: Money,
    interest: Money,
    penalty: Money,
    recovered: Money,
    income_account: str,
    is_loss: bool,
) -> list[Pair]:
    """Return the partner's part of what was received: out of the mirror, and owed to the partner.

    Of a loss nothing is owed: each bank loses its own part, and the lead's allowance gets the partner's back.
    What is recovered later is shared like the loss was.
    """
    return [
        (MIRROR_LIABILITY, MIRROR_ASSET, principal),
        (PRINCIPAL, ALLOWANCE if is_loss else PAYABLE, principal),
        (income_account, PAYABLE, interest),
        (PENALTY_INCOME, PAYABLE, penalty),
        (ALLOWANCE, PAYABLE, recovered),
    ]


def row_at_partner(
    *,
    principal: Money,
    interest: Money,
    penalty: Money,
    recovered: Money,
    income_account: str,
    is_loss: bool,
) -> list[Pair]:
    """Return the same at the partner: owed by the lead, or lost."""
    return [
        (ALLOWANCE if is_loss else RECEIVABLE, PRINCIPAL, principal),
        (RECEIVABLE, income_account, interest),
        (RECEIVABLE, PENALTY_INCOME, penalty),
        (RECEIVABLE, ALLOWANCE, recovered),
    ]
