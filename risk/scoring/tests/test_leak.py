"""Planted leaks, each found by its own figure; honest columns pass."""

import numpy as np
import pytest

from risk.scoring.leak import (
    dated_by,
    information_value,
    suspicions_of_gap,
    suspicions_of_numbers,
    suspicions_of_silence,
    suspicions_of_time,
    suspicions_of_values,
)

ROWS = 4000


@pytest.fixture(scope="module")
def bad() -> np.ndarray:
    return (np.random.default_rng(1).random(ROWS) < 0.2).astype(float)


def checks(found: list) -> set[str]:
    return {one.check for one in found}


def test_an_honest_column_passes(bad: np.ndarray) -> None:
    dice = np.random.default_rng(2)
    values = dice.normal(size=ROWS) + 0.5 * bad
    values[dice.random(ROWS) < 0.1] = np.nan

    assert suspicions_of_numbers("income", values, bad) == []
    assert suspicions_of_values("sector", list(dice.choice(["a", "b", "c"], ROWS)), bad) == []


def test_a_term_overwritten_after_the_outcome_is_refused_by_its_grain(bad: np.ndarray) -> None:
    """SBA `Term`: whole years for the good, the month of the charge-off for the bad."""
    dice = np.random.default_rng(3)
    years = dice.integers(1, 20, ROWS) * 12
    term = np.where((bad == 1) & (dice.random(ROWS) < 0.9), years - dice.integers(1, 12, ROWS), years)

    found = suspicions_of_numbers("any_name", term.astype(float), bad)

    assert "granularity gap" in checks(found)
    assert "multiples of 12" in " ".join(one.line() for one in found)


def test_a_column_that_ranks_alone_is_refused_twice(bad: np.ndarray) -> None:
    values = np.random.default_rng(4).normal(size=ROWS) + 2.5 * bad

    assert checks(suspicions_of_numbers("x", values, bad)) == {"information value", "single-feature AUC"}
    assert checks(suspicions_of_numbers("x", -values, bad)) == {"information value", "single-feature AUC"}


def test_a_blank_that_tells_is_refused_as_a_signal_and_not_as_a_value(bad: np.ndarray) -> None:
    """HMEQ `DEBTINC`: missing for most of the bad, rarely for the good."""
    dice = np.random.default_rng(5)
    values = dice.normal(size=ROWS)
    values[(dice.random(ROWS) < 0.65) & (bad == 1)] = np.nan

    found = suspicions_of_numbers("debt", values, bad)

    assert [(one.column, one.check) for one in found] == [("missing debt", "missingness AUC")]
    assert suspicions_of_silence("debt", np.zeros(ROWS, dtype=bool), bad) == []


def test_a_category_that_is_the_label_is_refused(bad: np.ndarray) -> None:
    """CUMCM rating D: every row defaults. Ten rows at a base of one half may be chance, and pass."""
    rating = ["D" if gone and at % 3 == 0 else "ABC"[at % 3] for at, gone in enumerate(bad)]

    found = suspicions_of_values("grade", rating, bad)

    assert "label-identical category" in checks(found)
    assert any("value D" in one.says for one in found)
    coin = np.array([1.0, 0.0] * 50)
    lucky = ["x" if at in range(0, 20, 2) else "y" for at in range(100)]
    assert "label-identical category" not in checks(suspicions_of_values("grade", lucky, coin))


def test_a_sum_written_beside_a_later_date_is_refused() -> None:
    """SBA `DisbursementGross`: it belongs to `DisbursementDate`, which is after the approval."""
    columns = ["DisbursementGross", "DisbursementDate", "ApprovalFY", "NoEmp"]
    families = dated_by(columns, ["DisbursementDate", "ApprovalDate"])
    decided, paid = np.array([10.0, 20.0, 30.0]), np.array([15.0, 25.0, np.nan])

    assert families == {
        "DisbursementGross": "DisbursementDate",
        "DisbursementDate": "DisbursementDate",
        "ApprovalFY": "ApprovalDate",
    }
    (found,) = suspicions_of_time("DisbursementGross", paid, decided, "DisbursementDate")
    assert (found.check, found.figure) == ("share of late rows", 1.0)
    assert suspicions_of_time("ApprovalFY", decided, decided, "ApprovalDate") == []


def test_a_model_of_its_own_moment_is_told() -> None:
    assert suspicions_of_gap("model", 0.78, 0.71) == []
    (found,) = suspicions_of_gap("model", 0.778, 0.666)
    assert found.line() == (
        "model: AUC 0.778 at random against 0.666 out of time (random against out-of-time 0.112, bound 0.08)"
    )


def test_information_value_of_a_known_table() -> None:
    """80 good and 20 bad against 20 good and 80 bad: 2 x .6 x ln 4, less a little smoothing."""
    groups = np.repeat([0, 1], 100)
    bad = np.concatenate([np.repeat([0.0, 1.0], [80, 20]), np.repeat([0.0, 1.0], [20, 80])])

    assert information_value(groups, bad) == pytest.approx(1.63, abs=0.02)
