"""Files of the other side: what is read, what is named as unusable, what is refused outright. Pure."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from ledger.reconciliation.camt import NAMESPACE, read_camt053, write_camt053
from ledger.reconciliation.csv_file import COLUMNS, read_csv, write_csv
from ledger.reconciliation.statement import LineState, StatementFile, StatementRow, StatementUnreadable

DAY = date(2026, 11, 2)


def row(number: int, effect: str, message_id: str = "", state: str = "settled") -> StatementRow:
    return StatementRow(
        number,
        f"E{number}",
        message_id,
        Money.parse(effect),
        DAY,
        DAY,
        LineState(state),
        "account_closed" if state == "refused" else "",
    )


def file(*rows: StatementRow, opening: str = "100.00") -> StatementFile:
    closing = Money.total(
        [Money.parse(opening), *(each.effect for each in rows if each.state is LineState.SETTLED)]
    )
    return StatementFile("S-1", DAY, rows, (), Money.parse(opening), closing)


STATEMENT = file(
    row(1, "-30000.00", "ins_1"),
    row(2, "60.05", "ins_2"),
    row(3, "-5.00", "ins_3", "refused"),
    row(4, "7.00"),
)


def as_csv(statement: StatementFile) -> bytes:
    return write_csv(
        reference=statement.reference,
        statement_date=statement.statement_date,
        rows=statement.rows,
        opening=statement.opening,
        closing=statement.closing,
    )


def test_both_formats_say_the_same() -> None:
    assert read_camt053(write_camt053(STATEMENT)) == STATEMENT
    assert read_csv(as_csv(STATEMENT)) == STATEMENT


@given(
    amounts=st.lists(st.integers(min_value=-(10**12), max_value=10**12).filter(bool), min_size=1, max_size=8)
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_written_is_read_back(amounts: list[int]) -> None:
    rows = tuple(
        StatementRow(n, f"E<{n}>", f"m&{n}", Money(minor), DAY, DAY) for n, minor in enumerate(amounts, 1)
    )
    statement = file(*rows)
    assert read_camt053(write_camt053(statement)) == statement
    assert read_csv(as_csv(statement)) == statement


def test_a_statement_that_does_not_add_up_is_refused_in_either_format() -> None:
    with pytest.raises(StatementUnreadable, match="do not make"):
        read_camt053(write_camt053(STATEMENT).replace(b">60.05<", b">60.06<"))
    with pytest.raises(StatementUnreadable, match="do not make"):
        read_csv(as_csv(STATEMENT).replace(b",60.05,", b",60.06,"))


BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [BOMB, OUTSIDE, b"<!DOCTYPE Document>"])
def test_a_document_type_is_refused_before_anything_is_expanded(prolog: bytes) -> None:
    written = write_camt053(STATEMENT)
    head, _, body = written.partition(b"?>")
    with pytest.raises(StatementUnreadable, match="document type"):
        read_camt053(head + b"?>" + prolog + body)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<Document>", "well-formed"),
        (b"<Document/>", "camt.053"),
        (write_camt053(STATEMENT).replace(NAMESPACE.encode(), b"urn:other"), "camt.053"),
        (write_camt053(STATEMENT).replace(b"CLBD", b"ITBD"), "closing balance"),
        (write_camt053(STATEMENT).replace(b"<Dt><Dt>2026-11-02", b"<Dt><Dt>2026-02-31"), "balance"),
        (b"<a>" * 60 + b"</a>" * 60, "deeply"),
        (write_camt053(STATEMENT).replace(b"UTF-8", b"GBK"), "well-formed"),
        (write_camt053(STATEMENT).replace(b"</Stmt>", b"<Ntry/>" * 1_001 + b"</Stmt>"), "too many"),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(StatementUnreadable, match=said):
        read_camt053(content)


@pytest.mark.parametrize(
    ("found", "put", "reason"),
    [
        (b">60.05<", b">60.055<", "amount"),
        (b">60.05<", b">NaN<", "amount"),
        (b">60.05<", b">-60.05<", "amount"),
        (b'<Amt Ccy="CNY">60.05', b'<Amt Ccy="USD">60.05', "currency"),
        (b"<NtryRef>E2<", b"<NtryRef>E1<", "already"),
        (b"<NtryRef>E2<", b"<NtryRef><", "references"),
        (b"ins_2</EndToEndId></Refs>", b"ins_2</EndToEndId></Refs></TxDtls><TxDtls>", "several"),
    ],
)
def test_a_bad_row_is_named_and_the_others_count(found: bytes, put: bytes, reason: str) -> None:
    read = read_camt053(write_camt053(STATEMENT).replace(found, put, 1))
    assert [bad.row_no for bad in read.bad_rows] == [2]
    assert reason in read.bad_rows[0].reason
    assert len(read.rows) == 3


def test_an_entry_that_is_not_booked_is_not_a_movement() -> None:
    read = read_camt053(write_camt053(STATEMENT).replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>", 1))
    assert [bad.reason for bad in read.bad_rows] == ["its status is PDNG: not booked, not refused"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("E9,,sideways,1.00,CNY,2026-11-02,2026-11-02,settled,", "direction"),
        ("E9,,in,1.00,CNY,2026-02-31,2026-11-02,settled,", "date"),
        ("E9,,in,1.00,CNY,2026-11-02,2026-11-02,perhaps,", "state"),
        ("E9,,in,1.00", "columns"),
        ("E9,,in,0.00,CNY,2026-11-02,2026-11-02,settled,", "positive"),
        ("E9,,in,1.00,CNY,2026-11-02,0001-01-01,settled,", "century"),
        ("E9,,in,9999999999999999999.00,CNY,2026-11-02,2026-11-02,settled,", "amount"),
    ],
)
def test_a_bad_row_of_a_csv_is_named(line: str, reason: str) -> None:
    read = read_csv(as_csv(STATEMENT) + f"{line}\n".encode())
    assert [(bad.row_no, reason in bad.reason) for bad in read.bad_rows] == [(5, True)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "first two rows"),
        (b"\xff\xfe", "UTF-8"),
        (f"statement,S-1,2026-02-31,,\n{','.join(COLUMNS)}\n".encode(), "date"),
        (f"statement,S-1,2026-11-02,x,\n{','.join(COLUMNS)}\n".encode(), "balance"),
    ],
)
def test_what_is_no_csv_statement_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(StatementUnreadable, match=said):
        read_csv(content)
