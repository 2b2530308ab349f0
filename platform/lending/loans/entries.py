"""The journal entries of a loan's life, as drafts (rules.md 2.9). Pure, but for a fee's: by posting rules.

Penalty interest is accrued daily as interest is: Dr 1132 / Cr 6011.03, and 1132 is credited on receipt. Of
either, the VAT that the loan's tag asks for goes to 2221.01 in the same entry (T-01, T-02).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.money import Money
from ledger.journal.entry import EntryDraft, Line, Side
from lending.deferrals.entries import drawn
from lending.loans.waterfall import Allocation
from lending.replay import Earned, NonAccrual, Picture
from lending.tax.booking import UNTAXED, LoanTax

SETTLEMENT: Final = "1003"
PENALTY_RECEIVABLE: Final = "1132"
PRINCIPAL: Final = "1303.01"
ACCRUED_INTEREST: Final = "1303.02"
ALLOWANCE: Final = "1304.03"
OVERPAYMENT: Final = "2241"
IN_FLIGHT: Final = "3001"
OUTPUT_VAT: Final = "2221.01"
INTEREST_EXEMPT: Final = "6011.01"
INTEREST_TAXABLE: Final = "6011.02"
PENALTY_INCOME: Final = "6011.03"
FEE_INCOME: Final = "6021"
MEMO_INTEREST: Final = "9002"
WRITTEN_OFF: Final = "9003"
MEMO_CONTRA: Final = "9999"
_NOTHING: Final = Money(0)


def _pair(debit: str, credit: str, minor: int) -> tuple[Line, Line]:
    amount = Money(minor)
    return Line(debit, Side.DEBIT, amount), Line(credit, Side.CREDIT, amount)


def disbursing(
    *,
    loan_id: UUID,
    drawdown_id: UUID,
    amount: Money,
    business_date: date,
    fee: Money = _NOTHING,
    vat: Money = _NOTHING,
) -> tuple[EntryDraft, EntryDraft]:
    """Return the loan's booking and the pending payment that holds the bank's funds while the rail works.

    A fee is held back: the borrower owes the amount and receives what is left of it (P-03). `vat` is in it.
    """
    reference, drawdown = public_id("lon", loan_id), public_id("drw", drawdown_id)
    booked = EntryDraft(
        kind="loan.disbursing",
        booking_date=business_date,
        value_date=business_date,
        lines=drawn(principal=amount, fee=fee, vat=vat, on_date=business_date)
        if fee
        else _pair(PRINCIPAL, IN_FLIGHT, amount.minor),
        idempotency_key=f"{drawdown}:book",
        reference=reference,
    )
    paying = EntryDraft(
        kind="loan.paying_out",
        booking_date=business_date,
        value_date=business_date,
        lines=_pair(IN_FLIGHT, SETTLEMENT, (amount - fee).minor),
        idempotency_key=f"{drawdown}:pay",
        reference=reference,
        pending=True,
    )
    return booked, paying


def receipt(
    *,
    loan_id: UUID,
    transaction_id: UUID,
    kind: str,
    parts: Allocation,
    booking_date: date,
    value_date: date,
    cash_account: str = SETTLEMENT,
) -> EntryDraft:
    """Return the entry of money received: Dr 1003, Cr what it pays, the excess to 2241."""
    credits = (
        (PENALTY_RECEIVABLE, parts.penalty),
        (ACCRUED_INTEREST, parts.interest),
        (PRINCIPAL, parts.principal),
        (OVERPAYMENT, parts.excess),
    )
    lines = [Line(cash_account, Side.DEBIT, Money(parts.total))]
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
    tax: LoanTax,
    was: tuple[int, int],
    is_now: tuple[int, int],
    booking_date: date,
    value_date: date,
) -> list[EntryDraft]:
    """Return the entries that correct interest already accrued for days a late row reaches back over.

    `was` and `is_now` are the interest and the penalty interest earned so far, fen; their VAT follows.
    """
    pairs = (
        ("interest", ACCRUED_INTEREST, (was[0], 0), (is_now[0], 0)),
        ("penalty", PENALTY_RECEIVABLE, (0, was[1]), (0, is_now[1])),
    )
    drafts = []
    for name, asset, before, after in pairs:
        changes = Counter({asset: sum(after) - sum(before)})
        for (interest, late), sign in ((before, 1), (after, -1)):
            credits = tax.credits(interest=interest, late=late, income_account=income_account)
            for account, minor in credits.items():
                changes[account] += sign * minor
        if lines := _sides(changes):
            drafts.append(
                EntryDraft(
                    kind=f"loan.{name}_correction",
                    booking_date=booking_date,
                    value_date=value_date,
                    lines=lines,
                    idempotency_key=f"{public_id('ltx', transaction_id)}:{name}_correction",
                    reference=public_id("lon", loan_id),
                )
            )
    return drafts


def _sides(changes: Mapping[str, int]) -> tuple[Line, ...]:
    """Return the lines of changes by account, debits positive; fen."""
    lines = [Line.debit(account, Money(minor)) for account, minor in changes.items() if minor > 0]
    lines += [Line.credit(account, Money(-minor)) for account, minor in changes.items() if minor < 0]
    return tuple(lines)


def held(
    picture: Picture, *, income_account: str, cash_account: str, tax: LoanTax = UNTAXED
) -> dict[str, int]:
    """Return what the books hold of a scheduled loan, by account, debits positive; fen.

    Principal in 1303.01; interest accrued and not due in 1303.02; interest due, penalty and compound interest
    in 1132; what was paid too much in 2241; what was written off, less recoveries, against 1304.03 and in the
    memo 9003; of what was earned, the VAT in 2221.01. The disbursement itself is the drawdown's entry.
    """
    totals = picture.totals
    lost = totals.written_off - totals.recovered
    late = picture.penalty_earned + picture.compound_earned
    found = Counter(
        {
            cash_account: totals.received - totals.refunded,
            PENALTY_RECEIVABLE: picture.overdue_interest + picture.penalty + picture.compound,
            PRINCIPAL: picture.outstanding,
            ACCRUED_INTEREST: picture.accrued,
            ALLOWANCE: lost,
            OVERPAYMENT: -totals.credit,
            FEE_INCOME: -totals.fee_paid,
            MEMO_INTEREST: 0,
            WRITTEN_OFF: lost,
            MEMO_CONTRA: -lost,
        }
    )
    found[income_account] += totals.waived_interest
    found[PENALTY_INCOME] += totals.waived_penalty
    found.subtract(tax.credits(interest=picture.earned, late=late, income_account=income_account))
    found.update(
        apart(
            picture.non_accrual,
            picture.so_far,
            overdue_interest=picture.overdue_interest,
            income_account=income_account,
            tax=tax,
        )
    )
    return dict(found)


def apart(
    non_accrual: NonAccrual | None,
    so_far: Earned,
    *,
    overdue_interest: int = 0,
    income_account: str,
    tax: LoanTax = UNTAXED,
) -> Counter[str]:
    """Return what the books hold otherwise because a loan does not accrue, by account, debits positive; fen.

    What waits in memo 9002 stands neither in income nor in 1303.02 and 1132: interest not due yet leaves
    first. What was written off needs no allowance where it was no income.
    """
    found: Counter[str] = Counter()
    if non_accrual is None:
        return found
    interest, late = non_accrual.interest, non_accrual.late
    waiting = interest.in_memo(so_far.interest, so_far.interest_paid)
    late_waiting = late.in_memo(so_far.late, so_far.late_paid)
    held_interest = so_far.interest - so_far.interest_paid - waiting
    not_due = overdue_interest - min(overdue_interest, max(0, held_interest))
    forgone = interest.forgone - interest.waived, late.forgone - late.waived
    found[ACCRUED_INTEREST] = not_due - waiting
    found[PENALTY_RECEIVABLE] = -not_due - late_waiting
    found[ALLOWANCE] = -sum(forgone)
    found[MEMO_INTEREST] = waiting + late_waiting
    found[MEMO_CONTRA] = -waiting - late_waiting
    found[income_account] -= interest.waived
    found[PENALTY_INCOME] -= late.waived
    found.update(tax.credits(interest=so_far.interest, late=so_far.late, income_account=income_account))
    found.subtract(
        tax.credits(
            interest=interest.recognised(so_far.interest, so_far.interest_paid),
            late=late.recognised(so_far.late, so_far.late_paid),
            income_account=income_account,
            taxable=(
                interest.taxable(so_far.interest, so_far.interest_paid),
                late.taxable(so_far.late, so_far.late_paid),
            ),
        )
    )
    return found


def changes_of(
    before: Picture,
    after: Picture,
    *,
    income_account: str,
    cash_account: str,
    tax: LoanTax = UNTAXED,
) -> dict[str, int]:
    """Return what an act changes on each account, debits positive; fen."""
    was = held(before, income_account=income_account, cash_account=cash_account, tax=tax)
    is_now = held(after, income_account=income_account, cash_account=cash_account, tax=tax)
    return {account: is_now[account] - was[account] for account in is_now if is_now[account] != was[account]}


def difference(
    *,
    loan_id: UUID,
    transaction_id: UUID,
    kind: str,
    changes: Mapping[str, int],
    booking_date: date,
    value_date: date,
    part: str = "act",
) -> EntryDraft | None:
    """Return the entry of an act, or of a part of one; None where nothing changes in the books."""
    lines = _sides(changes)
    if not lines:
        return None
    return EntryDraft(
        kind=f"loan.{kind}",
        booking_date=booking_date,
        value_date=value_date,
        lines=lines,
        idempotency_key=f"{public_id('ltx', transaction_id)}:{part}",
        reference=public_id("lon", loan_id),
    )


def put_apart(*, minor: int, business_date: date) -> EntryDraft:
    """Return the day's interest that is no income yet: memo 9002, all loans in one entry."""
    return EntryDraft(
        kind="day_end.non_accrual",
        booking_date=business_date,
        value_date=business_date,
        lines=_pair(MEMO_INTEREST, MEMO_CONTRA, minor),
        idempotency_key=f"day_end:{business_date}:non_accrual",
    )


