"""Statements as camt.053.001 (ISO 20022, M-03), any version of it; one `Stmt` a file.

Read as a stream by expat. A document type declaration is refused at once: there are no entities to expand or
to fetch. Of an entry (`Ntry`) are read: `NtryRef` or else `AcctSvcrRef`, `Amt`, `CdtDbtInd`, `Sts`, the two
dates, the message's id, and the reason of a return. `BOOK` is settled; `INFO` with a return's reason is a
message the rail refused; anything else is not yet a movement and is named as a row that was not used.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from kernel.money import Money
from kernel.refusals import Refusal
from ledger.reconciliation.statement import (
    LARGEST_FILE_BYTES,
    MOST_ROWS,
    TEXT_LENGTH,
    BadRow,
    LineState,
    StatementFile,
    StatementRow,
    StatementUnreadable,
    made,
    once,
    size,
)

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_FAMILY: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d")
_DEEPEST: Final = 40
_LONGEST_TEXT: Final = 1_000
_MOST_FIELDS: Final = 200
_MESSAGE_IDS: Final = ("EndToEndId", "InstrId", "MsgId", "TxId")
_STATES: Final = {"BOOK": LineState.SETTLED, "INFO": LineState.REFUSED}

Fields = dict[str, str]


class _Reader:
    """Collects the texts of each entry and balance by the last names of their paths."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.text: list[str] = []
        self.namespace = ""
        self.head: Fields = {}
        self.statement_count = 0
        self.entries: list[Fields] = []
        self.balances: list[Fields] = []
        self.fields: Fields | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def refuse_doctype(self, *_: object) -> None:
        raise StatementUnreadable(reason="it declares a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, tag = name.rpartition(" ")
        self.namespace = self.namespace or namespace or "none"
        self.path.append(tag)
        self.text = []
        if len(self.path) > _DEEPEST:
            raise StatementUnreadable(reason="it is nested too deeply")
        if self.path[-2:] == ["BkToCstmrStmt", "Stmt"]:
            self.statement_count += 1
        elif self.path[-2:] in (["Stmt", "Ntry"], ["Stmt", "Bal"]):
            self.fields = {}
            (self.entries if tag == "Ntry" else self.balances).append(self.fields)
            if len(self.entries) + len(self.balances) > MOST_ROWS:
                raise StatementUnreadable(reason="it has too many rows, or too many bad ones")
        elif self.fields is not None and tag == "Amt" and self.path[-2] in ("Ntry", "Bal"):
            self.fields["Ccy"] = attributes.get("Ccy", "")
        elif self.fields is not None and tag == "TxDtls":
            self.fields["TxDtls"] = "several" if "TxDtls" in self.fields else "one"

    def characters(self, text: str) -> None:
        self.text.append(text[:_LONGEST_TEXT])

    def end(self, _: str) -> None:
        text, here = "".join(self.text).strip(), self.path
        if self.fields is None:
            if here[-2:] == ["Stmt", "Id"]:
                self.head["Id"] = text
        else:
            inside = here[here.index("Stmt") + 2 :]
            if text and inside and len(self.fields) < _MOST_FIELDS:
                self.fields.setdefault("/".join(inside[-2:] if "Refs" in inside else inside), text)
        self.text = []
        if here[-2:] in (["Stmt", "Ntry"], ["Stmt", "Bal"]):
            self.fields = None
        here.pop()


def read_camt053(content: bytes) -> StatementFile:
    """Return what a camt.053.001 file says; a row that cannot be used is named, the others count."""
    if len(content) > LARGEST_FILE_BYTES:
        raise StatementUnreadable(reason="it is too large")
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # ValueError: an encoding it cannot read
        raise StatementUnreadable(reason="it is not well-formed XML") from error
    if not _FAMILY.fullmatch(reader.namespace) or reader.statement_count != 1:
        raise StatementUnreadable(reason="it is not one statement of camt.053.001")
    opening, _ = _balance(reader, "OPBD")
    closing, closing_date = _balance(reader, "CLBD")
    if closing_date is None:
        raise StatementUnreadable(reason="it has no closing balance with a date")
    rows, bad_rows = once(_rows(reader.entries))
    return StatementFile(
        reader.head.get("Id", "")[:TEXT_LENGTH], closing_date, rows, bad_rows, opening, closing
    )


def _balance(reader: _Reader, code: str) -> tuple[Money | None, date | None]:
    """Return a booked balance and its day."""
    for fields in reader.balances:
        if fields.get("Tp/CdOrPrtry/Cd") == code:
            try:
                amount = Money.parse(fields.get("Amt", ""), fields.get("Ccy", ""))
                on_date = date.fromisoformat(fields.get("Dt/Dt", ""))
            except (Refusal, ValueError) as error:
                raise StatementUnreadable(reason=f"its balance {code} is not one") from error
            return (amount if fields.get("CdtDbtInd") == "CRDT" else -amount), on_date
    return None, None


def _rows(entries: list[Fields]) -> Iterator[StatementRow | BadRow]:
    for row_no, fields in enumerate(entries, 1):
        status = fields.get("Sts/Cd") or fields.get("Sts", "")
        failure_code = next((text for name, text in fields.items() if name.endswith("RtrInf/Rsn/Cd")), "")
        state = _STATES.get(status)
        if state is None or (state is LineState.REFUSED and not failure_code):
            yield BadRow(row_no, f"its status is {status[:8] or 'missing'}: not booked, not refused")
            continue
        if fields.get("TxDtls") == "several":
            yield BadRow(row_no, "it holds several transactions: ask for them one by one")
            continue
        booking_date = fields.get("BookgDt/Dt") or fields.get("BookgDt/DtTm", "")[:10]
        direction = fields.get("CdtDbtInd", "")
        if direction not in ("CRDT", "DBIT"):
            yield BadRow(row_no, "it is neither a credit nor a debit")
            continue
        found = (fields.get(f"Refs/{name}") for name in _MESSAGE_IDS)
        yield made(
            row_no=row_no,
            entry_reference=fields.get("NtryRef") or fields.get("AcctSvcrRef", ""),
            message_id=next((text for text in found if text and text != "NOTPROVIDED"), ""),
            is_in=direction == "CRDT",
            amount=fields.get("Amt", ""),
            currency=fields.get("Ccy", ""),
            booking_date=booking_date,
            value_date=fields.get("ValDt/Dt") or booking_date,
            state=state.value,
            failure_code=failure_code,
        )


_ENTRY: Final = (
    '<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
    "<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{booking_date}</Dt></BookgDt><ValDt><Dt>{value_date}</Dt></ValDt>"
    "<NtryDtls><TxDtls><Refs><EndToEndId>{message_id}</EndToEndId></Refs>{returned}</TxDtls></NtryDtls></Ntry>"
)
_BALANCE: Final = (
    '<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{amount}</Amt>'
    "<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>{on_date}</Dt></Dt></Bal>"
)


def _direction(effect: Money) -> str:
    return "CRDT" if effect.minor >= 0 else "DBIT"


def write_camt053(statement: StatementFile) -> bytes:
    """Return a statement with both balances as camt.053.001.08: the file that `read_camt053` reads."""
    balances = "".join(
        _BALANCE.format(
            code=code,
            amount=size(amount),
            direction=_direction(amount),
            on_date=statement.statement_date,
        )
        for code, amount in (("OPBD", statement.opening), ("CLBD", statement.closing))
        if amount is not None
    )
    entries = "".join(
        _ENTRY.format(
            reference=escape(row.entry_reference),
            amount=size(row.effect),
            direction=_direction(row.effect),
            status="BOOK" if row.state is LineState.SETTLED else "INFO",
            booking_date=row.booking_date,
            value_date=row.value_date,
            message_id=escape(row.message_id or "NOTPROVIDED"),
            returned=f"<RtrInf><Rsn><Cd>{escape(row.failure_code)}</Cd></Rsn></RtrInf>"
            if row.failure_code
            else "",
        )
        for row in statement.rows
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{NAMESPACE}"><BkToCstmrStmt>'
        f"<Stmt><Id>{escape(statement.reference)}</Id>{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()
