"""The challenger without scikit-learn gives scikit-learn's answer; the champion stays near and monotone."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from risk.scoring.boosted import boosted_card
from risk.scoring.calibration import calibrated, cautious_rate, levelled
from risk.scoring.challenger import Challenger, Recipe, as_table
from risk.scoring.champion import fit_scorecard
from risk.scoring.fairness import by_group
from risk.scoring.figures import (
    calibration_error,
    calibration_slope,
    fitted_line,
    measure,
    probability,
    ranking,
)
from risk.scoring.frame import Encoder, Frame
from risk.scoring.train import HERE, read_loans, train_challenger
from risk.scoring.trees import TreesInvalid, trees_from

ROWS = 3000


def world(seed: int) -> Frame:
    dice = np.random.default_rng(seed)
    size, debt = dice.normal(size=ROWS), dice.exponential(size=ROWS)
    noise = dice.normal(size=ROWS)
    trade = dice.choice(np.array([f"t{at}" for at in range(20)], dtype=object), ROWS)
    risky = np.array([name in ("t1", "t2") for name in trade])
    odds = -2 - size + 0.8 * debt + 1.5 * risky
    bad = (dice.random(ROWS) < 1 / (1 + np.exp(-odds))).astype(float)
    size[dice.random(ROWS) < 0.1] = np.nan
    return Frame({"size": size, "debt": debt, "noise": noise}, {"trade": trade}, bad)


def test_the_plain_table_equals_scikit_learn() -> None:
    frame = world(1)
    matrix = Encoder(frame).matrix(frame)
    with threadpool_limits(limits=1):
        model = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=12, random_state=0)
        model.fit(matrix, frame.bad)
    names = ["size", "debt", "noise", "trade"]

    run = trees_from(json.loads(json.dumps(as_table(model, names))))

    expected = model.decision_function(matrix)
    found = [run.log_odds(dict(zip(names, row, strict=True))) for row in matrix.tolist()]
    assert np.abs(np.array(found) - expected).max() <= 1e-9
    assert run.log_odds({}) == pytest.approx(model.decision_function(np.full((1, 4), np.nan))[0], abs=1e-9)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"trees": [[[0, 1.0, 0, 1, 1], [0.5]]]}, "back"),
        ({"trees": [[[0, 1.0, 1, 9, 1], [0.5]]]}, "nowhere"),
        ({"trees": [[[7, 1.0, 1, 2, 1], [0.5], [0.1]]]}, "nowhere"),
        ({"trees": [[[float("nan")]]]}, "finite"),
        ({"trees": [[[1, 2, 3]]]}, "neither"),
        ({"trees": [[]]}, "without nodes"),
        ({"trees": []}, "nodes"),
        ({"baseline": "x"}, "finite"),
        ({"names": None}, "TypeError"),
    ],
)
def test_bad_tables_are_refused(change: dict[str, Any], says: str) -> None:
    table = {"names": ["a"], "baseline": 0.0, "trees": [[[0.5]]]} | change
    with pytest.raises(TreesInvalid, match=says):
        trees_from(table)


def test_the_committed_challenger_is_what_training_makes_and_the_card_is_near_it() -> None:
    committed = json.loads((HERE / "cards" / "sba_challenger_v1.json").read_text(encoding="utf-8"))

    made = train_challenger(read_loans(HERE / "data" / "sba_trimmed.csv.gz"))

    assert len(made["table"]["trees"]) == len(committed["table"]["trees"])
    for who, row in committed["figures"].items():
        assert made["figures"][who] == pytest.approx(row, abs=1e-3)
    assert committed["champion_is_within"] <= 0.015
    assert committed["leak_report"] == []
    card = (HERE / "cards" / "sba_challenger_v1.md").read_text(encoding="utf-8")
    assert card == boosted_card(committed)


def test_champion_is_monotone_small_and_near_the_challenger() -> None:
    seen, later = world(2), world(3)

    card = fit_scorecard(seen)

    assert len(card.parts) <= 12
    for part in card.parts:
        if part.numeric:
            assert list(part.points) in (sorted(part.points), sorted(part.points, reverse=True))
        assert part.unknown_points <= 0
    assert all(isinstance(points, int) for part in card.parts for points in part.points)
    boosted = Challenger(seen, Recipe(seeds=1, rounds=60, forests=20, forest_least=5))
    champion, challenger = (
        ranking(card.log_odds(later), later.bad),
        ranking(boosted.log_odds(later), later.bad),
    )
    assert min(champion, challenger) > 0.75
    assert challenger - champion <= 0.015


def test_silence_can_be_held_neutral() -> None:
    frame = world(4)
    debt = frame.numbers["debt"].copy()
    debt[(frame.bad == 1) & (np.arange(ROWS) % 2 == 0)] = np.nan
    silent = Frame({**frame.numbers, "debt": debt}, frame.categories, frame.bad)

    [loud] = [part for part in fit_scorecard(silent).parts if part.binning.fact == "debt"]
    [quiet] = [part for part in fit_scorecard(silent, ["debt"]).parts if part.binning.fact == "debt"]

    assert loud.unknown_points < 0
    assert quiet.unknown_points == 0


def test_a_training_row_never_weighs_itself() -> None:
    """Twenty values without meaning: on its own rows the weight must not rank."""
    dice = np.random.default_rng(5)
    names = dice.choice(np.array([f"n{at}" for at in range(400)], dtype=object), ROWS)
    frame = Frame({}, {"name": names}, (dice.random(ROWS) < 0.3).astype(float))
    encoder = Encoder(frame)

    assert ranking(encoder.matrix(frame)[:, 0], frame.bad) > 0.6
    assert abs(ranking(encoder.training_matrix(frame)[:, 0], frame.bad) - 0.5) < 0.03


def test_calibration_brings_level_and_slope() -> None:
    dice = np.random.default_rng(6)
    truth = dice.normal(-1, 1, 20000)
    bad = (dice.random(20000) < probability(truth)).astype(float)

    line = calibrated(3 * truth + 2, bad)

    assert (line.b, line.a) == (pytest.approx(0.333, abs=0.02), pytest.approx(-0.667, abs=0.06))
    assert calibration_error(line.pd(3 * truth + 2), bad) < 0.01
    assert calibration_slope(line.pd(3 * truth + 2), bad) == pytest.approx(1, abs=1e-3)
    assert levelled(truth, 0.5, 0.4).pd(truth).mean() == pytest.approx(0.4, abs=1e-9)
    assert fitted_line(np.zeros(100), np.array([1.0] * 30 + [0.0] * 70))[0] == pytest.approx(-0.847, abs=1e-2)


def test_a_cautious_rate_adds_what_vintages_differ_by() -> None:
    rows = np.array([1000.0, 1000.0, 1000.0])

    assert cautious_rate(rows * 0.2, rows) == pytest.approx(0.2 + (0.2 * 0.8 / 3000) ** 0.5)
    assert cautious_rate(np.array([100.0, 200.0, 300.0]), rows) > 0.25


def test_figures_with_intervals() -> None:
    risk = np.array([0.1, 0.2, 0.3, 0.4] * 50)
    found = measure(risk, np.array([0.0, 0.0, 1.0, 1.0] * 50))

    assert (found.auc, found.ks, found.rows, found.bads) == (1.0, 1.0, 200, 100)
    assert found.auc_low <= found.auc <= found.auc_high
    assert ranking(np.ones(4), np.array([0.0, 1.0, 0.0, 1.0])) == 0.5


def test_fairness_finds_the_group_approved_less() -> None:
    dice = np.random.default_rng(7)
    group = np.array(["a", "b"] * 500, dtype=object)
    pd = dice.random(1000) * 0.5 + np.where(group == "b", 0.3, 0.0)
    bad = (dice.random(1000) < pd).astype(float)

    first, second = by_group("sex", group, pd, bad, approved_share=0.7)

    assert (first.group, first.impact_ratio) == ("a", 1.0)
    assert second.impact_ratio < 0.8
    assert "BELOW FOUR FIFTHS" in second.line()
    assert (
        by_group("id", np.array([str(at) for at in range(1000)], dtype=object), pd, bad, approved_share=0.7)
        == []
    )