def falling_due(*, minor: int, business_date: date) -> EntryDraft:
    """Return the day's interest that falls due unpaid: Dr 1132 / Cr 1303.02, all loans in one entry."""
    return EntryDraft(
        kind="day_end.interest_due",
        booking_date=business_date,
        value_date=business_date,
        lines=_pair(PENALTY_RECEIVABLE, ACCRUED_INTEREST, minor),
        idempotency_key=f"day_end:{business_date}:interest_due",
    )


def accrual(
    *,
    name: str,
    income_account: str,
    credits: Mapping[str, int],
    business_date: date,
    product: str,
    due: int = 0,
) -> EntryDraft:
    """Return a product's accrual of one kind for one business date, one entry an income account.

    `credits` say where it goes, fen: income, the exempt part of split loans, output VAT; `due` of it is of
    instalments that fell due before it was income.
    """
    asset = PENALTY_RECEIVABLE if name == "penalty" else ACCRUED_INTEREST
    changes = Counter({asset: sum(credits.values()) - due})
    changes[PENALTY_RECEIVABLE] += due
    changes.subtract(credits)
    return EntryDraft(
        kind=f"day_end.{name}_accrual",
        booking_date=business_date,
        value_date=business_date,
        lines=_sides(changes),
        idempotency_key=f"day_end:{business_date}:accrual:{name}:{income_account}:{product}",
        reference=f"product:{product}" if product else "",
    )
