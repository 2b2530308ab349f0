"""The ratio of what is secured to what a thing is worth (S2-39)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lending.collateral.ltv import Appraisal, Ground, Verdict, appraise, ratio, within

EIGHTY = Decimal("0.800000")
TODAY, LATER = date(2026, 11, 2), date(2027, 11, 2)
AMOUNTS = some.integers(min_value=1, max_value=10**12)


def judged(**changes: object) -> Appraisal:
    given = {
        "secured": 80_000_000,
        "prior": 0,
        "value": 100_000_000,
        "valuation_expires": LATER,
        "max_ltv": EIGHTY,
        "needs_community": True,
        "community_listed": True,
        "on_date": TODAY,
    }
    return appraise(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "verdict", "grounds", "ltv"),
    [
        ({}, Verdict.ACCEPTED, (), "0.800000"),
        ({"secured": 80_010_000}, Verdict.REFUSED, (Ground.LTV_EXCEEDED,), "0.800100"),
        ({"secured": 80_000_001}, Verdict.REFUSED, (Ground.LTV_EXCEEDED,), "0.800001"),
        ({"secured": 50_000_000, "prior": 30_010_000}, Verdict.REFUSED, (Ground.LTV_EXCEEDED,), "0.800100"),
        ({"community_listed": False}, Verdict.REVIEW, (Ground.COMMUNITY_NOT_LISTED,), "0.800000"),
        ({"community_listed": False, "needs_community": False}, Verdict.ACCEPTED, (), "0.800000"),
        ({"valuation_expires": TODAY}, Verdict.REFUSED, (Ground.VALUATION_EXPIRED,), "0.800000"),
        (
            {"secured": 80_010_000, "community_listed": False},
            Verdict.REFUSED,
            (Ground.LTV_EXCEEDED,),
            "0.800100",
        ),
    ],
)
def test_the_verdict(
    changes: dict[str, object], verdict: Verdict, grounds: tuple[Ground, ...], ltv: str
) -> None:
    assert judged(**changes) == Appraisal(verdict, grounds, Decimal(ltv))


def test_without_a_value_there_is_no_ratio() -> None:
    assert judged(value=None) == Appraisal(Verdict.REFUSED, (Ground.NOT_VALUED,), None)


@given(secured=AMOUNTS, prior=AMOUNTS, value=AMOUNTS)
def test_the_ratio_shown_never_looks_better_than_it_is(secured: int, prior: int, value: int) -> None:
    shown = ratio(secured=secured, prior=prior, value=value)
    assert shown * value >= secured + prior
    assert within(secured=secured, prior=prior, value=value, max_ltv=EIGHTY) == (shown <= EIGHTY)
