"""The figures of a statement, without a database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from lending.statements.figures import (
    Asks,
    Before,
    Figures,
    Head,
    Movement,
    Owed,
    document_of,
    figures_of,
    minimum_payment,
)
from lending.statements.hashing import digests

LINE, LOAN = UUID(int=1), UUID(int=2)
ASKS = Asks(minimum_share=Decimal("0.1"), minimum_floor=10_000, payment_days=20)
BEFORE = Before(date(2026, 11, 10), minimum=30_000, payment_due_date=date(2026, 11, 29))
RUNNING = Owed(
    LINE,
    LOAN,
    1,
    2,
    "active",
    1_000_000,
    2_000,
    0,
    960_000,
    1_500,
    0,
    past_due=0,
    days_past_due=0,
    due_principal=0,
)
PAID = Movement(LOAN, 2, "counter_receipt", date(2026, 11, 29), date(2026, 11, 29), -40_000, 2_100, 0, 0)


@pytest.mark.parametrize(
    ("principal", "due", "charges", "past_short", "asked"),
    [
        (1_000_000, 0, 5_000, 0, 105_000),  # a tenth, and the interest whole
        (1_000_000, 200_000, 5_000, 0, 285_000),  # what falls due is due whole, a tenth of the rest
        (50_000, 0, 200, 0, 10_000),  # the floor
        (4_000, 0, 200, 0, 4_200),  # no more than is owed
        (0, 0, 0, 0, 0),
        (1_000_005, 0, 0, 0, 100_001),  # half a fen goes up
        (1_000_000, 0, 5_000, 30_000, 130_000),  # what was short is asked again beyond the interest
        (1_000_000, 200_000, 5_000, 30_000, 285_000),  # it is among what is due anyway
    ],
)
def test_the_minimum(principal: int, due: int, charges: int, past_short: int, asked: int) -> None:
    found = minimum_payment(
        principal=principal, due_principal=due, charges=charges, past_short=past_short, asks=ASKS
    )
    assert found == asked


def adds_up(found: Figures) -> bool:
    charged = found.interest + found.penalty + found.fees
    return found.closing == found.opening + found.drawn + charged - found.paid + found.adjusted


def test_a_payment_in_time_and_one_too_late() -> None:
    found = figures_of([RUNNING], [PAID], before=BEFORE, asks=ASKS)
    assert adds_up(found)
    assert (found.opening, found.interest, found.paid, found.closing) == (1_002_000, 1_600, 42_100, 961_500)
    assert (found.previous_minimum, found.in_time, found.short) == (30_000, 42_100, 0)
    late = replace(PAID, value_date=date(2026, 11, 30))
    assert figures_of([RUNNING], [late], before=BEFORE, asks=ASKS).in_time == 0


def test_what_is_short_is_asked_again() -> None:
    less = replace(PAID, principal_change=-10_000, interest_paid=2_000)
    owed = replace(RUNNING, principal=990_000)
    found = figures_of([owed], [less], before=BEFORE, asks=ASKS)
    assert adds_up(found)
    assert found.short == 18_000
    assert found.minimum_payment == 1_500 + 99_000 + 16_500


def test_a_payment_taken_back_a_waiver_and_a_write_off_add_up() -> None:
    back = replace(PAID, sequence=3, kind="reversal", principal_change=40_000, interest_paid=-2_100)
    whole = replace(RUNNING, principal=1_000_000, interest=3_600)
    found = figures_of([whole], [PAID, back], before=BEFORE, asks=ASKS)
    assert adds_up(found)
    assert (found.paid, found.short, found.interest) == (0, 30_000, 1_600)
    waived = replace(PAID, kind="waiver", principal_change=0, interest_paid=500)
    found = figures_of([replace(whole, interest=3_100)], [waived], before=BEFORE, asks=ASKS)
    assert adds_up(found)
    assert (found.paid, found.adjusted, found.interest) == (0, -500, 1_600)
    lost = replace(PAID, kind="write_off", principal_change=-1_000_000, interest_paid=3_600)
    gone = replace(RUNNING, status="written_off", principal=0, interest=0)
    found = figures_of([gone], [lost], before=BEFORE, asks=ASKS)
    assert adds_up(found)
    assert (found.closing, found.paid, found.adjusted, found.minimum_payment) == (0, 0, -1_002_000, 0)


def test_the_document_is_canonical_and_its_hashes_are_known() -> None:
    found = figures_of([RUNNING], [PAID], before=BEFORE, asks=ASKS)
    head = Head(
        LINE, LINE, date(2026, 12, 1), date(2026, 11, 10), date(2026, 12, 10), date(2026, 12, 29), 2_000_000
    )
    text = document_of(head, found, [PAID])
    assert '"closing":"9615.00"' in text
    assert '"principal_change":"-400.00"' in text
    assert digests(text) != digests(text.replace("9615.00", "9615.01"))
    sha256, sm3 = digests("abc")  # the examples of FIPS 180-4 and GM/T 0004
    assert sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
