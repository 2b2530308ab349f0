from decimal import Decimal
from math import comb
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from kernel.money import Money
from risk.monitoring.discrimination import (
    Group,
    calibration_curve,
    calibration_slope,
    gini,
    kolmogorov_smirnov,
    rank_order_breaks,
)
from risk.monitoring.intervals import exact_interval, observed_to_expected
from risk.monitoring.stability import stability
from risk.monitoring.stress import NINE_QUARTERS, Slice, multipliers, stress
from risk.scoring.metrics import area_under_curve


def tail(events: int, trials: int, rate: float) -> float:
    """Return the chance of at least so many events, from the definition."""
    return sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(events, trials + 1))


@given(st.integers(1, 60), st.data())
def test_the_interval_ends_where_the_binomial_tail_is_a_fortieth(trials: int, data: st.DataObject) -> None:
    events = data.draw(st.integers(0, trials))
    interval = exact_interval(events, trials)
    assert interval.holds(events / trials)
    if events:
        assert tail(events, trials, interval.low) == pytest.approx(0.025, abs=1e-9)
    if events < trials:
        assert 1 - tail(events + 1, trials, interval.high) == pytest.approx(0.025, abs=1e-9)


def test_the_interval_of_nothing_seen() -> None:
    assert exact_interval(0, 0).low == 0.0 and exact_interval(0, 0).high == 1.0
    assert exact_interval(0, 100).high == pytest.approx(0.0362, abs=1e-4)  # about 3.7 / n
    with pytest.raises(ValueError, match="no share"):
        exact_interval(3, 2)


def test_observed_to_expected_is_off_only_beyond_chance() -> None:
    right = observed_to_expected(30, 1000, 25.0)
    wrong = observed_to_expected(60, 1000, 25.0)
    assert right is not None and right.ratio == pytest.approx(1.2) and not right.is_off
    assert wrong is not None and wrong.ratio == pytest.approx(2.4) and wrong.is_off
    assert observed_to_expected(0, 0, 0.0) is None


def drawn(seed: int, count: int, *, slope: float = 1.0) -> list[Group]:
    chance = np.random.default_rng(seed)
    pds = np.round(expit(chance.normal(-2.5, 1.0, size=count)), 4)
    bads = chance.random(count) < expit(slope * logit(pds))
    return [Group(float(pd), 1, int(gone)) for pd, gone in zip(pds, bads, strict=True)]


def test_gini_and_its_interval_agree_with_the_definition_and_with_repetition() -> None:
    groups = drawn(1, 3000)
    found = gini(groups)
    assert found is not None
    area = area_under_curve([group.pd for group in groups], [group.bads == 1 for group in groups])
    assert found.value == pytest.approx(2 * area - 1)
    again = [gini(drawn(seed, 3000)) for seed in range(100, 160)]
    values = [estimate.value for estimate in again if estimate]
    truth = float(np.mean(values))
    covered = sum(estimate.interval.holds(truth) for estimate in again if estimate)
    assert covered >= 52  # 57 of 60 expected


def test_ks_is_the_widest_gap_and_its_interval_comes_again() -> None:
    groups = [Group(0.01, 100, 5), Group(0.05, 100, 15), Group(0.2, 100, 40)]
    found = kolmogorov_smirnov(groups)
    assert found is not None and found.value == pytest.approx(180 / 240 - 20 / 60)
    assert found.interval.holds(found.value)
    assert kolmogorov_smirnov(groups) == found
    assert kolmogorov_smirnov([Group(0.01, 100, 9)]) is None and gini([Group(0.01, 100, 9)]) is None


@pytest.mark.parametrize("slope", [0.5, 1.0, 1.4])
def test_the_calibration_slope_is_found(slope: float) -> None:
    again = [calibration_slope(drawn(seed, 4000, slope=slope)) for seed in range(20)]
    found = [estimate for estimate in again if estimate]
    assert sum(estimate.interval.holds(slope) for estimate in found) >= 16  # 19 of 20 expected
    assert np.mean([estimate.value for estimate in found]) == pytest.approx(slope, abs=0.07)


