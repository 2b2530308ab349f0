"""Expected credit loss: E-01, E-02. Pure."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from kernel.rates import AnnualRate
from risk.classification.loss import (
    EclPolicyInvalid,
    LossPoint,
    Scenario,
    expected_loss,
    exposure_at_default,
    read_policy,
    stage_three_interest,
)
from risk.classification.operations import FIRST_POLICY

EAD = 10_000_000
NO_RATE = Decimal(0)


def three(pds: tuple[str, str, str], lgd: str) -> list[Scenario]:
    return [
        Scenario(Decimal(weight), (LossPoint(Decimal(pd), Decimal(lgd), EAD),))
        for weight, pd in zip(("0.6", "0.2", "0.2"), pds, strict=True)
    ]


@pytest.mark.parametrize(
    ("pds", "lgd", "expected"),
    [
        (("0.02", "0.016", "0.024"), "0.45", 90_000),
        (("0.09", "0.072", "0.108"), "0.45", 405_000),
        (("1", "1", "1"), "0.60", 6_000_000),
    ],
)
def test_the_three_stages_of_the_example(pds: tuple[str, str, str], lgd: str, expected: int) -> None:
    assert expected_loss(three(pds, lgd)) == expected


def test_losses_are_discounted_point_by_point_and_rounded_once() -> None:
    points = (
        LossPoint(Decimal("0.01"), Decimal("0.5"), 1_001, Decimal("0.96")),
        LossPoint(Decimal("0.01"), Decimal("0.5"), 501, Decimal("0.92")),
    )
    scenarios = [Scenario(Decimal(weight), points) for weight in ("0.5", "0.25", "0.25")]
    assert expected_loss(scenarios) == 7  # 4.8048 + 2.3046


@pytest.mark.parametrize("weights", [("0.5", "0.5"), ("0.5", "0.3", "0.1"), ()])
def test_fewer_than_three_scenarios_or_weights_that_do_not_add_up_are_refused(
    weights: tuple[str, ...],
) -> None:
    with pytest.raises(EclPolicyInvalid):
        expected_loss([Scenario(Decimal(weight), ()) for weight in weights])


def test_undrawn_credit_counts_by_its_conversion() -> None:
    assert exposure_at_default(drawn=100, undrawn=301, conversion=Decimal("0.5")) == 251
    assert exposure_at_default(drawn=100) == 100


def test_impaired_interest_is_on_what_is_left() -> None:
    rate = AnnualRate.parse("0.072")
    assert stage_three_interest(gross=4_000_000, allowance=2_400_000, rate=rate, days=30) == 9_600
    assert stage_three_interest(gross=4_000_000, allowance=0, rate=rate, days=30) == 24_000
    assert stage_three_interest(gross=100, allowance=200, rate=rate, days=30) == 0


def test_the_first_policy_gives_the_examples_figures() -> None:
    policy = read_policy(FIRST_POLICY)
    assert policy.loss(segment="any", stage=1, ead=EAD, annual_rate=NO_RATE) == 90_000
    assert policy.loss(segment="any", stage=2, ead=EAD, annual_rate=NO_RATE) == 405_000
    by_days = [
        policy.loss(segment="any", stage=3, ead=EAD, days=days, annual_rate=NO_RATE)
        for days in (0, 90, 91, 270, 271, 361)
    ]
    assert by_days == [4_500_000, 4_500_000, 6_000_000, 6_000_000, 8_000_000, EAD]


def changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    document: Any = deepcopy(dict(FIRST_POLICY))
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return document


def test_a_segment_of_its_own_and_the_time_until_the_loss() -> None:
    document = changed(("segments", "fast"), deepcopy(FIRST_POLICY["segments"]["*"]))
    document["segments"]["fast"]["stage_1"] = {"pd": "0.10", "lgd": "1", "years": "0.5"}
    policy = read_policy(document)
    assert policy.loss(segment="fast", stage=1, ead=1_050, annual_rate=Decimal("0.10")) == 100
    assert policy.loss(segment="slow", stage=1, ead=1_050, annual_rate=Decimal("0.10")) == 9


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("scenarios",), FIRST_POLICY["scenarios"][:2]),
        (("scenarios", 0, "weight"), "0.50"),
        (("scenarios", 0, "weight"), "NaN"),
        (("segments",), {"other": FIRST_POLICY["segments"]["*"]}),
        (("segments", "*", "stage_1"), {"pd": "1.2", "lgd": "0.45", "years": "0"}),
        (("segments", "*", "stage_2"), {"pd": "0.09", "lgd": "-0.1", "years": "0"}),
        (("segments", "*", "stage_3"), []),
        (("segments", "*", "stage_3"), [{"from_days": 91, "loss": "0.5"}]),
        (("segments", "*", "stage_3"), [{"from_days": 0, "loss": "1.5"}]),
        (("conversion",), "1.5"),
        (("conversion",), "half"),
        (("cancellable_conversion",), None),
    ],
)
def test_a_policy_that_cannot_be_reckoned_by_is_refused(path: tuple[Any, ...], value: object) -> None:
    with pytest.raises(EclPolicyInvalid):
        read_policy(changed(path, value))
