"""What a guarantor answers for, what it costs, how recoveries are shared. Pure."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kernel.money import Money
from kernel.rates import AnnualRate
from lending.guarantees.shares import covered, shared
from lending.guarantees.states import MOVES, ClaimStateConflict, ClaimStatus, require_move
from lending.products.costs import cost_of
from lending.products.terms import ProductTerms

TERM = ProductTerms(
    code="guaranteed",
    name_zh="担保贷",
    name_en="Guaranteed loan",
    limit_min=Money.parse("5000"),
    limit_max=Money.parse("100000"),
    draw_min=Money.parse("100"),
    annual_rate=AnnualRate.parse("0.15"),
    overdue_uplift=Decimal("0.4"),
    repayment_method="level_instalment",
    instalment_count=12,
    revolving=False,
    day_count="30/360",
)


def percent(terms: ProductTerms, monthly_fee: str, days: int = 30) -> str:
    cost = cost_of(terms, amount=Money.parse("100000"), days=days, monthly_fee=Decimal(monthly_fee))
    return f"{cost * 100:.2f}"


def test_a_guarantors_fee_is_part_of_the_cost() -> None:
    """Rules 2.2 C and D: 15 % and 450 a month on 100,000 are 24.41 %, 18 % and 500 are 28.36 %."""
    assert percent(TERM, "0") == "15.00"
    assert percent(TERM, "0.0045") == "24.41"
    assert percent(replace(TERM, annual_rate=AnnualRate.parse("0.18")), "0.005") == "28.36"
    line = replace(TERM, repayment_method="daily_interest", annual_rate=AnnualRate.parse("0.072"))
    # By the day: 7.2 % on 360 and a half per cent a month are 13.2 % on 360, however long the draw.
    assert {percent(line, "0.005", days) for days in (1, 30, 365)} == {"13.38"}


@pytest.mark.parametrize(
    ("owed", "room", "may_claim"),
    [(100, 1000, 80), (101, 1000, 80), (1000, 500, 500), (0, 500, 0), (100, 0, 0)],
)
def test_the_cover(owed: int, room: int, may_claim: int) -> None:
    assert covered(owed=owed, coverage_ppm=800_000, room=room) == may_claim


@pytest.mark.parametrize(
    ("amount", "theirs", "banks", "parts"),
    [
        (1_000, 5_000, 5_000, (200, 800)),
        (1, 5_000, 5_000, (0, 1)),  # the odd fen goes to the larger remainder
        (1_000, 300, 5_000, (700, 300)),  # the guarantor has the rest already
        (1_000, 5_000, 50, (50, 950)),  # the loan is nearly paid
        (1_000, 5_000, 0, (0, 1_000)),
        (1_000, 600, 400, (400, 600)),
    ],
)
def test_a_recovery_is_shared(amount: int, theirs: int, banks: int, parts: tuple[int, int]) -> None:
    found = shared(amount=amount, coverage_ppm=800_000, owed_to_guarantor=theirs, owed_to_bank=banks)
    assert found == parts
    assert sum(found) == amount


def test_a_claim_moves_only_as_the_table_says() -> None:
    for current in ClaimStatus:
        for wanted in ClaimStatus:
            if wanted in MOVES[current]:
                require_move(current=current, wanted=wanted)
            else:
                with pytest.raises(ClaimStateConflict):
                    require_move(current=current, wanted=wanted)
