"""Records, field by field: what passes, and why the rest does not."""

from datetime import date
from typing import Any

import orjson
import pytest

from openbanking.batches.rows import RowRefused
from openbanking.streams.catalogue import STREAMS
from openbanking.streams.reading import copy_line

LATEST = date(2026, 11, 2)
SOUND: dict[str, dict[str, Any]] = {
    "invoices": {"day": "2026-11-02", "side": "sale", "gross": "-113.00", "tax": "-13", "is_void": False},
    "orders": {"day": "2026-11-01", "state": "placed", "amount": "20.5", "refunded": "0"},
    "ratings": {"day": "2026-11-01", "stars": 5, "is_complaint": False},
    "taxes": {"day": "2026-10-15", "tax": "vat", "declared": "9000", "paid": "270", "is_late": False},
    "meters": {"day": "2026-10-31", "meter": "water", "used": 12_500},
    "waybills": {"day": "2026-11-01", "state": "booked", "freight": "900.00", "kilograms": 3_200},
    "trips": {"day": "2026-11-01", "metres": 120_000, "loaded_metres": 90_000, "minutes": 140},
}


def line_of(stream: str, **changes: Any) -> str:
    row = {"record_no": "N-1", **SOUND[stream], **changes}
    fields = {name: reader for name, (_, reader) in STREAMS[stream].fields.items()}
    given = {name: value for name, value in row.items() if value is not ...}
    text = copy_line(orjson.dumps(given), fields, line=3, latest=LATEST)
    assert copy_line(given, fields, line=3, latest=LATEST) == text
    return text


def test_a_sound_record_becomes_one_line_of_copy_text() -> None:
    assert line_of("invoices") == "3\tN-1\t0\t2026-11-02\tsale\t-11300\t-1300\tf\t\\N\n"
    assert line_of("taxes", credit_class="M", revision=2).endswith("\t900000\t27000\tf\tM\n")
    assert {line_of(stream).count("\t") for stream in SOUND} <= set(range(5, 10))


@pytest.mark.parametrize(
    ("stream", "changes", "field"),
    [
        ("invoices", {"day": "2026-11-03"}, "day"),
        ("invoices", {"day": "20261101"}, "day"),
        ("invoices", {"day": "1999-12-31"}, "day"),
        ("invoices", {"gross": 113}, "gross"),
        ("invoices", {"gross": "1.005"}, "gross"),
        ("invoices", {"is_void": 0}, "is_void"),
        ("invoices", {"party_ref": "13800000000"}, "party_ref"),
        ("invoices", {"side": "gift"}, "side"),
        ("invoices", {"side": ["sale"]}, "side"),
        ("invoices", {"score": 700}, "score"),
        ("invoices", {"revision": -1}, "revision"),
        ("invoices", {"revision": True}, "revision"),
        ("invoices", {"record_no": "a\tb"}, "record_no"),
        ("orders", {"amount": "-1"}, "amount"),
        ("orders", {"delivered_day": "2026-11-09"}, "delivered_day"),
        ("ratings", {"stars": 6}, "stars"),
        ("ratings", {"stars": True}, "stars"),
        ("taxes", {"credit_class": "E"}, "credit_class"),
        ("meters", {"used": 1.5}, "used"),
        ("trips", {"metres": ...}, "metres"),
    ],
)
def test_a_record_that_breaks_a_rule_is_refused_with_its_field(
    stream: str, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RowRefused) as refused:
        line_of(stream, **changes)
    assert refused.value.field_name == field


def test_a_promise_may_lie_ahead() -> None:
    assert "2026-11-09" in line_of("orders", promised_day="2026-11-09")
