"""Receipt rows, one by one: what passes, and why the rest does not."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbanking.batches.rows import MAX_ERRORS_KEPT, RowCount, RowRefused
from openbanking.receipts.forms import Intake
from openbanking.receipts.rows import ReceiptRow, copy_chunks, copy_line

LATEST = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
INTAKE = Intake(lead="5\t3", latest=LATEST)
SOUND = {
    "receipt_no": "R-1",
    "paid_at": "2026-11-02T23:59:59+08:00",
    "amount": "12.50",
    "kind": "sale",
    "payer_ref": "9f86d081884c7d65",
    "channel": "merchant_code",
}


def line_of(**changes: Any) -> bytes:
    row = {**SOUND, **changes}
    return orjson.dumps({name: value for name, value in row.items() if value is not ...})


def test_a_sound_row_becomes_one_line_of_copy_text() -> None:
    expected = "5\t3\t7\tR-1\t1\t2026-11-02T23:59:59+08:00\t2026-11-02\t1250\t9f86d081884c7d65\t1\n"
    assert copy_line(line_of(), line=7, intake=INTAKE) == expected
    assert copy_line(line_of().decode(), line=7, intake=INTAKE) == expected
    assert copy_line(ReceiptRow(**SOUND), line=7, intake=INTAKE) == expected


def test_a_payer_may_be_unknown() -> None:
    for absent in (None, ...):
        assert copy_line(line_of(payer_ref=absent), line=1, intake=INTAKE).split("\t")[8] == "\\N"


@pytest.mark.parametrize(
    ("amount", "fen"), [("1", 100), ("0.01", 1), ("0.1", 10), ("9999999999.99", 999999999999)]
)
def test_amounts_are_whole_fen(amount: Any, fen: int) -> None:
    assert copy_line(line_of(amount=amount), line=1, intake=INTAKE).split("\t")[7] == str(fen)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "12.505"}, "amount_invalid"),
        ({"amount": 12.5}, "amount_invalid"),
        ({"amount": 12}, "amount_invalid"),
        ({"amount": "-1.00"}, "amount_invalid"),
        ({"amount": "0.00"}, "amount_invalid"),
        ({"amount": "1e3"}, "amount_invalid"),
        ({"amount": "１２"}, "amount_invalid"),
        ({"amount": "12\n"}, "amount_invalid"),
        ({"amount": ...}, "amount_invalid"),
        ({"kind": "gift"}, "kind_unknown"),
        ({"kind": ["sale"]}, "kind_unknown"),
        ({"channel": "barter"}, "channel_unknown"),
        ({"receipt_no": ""}, "receipt_no_invalid"),
        ({"receipt_no": "a\tb"}, "receipt_no_invalid"),
        ({"receipt_no": "a\\N"}, "receipt_no_invalid"),
        ({"receipt_no": "R" * 65}, "receipt_no_invalid"),
        ({"receipt_no": 5}, "receipt_no_invalid"),
        ({"paid_at": "2026-11-02T23:59:59"}, "paid_at_without_zone"),
        ({"paid_at": "2026-02-30T10:00:00+08:00"}, "paid_at_invalid"),
        ({"paid_at": "yesterday"}, "paid_at_invalid"),
        ({"paid_at": 1793600000}, "paid_at_invalid"),
        ({"paid_at": "1999-12-31T10:00:00+08:00"}, "paid_at_invalid"),
        ({"paid_at": "2026-11-03T00:00:00+08:00"}, "paid_at_in_future"),
        ({"payer_ref": "short"}, "payer_ref_invalid"),
        ({"payer_ref": "13800001234"}, "payer_ref_in_clear"),
        ({"payer_ref": "632127199003140005"}, "payer_ref_in_clear"),
        ({"payer_ref": "6222000000000009"}, "payer_ref_in_clear"),
        ({"score": 712}, "field_unknown"),
    ],
)
def test_an_unsound_row_says_why(changes: Any, code: str) -> None:
    with pytest.raises(RowRefused) as refused:
        copy_line(line_of(**changes), line=1, intake=INTAKE)
    assert refused.value.code == code


@pytest.mark.parametrize("line", [b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"amount": NaN}'])
def test_what_is_not_an_object_is_malformed(line: Any) -> None:
    with pytest.raises(RowRefused) as refused:
        copy_line(line, line=1, intake=INTAKE)
    assert refused.value.code == "malformed_json"


def test_refused_rows_are_counted_and_the_first_ten_thousand_kept() -> None:
    count, times = RowCount(), MAX_ERRORS_KEPT + 50
    rows = [b"{", b"  \n", line_of()] * times
    text = "".join(copy_chunks(rows, count=count, intake=INTAKE))
    assert (count.read, count.sound, count.rejected) == (2 * times, times, times)
    assert len(count.errors) == MAX_ERRORS_KEPT
    assert [error.line for error in count.errors[:3]] == [1, 3, 5]
    assert text.count("\n") == times


@given(
    st.binary(max_size=60)
    | st.dictionaries(st.sampled_from(list(SOUND)), st.text(max_size=12)).map(orjson.dumps)
)
def test_any_bytes_are_either_passed_or_refused_with_a_code(line: Any) -> None:
    try:
        text = copy_line(line, line=1, intake=INTAKE)
    except RowRefused:
        return
    assert text.count("\t") == 9
