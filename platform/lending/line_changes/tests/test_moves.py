"""What of a move applies at once and what waits for consent."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kernel.money import Money
from kernel.rates import AnnualRate
from lending.line_changes.moves import LineTerms, Move, divided

CURRENT = LineTerms(Money.parse("12000.00"), AnnualRate.parse("0.108000"))
TERMS = some.builds(
    LineTerms,
    some.integers(1, 10**9).map(Money),
    some.builds(AnnualRate, some.integers(0, 300_000), some.sampled_from((360, 365))),
)


def terms(limit: str, rate: str, basis: int = 360) -> LineTerms:
    return LineTerms(Money.parse(limit), AnnualRate.parse(rate, basis))


@pytest.mark.parametrize(
    ("wanted", "now", "proposed"),
    [
        (CURRENT, None, None),
        (terms("9000.00", "0.108000"), terms("9000.00", "0.108000"), None),
        (terms("12000.00", "0.100000"), terms("12000.00", "0.100000"), None),
        (terms("16800.00", "0.108000"), None, terms("16800.00", "0.108000")),
        (terms("12000.00", "0.110000"), None, terms("12000.00", "0.110000")),
        (terms("16800.00", "0.100000"), terms("12000.00", "0.100000"), terms("16800.00", "0.100000")),
        (terms("9000.00", "0.110000"), terms("9000.00", "0.108000"), terms("9000.00", "0.110000")),
        (terms("12000.00", "0.109000", 365), terms("12000.00", "0.109000", 365), None),
    ],
)
def test_a_move_is_divided(wanted: LineTerms, now: LineTerms | None, proposed: LineTerms | None) -> None:
    assert divided(CURRENT, wanted) == Move(now, proposed)


@given(current=TERMS, wanted=TERMS)
def test_nothing_gets_worse_at_once_but_the_limit_and_nothing_is_lost(
    current: LineTerms, wanted: LineTerms
) -> None:
    move = divided(current, wanted)
    at_once = move.now or current
    assert at_once.limit <= current.limit
    assert at_once.rate.on_basis(365) <= current.rate.on_basis(365)
    assert (move.proposed or at_once).limit == wanted.limit
    assert (move.proposed or at_once).rate.on_basis(365) == wanted.rate.on_basis(365)
