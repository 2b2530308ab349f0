"""The entries of deferred fees, by the bank's own posting rules (rules 2.9), as drafts."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from kernel.money import Money
from ledger.chart.lines import Line
from ledger.chart.posting_rules import compose
from ledger.journal.entry import EntryDraft

AMORTISED: Final = "deferred.amortised"
LOST: Final = "deferred.written_off"


def drawn(*, principal: Money, fee: Money, vat: Money, on_date: date) -> tuple[Line, ...]:
    """Return the lines of a draw whose fee is held back: all of it is owed, what is left is paid out."""
    amounts = {"principal": principal, "fee": fee - vat, "vat": vat}
    return compose("loan.drawn_net_of_fee", amounts, on_date=on_date)


def earned(
    *,
    exempt: int,
    taxable: int,
    reference: str,
    key: str,
    booking_date: date,
    value_date: date,
) -> EntryDraft | None:
    """Return the entry of a fee earned: Dr L3 / Cr I1, the other way round below nothing; fen."""
    parts = {"exempt": exempt, "taxable": taxable}
    lines = (*_lines(parts, 1, booking_date), *_lines(parts, -1, booking_date))
    if not lines:
        return None
    return EntryDraft(
        kind=AMORTISED,
        booking_date=booking_date,
        value_date=value_date,
        lines=lines,
        idempotency_key=key,
        reference=reference,
    )


def _lines(parts: Mapping[str, int], sign: int, on_date: date) -> tuple[Line, ...]:
    """Return the lines of the parts with that sign; those of a part taken back are turned round."""
    amounts = {name: Money(sign * minor) for name, minor in parts.items() if sign * minor > 0}
    if not amounts:
        return ()
    lines = compose(AMORTISED, amounts, on_date=on_date)
    return lines if sign > 0 else tuple(line.opposite for line in lines)


def lost(*, minor: int, reference: str, key: str, booking_date: date, value_date: date) -> EntryDraft:
    """Return the entry of what a write-off found not earned: Dr L3 / Cr A6.3, fen."""
    lines = compose(LOST, {"deferred": Money(minor)}, on_date=booking_date)
    return EntryDraft(
        kind=LOST,
        booking_date=booking_date,
        value_date=value_date,
        lines=lines,
        idempotency_key=key,
        reference=reference,
    )
