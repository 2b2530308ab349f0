from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import MAX_MINOR, Money, MoneyInvalid
from ledger.journal.entry import EntryDraft, EntryInvalid, Line, Side, Unbalanced, net_by_currency

DAY = date(2026, 11, 10)


def draft(*lines: Line, **changes: object) -> EntryDraft:
    facts: dict[str, object] = {
        "kind": "test",
        "booking_date": DAY,
        "value_date": DAY,
        "lines": lines,
        "idempotency_key": "k",
    }
    return EntryDraft(**{**facts, **changes})  # type: ignore[arg-type]


def pair(minor: int = 100) -> tuple[Line, Line]:
    return Line.debit("1003", Money(minor)), Line.credit("4001", Money(minor))


def test_a_balanced_entry_is_accepted_and_frozen() -> None:
    made = draft(*pair())
    assert made.lines == (Line("1003", Side.DEBIT, Money(100)), Line("4001", Side.CREDIT, Money(100)))
    with pytest.raises(AttributeError):
        made.kind = "other"  # type: ignore[misc]


def test_out_by_one_fen_is_refused() -> None:
    with pytest.raises(Unbalanced) as refused:
        draft(Line.debit("1003", Money(101)), Line.credit("4001", Money(100)))
    assert refused.value.params == {"difference": "0.01", "currency": "CNY"}


@pytest.mark.parametrize(
    "given", ["-0.001", "NaN", "Infinity", "1e30", "1234567890123456789", "", "12,5", "0.005"]
)
def test_what_is_no_amount_never_becomes_a_line(given: str) -> None:
    with pytest.raises(MoneyInvalid):
        Line.debit("1003", Money.parse(given))
    with pytest.raises(MoneyInvalid):
        Line.debit("1003", Money.parse("1.00", "XAU"))


def test_an_imbalance_larger_than_any_amount_is_still_told() -> None:
    lines = [Line.debit("1003", Money(MAX_MINOR)) for _ in range(3)]
    with pytest.raises(Unbalanced) as refused:
        draft(*lines)
    assert refused.value.params["difference"] == "30000000000000.00"


def test_each_currency_balances_by_itself() -> None:
    with pytest.raises(Unbalanced):
        draft(Line.debit("1003", Money(100, "CNY")), Line.credit("4001", Money(100, "USD")))


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": ()},
        {"lines": (Line.debit("1003", Money(0)), Line.credit("4001", Money(0)))},
        {"lines": (Line.debit("1003", Money(-5)), Line.credit("4001", Money(-5)))},
        {"kind": ""},
        {"idempotency_key": ""},
        {"idempotency_key": "k" * 129},
        {"reference": "r" * 65},
        {"description": "tab\there"},
        {"description": "line\nbreak"},
        {"description": "d" * 256},
        {"booking_date": "2026-02-31"},
        {"value_date": datetime(2026, 2, 28, tzinfo=UTC)},
        {"value_date": None},
        {"lines": (Line("1003", Side.DEBIT, 5), Line("4001", Side.CREDIT, 5))},  # type: ignore[arg-type]
        {"lines": (Line("1003", Side.DEBIT, float("nan")),) * 2},  # type: ignore[arg-type]
        {"expires_at": datetime(2026, 11, 11, tzinfo=UTC)},
        {"expires_at": datetime(2026, 11, 11), "pending": True},  # noqa: DTZ001
    ],
)
def test_what_is_no_entry_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(EntryInvalid):
        draft(*pair(), **changes)


def test_the_hash_is_sm3_of_the_canonical_bytes() -> None:
    made = draft(*pair(), reference="lon_1", description="放款")
    assert made.content.decode() == (
        "sluice-entry-1\tposted\ttest\t2026-11-10\t2026-11-10\tk\tlon_1\t放款\t\n"
        "1003\tdebit\t100\tCNY\n4001\tcredit\t100\tCNY"
    )
    assert made.content_hash.hex() == "75923198cd18c8e0d6d008a4314385903b05e527f5a2e65bf09f487c8cdaebf2"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "other"},
        {"booking_date": date(2026, 11, 11)},
        {"value_date": date(2026, 11, 9)},
        {"reference": "x"},
        {"description": "x"},
        {"pending": True},
        {"pending": True, "expires_at": datetime(2026, 11, 11, tzinfo=UTC)},
        {"idempotency_key": "l"},
        {"reverses": UUID(int=7)},
        {"lines": pair(101)},
        {"lines": pair()[::-1]},
    ],
)
def test_every_fact_is_in_the_hash(changes: dict[str, Any]) -> None:
    assert draft(*pair(), **changes).content_hash != draft(*pair()).content_hash


amounts = st.integers(min_value=1, max_value=10**12)


@given(st.lists(amounts, min_size=1, max_size=20), st.integers(min_value=1, max_value=10))
def test_any_number_of_legs_balances_when_the_sums_do(parts: Any, times: Any) -> None:
    lines = [Line.debit("1303.01", Money(part)) for part in parts] + [Line.credit("1003", Money(sum(parts)))]
    assert net_by_currency(draft(*lines * times).lines) == {"CNY": 0}
    with pytest.raises(Unbalanced):
        draft(*lines * times, Line.debit("1003", Money(1)))
    assert [line.opposite.opposite for line in lines] == lines


@pytest.mark.parametrize("text", ["\ud800", "\x00", "a\tb", "x" * 65 + "\udfff"])
def test_a_text_without_bytes_or_with_control_characters_is_refused(text: str) -> None:
    lines = (Line.debit("1003", Money(1)), Line.credit("4001", Money(1)))
    for facts in ({"reference": text}, {"idempotency_key": text}, {"description": text}):
        with pytest.raises(EntryInvalid):
            draft(*lines, **facts)
    with pytest.raises(EntryInvalid):
        draft(Line.debit(text, Money(1)), lines[1])