def test_a_slope_needs_two_probabilities_and_outcomes() -> None:
    assert calibration_slope([Group(0.1, 1000, 100)]) is None
    assert calibration_slope([Group(0.1, 50, 4), Group(0.2, 50, 5)]) is None


def test_a_rank_break_is_named_with_its_chance() -> None:
    assert rank_order_breaks([("A", 500, 5), ("B", 500, 9), ("C", 0, 0), ("D", 300, 30)]) == ()
    [small] = rank_order_breaks([("A", 10, 1), ("B", 10, 0)])
    assert (small.safer, small.riskier) == ("A", "B") and small.chance == pytest.approx(0.5)
    [large] = rank_order_breaks([("A", 1000, 60), ("B", 1000, 20)])
    assert large.chance < 1e-5


def test_the_curve_keeps_equal_probabilities_together() -> None:
    points = calibration_curve([Group(0.02, 90, 2), Group(0.05, 10, 1), Group(0.3, 20, 6)], points=4)
    assert [(point.loans, point.seen) for point in points] == [(90, 2 / 90), (10, 0.1), (20, 0.3)]
    assert sum(point.loans * point.stated for point in points) == pytest.approx(90 * 0.02 + 0.5 + 6)


def test_the_index_is_nothing_at_rest_and_grows_with_the_move() -> None:
    reference = {"0": 0.25, "1": 0.25, "2": 0.5}
    at_rest = stability(reference, {"0": 25, "1": 25, "2": 50})
    moved = stability(reference, {"0": 10, "1": 20, "2": 70})
    silent = stability(reference, {"unknown": 40, "0": 15, "1": 15, "2": 30})
    assert at_rest is not None and at_rest.index == pytest.approx(0.0) and at_rest.band == "stable"
    assert moved is not None and moved.band == "moving"
    assert silent is not None and silent.band == "shifted"
    assert sum(row.index for row in silent.bins) == pytest.approx(silent.index)
    assert stability(reference, {}) is None


def test_the_shape_is_the_nine_figures_and_peaks_at_three_point_one() -> None:
    assert " ".join(map(str, NINE_QUARTERS.values())) == "0.9 0.9 1.0 1.1 1.3 2.2 2.8 2.0 1.5"
    found = multipliers()
    assert max(found.values()) == found["2020Q2"]
    assert (found["2018Q4"], found["2020Q2"].quantize(Decimal("0.1"))) == (1, Decimal("3.1"))
    for shape in ({}, {"a": Decimal(0), "b": Decimal(1)}, {"a": Decimal(1), "b": Decimal(-1)}):
        with pytest.raises(ValueError, match="shape"):
            multipliers(shape)


def test_stress_swells_what_can_still_default_and_never_beyond_all_of_it() -> None:
    book = (
        Slice("retail 1", Money.parse("1000000.00"), Money.parse("9000.00"), Decimal("0.45")),
        Slice("retail 2", Money.parse("100000.00"), Money.parse("20000.00"), Decimal("0.45")),
        Slice("retail 3", Money.parse("50000.00"), Money.parse("30000.00"), Decimal("0.60"), defaulted=True),
    )
    report = stress(book)
    assert report.base_loss == report.quarters[0].expected_loss == Money.parse("59000.00")
    peak = report.quarters[6]
    assert report.peak_quarter == peak.quarter == "2020Q2"
    assert dict(peak.by_slice) == {
        "retail 1": Money.parse("28000.00"),
        "retail 2": Money.parse("45000.00"),  # capped: 62,222.22 would be more than everyone defaulting
        "retail 3": Money.parse("30000.00"),
    }
    assert report.beyond_base == Money.parse("44000.00")
    assert [q.expected_loss.minor for q in report.quarters[:7]] == sorted(
        q.expected_loss.minor for q in report.quarters[:7]
    )


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_bigger_book_never_loses_less_under_stress(exposure: int, more: int) -> None:
    chance = Random(exposure)
    loss = int(exposure * chance.random() * 0.2)
    small = Slice("a", Money(exposure), Money(loss), Decimal("0.45"))
    large = Slice("a", Money(exposure + more), Money(loss + more // 50), Decimal("0.45"))
    for before, after in zip(stress([small]).quarters, stress([large]).quarters, strict=True):
        assert before.expected_loss <= after.expected_loss
