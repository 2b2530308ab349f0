from decimal import Decimal
from random import Random

import pytest

from risk.scoring.abstention import (
    Abstention,
    AbstentionInvalid,
    abstains,
    calibrate_abstention,
    compile_abstention,
)

SECTION = {"level": "0.90", "good_up_to": "0.080000", "bad_from": "0.030000", "goods": 900, "bads": 60}


def applicants(chance: Random, count: int, sharpness: float) -> tuple[list[Decimal], list[bool]]:
    """Draw PDs whose ranking is worth `sharpness`; the PDs need not be calibrated for coverage to hold."""
    bad = [chance.random() < 0.1 for _ in range(count)]
    scores = [chance.gauss(sharpness if gone else 0.0, 1.0) for gone in bad]
    return [Decimal(f"{1 / (1 + 9 * 2.718281828**-score):.6f}") for score in scores], bad


@pytest.mark.parametrize(("level", "sharpness"), [("0.90", 1.0), ("0.80", 2.0), ("0.95", 0.0)])
def test_each_class_is_covered_at_the_level_however_poor_the_model(level: str, sharpness: float) -> None:
    chance = Random(11)
    kept = {True: 0, False: 0}
    seen = {True: 0, False: 0}
    for _ in range(60):
        table = compile_abstention(
            calibrate_abstention(*applicants(chance, 1000, sharpness), level=Decimal(level)), {}
        )
        for pd, gone in zip(*applicants(chance, 1000, sharpness), strict=True):
            seen[gone] += 1
            kept[gone] += ("bad" if gone else "good") in table.labels(pd)
    for gone in (True, False):
        covered = kept[gone] / seen[gone]
        assert float(level) - 0.01 <= covered <= float(level) + 0.03, (gone, covered)


def test_a_better_model_refers_fewer() -> None:
    shares = []
    for sharpness in (0.5, 1.5, 3.0):
        chance = Random(5)
        section = calibrate_abstention(*applicants(chance, 4000, sharpness), level=Decimal("0.90"))
        table = compile_abstention(section, {})
        shares.append(sum(abstains(pd, table) for pd in applicants(chance, 4000, sharpness)[0]) / 4000)
    assert shares[0] > 0.6 > shares[1] > 0.3 > shares[2]


def test_both_labels_and_none_are_referred_and_one_is_not() -> None:
    both = compile_abstention(SECTION, {})
    assert [abstains(Decimal(pd), both) for pd in ("0.029999", "0.030000", "0.080000", "0.080001")] == [
        False,
        True,
        True,
        False,
    ]
    neither = Abstention(Decimal("0.6"), Decimal("0.02"), Decimal("0.05"))
    assert neither.labels(Decimal("0.03")) == frozenset()
    assert abstains(Decimal("0.03"), neither)
    assert not abstains(Decimal("0.02"), neither)


def test_too_few_outcomes_make_no_table() -> None:
    with pytest.raises(AbstentionInvalid, match="19 bads"):
        calibrate_abstention([Decimal("0.1")] * 119, [True] * 19 + [False] * 100, level=Decimal("0.9"))


def test_with_too_few_for_the_level_the_label_is_always_credible() -> None:
    section = calibrate_abstention(
        [Decimal("0.1")] * 25 + [Decimal("0.02")] * 200, [True] * 25 + [False] * 200, level=Decimal("0.99")
    )
    assert section["bad_from"] == "0"
    assert section["good_up_to"] == "0.02"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"level": "0.49"}, "pd.abstention.level"),
        ({"level": "1"}, "pd.abstention.level"),
        ({"level": 0.9}, "pd.abstention.level"),
        ({"good_up_to": "NaN"}, "pd.abstention.good_up_to"),
        ({"bad_from": "1.5"}, "pd.abstention.bad_from"),
        ({"bad_from": None}, "pd.abstention.bad_from"),
        ({"goods": 3}, "pd.abstention.goods"),
        ({"bads": True}, "pd.abstention.bads"),
        ({"extra": 1}, "pd.abstention"),
    ],
)
def test_a_malformed_section_is_refused_with_its_place(change: dict[str, object], place: str) -> None:
    with pytest.raises(AbstentionInvalid) as refused:
        compile_abstention(SECTION | change, {})
    assert refused.value.params["path"] == place
