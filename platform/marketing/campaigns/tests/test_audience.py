"""Who is offered how much, without a database."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from kernel.money import Money
from marketing.campaigns.audience import AudienceRule, OfferTerms, RuleInvalid, Selected, select
from openbanking.receipts.queries import AudienceRow

TODAY = date(2026, 11, 2)
SHOP, OTHER, FIRST_SCENE, SECOND_SCENE = (UUID(int=number) for number in range(4))
RULE = AudienceRule.parse(
    {
        "median_daily_receipts_min": "500.00",
        "active_days_min": 60,
        "refund_rate_max": "0.05",
        "history_days_min": 90,
    }
)
TERMS = OfferTerms(Decimal("8.5"), Money.parse("1000"), Money.parse("5000"), Money.parse("300000"))


def takings(enterprise: UUID = SHOP, scene: UUID = FIRST_SCENE, **changes: Any) -> AudienceRow:
    row = {
        "active_days": 86,
        "median_daily": Money.parse("1460.00"),
        "sales": Money.parse("125000.00"),
        "refunds": Money.parse("1000.00"),
        "first_day": date(2025, 11, 1),
    }
    return AudienceRow(enterprise_id=enterprise, scene_id=scene, **{**row, **changes})


def chosen(rows: Any, consented: frozenset[tuple[UUID, UUID]] | None = None) -> tuple[Selected, ...]:
    willing = frozenset((row.enterprise_id, row.scene_id) for row in rows) if consented is None else consented
    return select(rows, rule=RULE, terms=TERMS, consented=willing, as_of_date=TODAY)


def test_the_noodle_shop_is_offered_twelve_thousand() -> None:
    """J3: median 1,460 a day, 86 active days, refunds 0.8 %."""
    (offer,) = chosen([takings()])
    assert offer.amount == Money.parse("12000.00")


@pytest.mark.parametrize(
    "changes",
    [
        {"active_days": 59},
        {"median_daily": Money.parse("499.99")},
        {"refunds": Money.parse("6250.01")},
        {"first_day": date(2026, 8, 5)},
    ],
)
def test_each_condition_leaves_out_who_just_misses_it(changes: Any) -> None:
    assert chosen([takings(**changes)]) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"active_days": 60},
        {"median_daily": Money.parse("588.24")},
        {"refunds": Money.parse("6250.00")},
        {"first_day": date(2026, 8, 4)},
    ],
)
def test_each_condition_admits_who_just_meets_it(changes: Any) -> None:
    assert len(chosen([takings(**changes)])) == 1


def test_without_consent_nobody_is_looked_at() -> None:
    assert chosen([takings()], consented=frozenset()) == ()
    assert chosen([takings()], consented=frozenset({(SHOP, SECOND_SCENE)})) == ()


def test_one_offer_each_through_the_scene_of_the_most_takings() -> None:
    rows = [takings(), takings(scene=SECOND_SCENE, median_daily=Money.parse("3000")), takings(OTHER)]
    assert [(offer.enterprise_id, offer.scene_id) for offer in chosen(rows)] == [
        (SHOP, SECOND_SCENE),
        (OTHER, FIRST_SCENE),
    ]


@pytest.mark.parametrize(
    ("median", "amount"),
    [("588.23", None), ("588.24", "5000"), ("705.88", "5000"), ("705.89", "6000"), ("100000", "300000")],
)
def test_amounts_go_down_to_a_step_within_bounds(median: str, amount: Any) -> None:
    assert TERMS.amount(Money.parse(median)) == (None if amount is None else Money.parse(amount))


@pytest.mark.parametrize(
    "document",
    [
        {"target_approval_rate": "0.9"},
        {"active_days_min": "60"},
        {"active_days_min": True},
        {"active_days_min": -1},
        {"median_daily_receipts_min": 500},
        {"median_daily_receipts_min": "much"},
        {"refund_rate_max": "x"},
    ],
)
def test_an_unknown_key_or_value_is_refused(document: dict[str, object]) -> None:
    """R-12: there is no way to write a promised approval rate."""
    with pytest.raises(RuleInvalid):
        AudienceRule.parse(document)
