"""Reading a file of the other side in: each file and each row once."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from ledger.chart.queries import get_account
from ledger.reconciliation.camt import read_camt053
from ledger.reconciliation.csv_file import read_csv
from ledger.reconciliation.models import (
    Statement,
    StatementLine,
)
from ledger.reconciliation.queries import (
    StatementView,
    statement_view,
)
from ledger.reconciliation.statement import (
    BadRow,
    StatementFile,
    StatementRow,
    file_hash,
    printable,
)
from plumbing.sql import hold_name, in_transaction


@dataclass(frozen=True, slots=True)
class Imported:
    """A file and what became of its rows; `is_news` is false when the same bytes were here before."""

    statement: StatementView
    is_news: bool
    new_count: int
    repeated: tuple[int, ...]
    bad_rows: tuple[BadRow, ...]


@in_transaction
def import_statement(
    *, account: str, content: bytes, file_name: str, imported_by: str, now: datetime
) -> Imported:
    """Read a camt.053.001 or CSV file in; each row counts once, however often it comes.

    A row whose entry reference is known with the same content is repeated, with other content is bad. Refuses
    a file that is unreadable as a whole, or does not add up.
    """
    get_account(code=account)
    digest = file_hash(content)
    hold_name("reconciliation", account)
    known = Statement.objects.filter(account=account, file_hash=digest).first()
    if known is not None:
        view = statement_view(known)
        return Imported(view, is_news=False, new_count=0, repeated=(), bad_rows=view.bad_rows)
    read = read_camt053 if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else read_csv
    file = read(content)
    fresh, repeated, bad = _sorted_out(account, file)
    row = Statement.objects.create(
        account=account,
        file_hash=digest,
        file_name=printable(file_name, 200),
        reference=file.reference,
        statement_date=file.statement_date,
        opening=file.opening,
        closing=file.closing,
        row_count=len(file.rows) + len(file.bad_rows),
        bad_rows=[asdict(each) for each in bad],
        imported_by=imported_by,
        imported_at=now,
    )
    StatementLine.objects.bulk_create(
        [_line(row.id, account, each) for each in fresh],
        batch_size=2_000,
    )
    return Imported(statement_view(row), True, len(fresh), repeated, bad)


def _line(statement_id: UUID, account: str, row: StatementRow) -> StatementLine:
    return StatementLine(
        statement_id=statement_id,
        account=account,
        row_no=row.row_no,
        entry_reference=row.entry_reference,
        message_id=row.message_id,
        effect=row.effect,
        booking_date=row.booking_date,
        value_date=row.value_date,
        state=row.state.value,
        failure_code=row.failure_code,
    )


def _sorted_out(
    account: str, file: StatementFile
) -> tuple[list[StatementRow], tuple[int, ...], tuple[BadRow, ...]]:
    """Part new rows from those that are here already, the same or not."""
    references = [row.entry_reference for row in file.rows]
    known = {
        row.entry_reference: (row.message_id, row.effect, row.value_date, row.state)
        for row in StatementLine.objects.filter(account=account, entry_reference__in=references)
    }
    fresh: list[StatementRow] = []
    repeated: list[int] = []
    bad = list(file.bad_rows)
    for row in file.rows:
        if row.booking_date > file.statement_date:
            bad.append(BadRow(row.row_no, "it is booked after the day of its statement"))
        elif row.entry_reference not in known:
            fresh.append(row)
        elif known[row.entry_reference] == (row.message_id, row.effect, row.value_date, row.state.value):
            repeated.append(row.row_no)
        else:
            bad.append(BadRow(row.row_no, "its entry reference came before with other content"))
    return fresh, tuple(repeated), tuple(sorted(bad, key=lambda each: each.row_no))
