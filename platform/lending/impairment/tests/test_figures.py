"""两增两控 and what expected losses change in the books, to the fen. Pure."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kernel.money import Money
from lending.impairment.inclusive import Population, inclusive_report
from lending.impairment.movements import movements

MUST = {
    "growth_at_least_all_loans": "must",
    "borrowers_at_least_start": "must",
    "npl_gap_max": "0.030000",
    "rate_not_above_start": "must",
}
LATER = {**MUST, "growth_at_least_all_loans": "should", "borrowers_at_least_start": "report"}


def hundred_million(text: str) -> Money:
    return Money.parse(Decimal(text) * 10**8)


BASE = Population(
    inclusive_balance=hundred_million("12.0"),
    all_balance=hundred_million("100"),
    borrower_count=4_100,
    inclusive_npl=hundred_million("0.24"),
    all_npl=hundred_million("1.4"),
    new_rate_exact=Decimal("0.0502"),
)
NOW = Population(
    inclusive_balance=hundred_million("15.1"),
    all_balance=hundred_million("112"),
    borrower_count=4_386,
    inclusive_npl=hundred_million("0.3171"),
    all_npl=hundred_million("1.568"),
    new_rate_exact=Decimal("0.0486"),
)


def test_the_worked_example() -> None:
    report = inclusive_report(base=BASE, now=NOW, standard=MUST)
    growth, gap, rate = (report.get(name) for name in ("balance_growth", "npl_gap", "new_loan_rate"))
    assert growth.found_exact is not None
    assert growth.against_exact is not None
    assert f"{growth.found_exact * 100:.2f} {growth.against_exact * 100:.2f}" == "25.83 12.00"
    assert gap.found_exact == Decimal("0.007")
    assert (report.get("borrowers").found_exact, report.get("borrowers").against_exact) == (4_386, 4_100)
    assert (rate.found_exact, rate.against_exact) == (Decimal("0.0486"), Decimal("0.0502"))
    assert [found.holds for found in report.indicators] == [True] * 4
    assert report.passes


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"inclusive_balance": hundred_million("13.43")}, "balance_growth"),
        ({"borrower_count": 4_099}, "borrowers"),
        ({"inclusive_npl": hundred_million("0.66441")}, "npl_gap"),
        ({"new_rate_exact": Decimal("0.0503")}, "new_loan_rate"),
    ],
)
def test_each_indicator_fails_by_itself(change: dict[str, object], name: str) -> None:
    report = inclusive_report(base=BASE, now=replace(NOW, **change), standard=MUST)  # type: ignore[arg-type]
    assert [found.name for found in report.indicators if found.holds is False] == [name]
    assert not report.passes


def test_another_years_set_gives_another_verdict_on_the_same_data() -> None:
    fewer = replace(NOW, borrower_count=4_000)
    assert not inclusive_report(base=BASE, now=fewer, standard=MUST).passes
    assert inclusive_report(base=BASE, now=fewer, standard=LATER).passes


def test_nothing_to_hold_against_is_not_a_failure() -> None:
    empty = replace(BASE, inclusive_balance=Money(0), inclusive_npl=Money(0), new_rate_exact=None)
    report = inclusive_report(base=empty, now=empty, standard=MUST)
    assert [found.holds for found in report.indicators] == [None, True, None, None]


def test_the_first_run_charges_what_it_asks_for() -> None:
    found = movements(
        held={1: 0, 2: 0, 3: 0}, held_commitment=0, target={1: 900, 2: 0, 3: 60}, target_commitment=5
    )
    assert (found.transferred, found.charged, found.released) == (
        {},
        {"stage_1": 900, "stage_3": 60, "commitment": 5},
        {},
    )
    assert found.net_charge == 965


def test_allowances_move_with_their_loans_before_anything_is_charged() -> None:
    found = movements(
        held={1: 90_000, 2: 0, 3: 0},
        held_commitment=500,
        target={1: 45_000, 2: 202_500, 3: 0},
        target_commitment=100,
        transfers=[(1, 2, 45_000)],
    )
    assert found.transferred == {"from_1_to_2": 45_000}
    assert (found.charged, found.released) == ({"stage_2": 157_500}, {"commitment": 400})


def test_a_stage_gives_no_more_than_it_holds() -> None:
    found = movements(
        held={1: 0, 2: 0, 3: 10},
        held_commitment=0,
        target={1: 0, 2: 30, 3: 0},
        target_commitment=0,
        transfers=[(3, 2, 60), (3, 1, 5)],
    )
    assert (found.transferred, found.charged, found.released) == ({"from_3_to_2": 10}, {"stage_2": 20}, {})
