from dataclasses import replace
from decimal import Decimal

import pytest

from risk.monitoring.cycle import CycleCosts, CycleGrade, through_the_cycle

COSTS = CycleCosts(Decimal("0.025"), Decimal("0.015"), Decimal("0.60"))
GRADES = (
    CycleGrade("A", Decimal("0.6"), Decimal("0.015"), Decimal("0.072")),
    CycleGrade("C", Decimal("0.4"), Decimal("0.040"), Decimal("0.108")),
)


def test_every_beginning_is_tried_and_the_mean_is_the_same() -> None:
    runs = through_the_cycle(GRADES, COSTS)
    assert len(runs) == 9 and len({run.margin_exact for run in runs}) == 1
    assert {run.starts for run in runs} == {quarter.quarter for quarter in runs[0].quarters}
    calm, peak = runs[0].quarters[0], runs[0].quarters[6]
    assert calm.default_rate_exact == Decimal("0.0250") and calm.overlay_exact == 0
    assert calm.margin_exact == Decimal("0.029024")  # 0.6 x 2.192 % + 0.4 x 3.968 %
    assert peak.overlay_exact.quantize(Decimal("0.01")) == Decimal("1.19")  # 3.11 times 2.5 %
    assert peak.margin_exact < calm.margin_exact


def test_one_who_begins_at_the_peak_falls_deepest() -> None:
    thin = tuple(replace(grade, annual_rate=grade.annual_rate - Decimal("0.02")) for grade in GRADES)
    runs = {run.starts: run for run in through_the_cycle(thin, COSTS)}
    assert min(runs.values(), key=lambda run: run.trough_exact).starts == "2020Q1"
    assert runs["2018Q4"].trough_exact > runs["2020Q1"].trough_exact


def test_a_price_that_only_calm_years_carry_is_named() -> None:
    assert through_the_cycle(GRADES, COSTS)[0].losing_grades == ()
    cheap = (GRADES[0], replace(GRADES[1], annual_rate=Decimal("0.07")))
    runs = through_the_cycle(cheap, COSTS)
    assert all(run.losing_grades == ("C",) for run in runs)
    assert dict(runs[0].quarters[0].by_grade)["C"] > 0  # the calm quarter does not show it


def test_shares_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add up"):
        through_the_cycle(GRADES[:1], COSTS)
