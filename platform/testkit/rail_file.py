"""The rail's file of a day (T+1), written from what the simulated rail remembers: camt.053 or CSV.

The account also moves without the rail: what the bank funded itself and what came over the counter is on the
account's statement too, so those lines are taken from the books, as the outside world would show them.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from connectors.payment_rails.simulator import Movement, movements_on
from connectors.payment_rails.states import Direction
from kernel.money import Money
from ledger.balances.queries import account_balance
from ledger.journal.entry import Line, Side
from ledger.journal.queries import journal_page
from ledger.reconciliation.camt import write_camt053
from ledger.reconciliation.csv_file import write_csv
from ledger.reconciliation.statement import LineState, StatementFile, StatementRow

ACCOUNT: Final = "1003"
BESIDE_THE_RAIL: Final = ("settlement.funded", "loan.counter_receipt")


def rail_file(day: date, *, leave_out: Collection[str] = (), twice: Collection[str] = ()) -> StatementFile:
    """Return the statement of account 1003 for a day.

    `leave_out` names messages that the file misses, `twice` messages that it has a second time.
    """
    rows: list[StatementRow] = []
    for movement in movements_on(day):
        copies = 0 if movement.message_id in leave_out else 2 if movement.message_id in twice else 1
        rows += [_of_message(len(rows) + 1, movement, copy) for copy in range(copies)]
    for reference, effect in _beside_the_rail(day):
        rows.append(StatementRow(len(rows) + 1, reference, "", effect, day, day))
    moved = Money.total(row.effect for row in rows if row.state is LineState.SETTLED)
    opening = account_balance(code=ACCOUNT, as_of_date=day) - moved
    return StatementFile(f"RAIL-{day:%Y%m%d}", day, tuple(rows), (), opening, opening + moved)


def _of_message(row_no: int, movement: Movement, copy: int) -> StatementRow:
    effect = movement.amount if movement.direction == Direction.COLLECT else -movement.amount
    state = LineState.SETTLED if movement.is_settled else LineState.REFUSED
    return StatementRow(
        row_no,
        f"R-{movement.message_id[-20:]}-{copy}",
        movement.message_id,
        effect,
        movement.settled_date,
        movement.settled_date,
        state,
        movement.failure_code if state is LineState.REFUSED else "",
    )


def _beside_the_rail(day: date) -> Sequence[tuple[str, Money]]:
    return [
        (f"B-{entry.id.hex}", _effect(entry.lines))
        for kind in BESIDE_THE_RAIL
        for entry in journal_page(from_date=day, to_date=day, kind=kind, limit=200).entries
    ]


def _effect(lines: Sequence[Line]) -> Money:
    return Money.total(
        line.amount if line.side is Side.DEBIT else -line.amount for line in lines if line.account == ACCOUNT
    )


def as_camt053(statement: StatementFile) -> bytes:
    """Return the file as the rail sends it."""
    return write_camt053(statement)


def as_csv(statement: StatementFile) -> bytes:
    """Return the same file as CSV."""
    return write_csv(
        reference=statement.reference,
        statement_date=statement.statement_date,
        rows=statement.rows,
        opening=statement.opening,
        closing=statement.closing,
    )
