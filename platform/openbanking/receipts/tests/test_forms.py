"""Pieces of lines in one form: the quick way says exactly what the careful one says."""

import io
import json
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.periods import Period
from openbanking.batches.rows import MAX_LINE_BYTES, PIECE_BYTES, RowCount, chunked, pieces_of
from openbanking.receipts.forms import Forms, Intake
from openbanking.receipts.rows import copy_chunks, copy_line
from openbanking.receipts.tests.test_rows import SOUND

LATEST = datetime(2026, 11, 9, 16, 0, tzinfo=UTC)
VALUES = {
    "receipt_no": st.sampled_from(["R-1", "a/b", "", "R" * 65, "a\\/b", 'q"', "例"]),
    "paid_at": st.sampled_from(
        ["2026-11-02T23:59:59+08:00", "2026-11-02T00:00:00Z", "2026-02-30T10:00:00+08:00", "2026-11-02",
         "2026-11-09T23:00:00+08:00", "2026-11-10T01:00:00+08:00", "2000-01-01T01:00:00+08:00",
         "2026-11-02T24:00:00+08:00", "2026-11-02T10:00:00.5+08:00", "2026-11-02T10:00:00+15:59",
         "2026-11-02T15:59:59Z", "2026-11-02T16:00:00Z", "2026-11-02T01:29:59+09:30",
         "2026-11-01T20:00:00-04:00"]
    ),
    "amount": st.sampled_from(["12.50", "0.01", "0.00", "007.10", "12", "1.5", "-1.00", "9999999999.99", 3]),
    "kind": st.sampled_from(["sale", "refund", "gift"]),
    "payer_ref": st.sampled_from([None, "9f86d081884c7d65", "short", "13800001234", "6222000000000009x"]),
    "channel": st.sampled_from(["merchant_code", "cash", "barter"]),
}  # fmt: skip


Read = tuple[list[list[Any]], list[Any], int, set[str]]


def taking(period: Period | None = None) -> Intake:
    return Intake(lead="5\t3", latest=LATEST, period=period)


def careful(body: bytes, period: Period | None = None) -> Read:
    count, intake = RowCount(), taking(period)
    lines = chunked([body], partial(copy_line, intake=intake), room="receipts", count=count)
    return cells("".join(lines)), count.errors, count.read, intake.days


def quick(body: bytes, period: Period | None = None) -> Read:
    count, intake = RowCount(), taking(period)
    text = "".join(copy_chunks(pieces_of(io.BytesIO(body)), count=count, intake=intake))
    assert text.count("\n") == count.sound == count.read - count.rejected
    return cells(text), count.errors, count.read, intake.days


def cells(text: str) -> list[list[Any]]:
    """The cells as PostgreSQL reads them: an instant, a number."""
    found: list[list[Any]] = [line.split("\t") for line in text.splitlines()]
    for row in found:
        row[5], row[7] = datetime.fromisoformat(row[5]), int(row[7])
    return found


@settings(deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries({}, optional=VALUES) | st.just(SOUND) | st.fixed_dictionaries(VALUES),
        max_size=5,
    ),
    order=st.permutations(list(SOUND)),
    spaced=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
    period=st.sampled_from([None, Period(date(2026, 11, 2), date(2026, 11, 3))]),
)
def test_the_quick_way_equals_the_careful_one(
    rows: list[dict[str, Any]], order: list[str], spaced: bool, end: str, period: Period | None
) -> None:
    separators = (", ", ": ") if spaced else (",", ":")
    lines = [
        json.dumps(
            {name: row[name] for name in order if name in row}, separators=separators, ensure_ascii=False
        )
        for row in (SOUND, *rows)
    ]
    body = (end.join(lines) + end).encode()
    assert quick(body, period) == careful(body, period)


@pytest.mark.parametrize("order", [list(SOUND), list(SOUND)[::-1]])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_a_form_is_learnt_and_then_read_at_once(order: list[str], separators: tuple[str, str]) -> None:
    rows = [{**SOUND, "receipt_no": f"R-{number}"} for number in range(3)]
    rows[1]["payer_ref"] = None  # type: ignore[assignment]
    lines = [json.dumps({name: row[name] for name in order}, separators=separators) for row in rows]
    found = Forms(taking()).copy_lines("\n".join(lines) + "\n", first=7, lines=3)
    assert found is not None
    assert [line.split("\t")[2:4] for line in found] == [["7", "R-0"], ["8", "R-1"], ["9", "R-2"]]
    assert found[1].split("\t")[8] == "\\N"
    assert Forms(taking()).copy_lines("\n".join([*lines, "{"]) + "\n", first=1, lines=4) is None


def test_pieces_are_whole_lines_and_no_longer_than_they_must_be() -> None:
    lines = [b"%d" % number * (number % 900) for number in range(1, 3000)]
    body = b"\n".join(lines)
    pieces = list(pieces_of(io.BytesIO(body)))
    assert b"".join(pieces) == body
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])
    assert max(map(len, pieces)) < 2 * PIECE_BYTES


def test_a_line_without_an_end_is_one_refused_row_and_never_held_whole() -> None:
    long = json.dumps({**SOUND, "payer_ref": "x" * (5 * MAX_LINE_BYTES)}).encode()
    sound = json.dumps(SOUND).encode()
    padded = json.dumps(SOUND).encode().ljust(3 * MAX_LINE_BYTES) + b"}"
    body = b"\n".join([sound, long, sound, padded, sound])
    found, errors, read, _ = quick(body)
    assert (read, len(found)) == (5, 3)
    assert [(error.line, error.code) for error in errors] == [
        (2, "receipts.malformed_json"),
        (4, "receipts.malformed_json"),
    ]
    assert max(len(piece) for piece in pieces_of(io.BytesIO(body))) < 4 * PIECE_BYTES
