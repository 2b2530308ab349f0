"""Forecasts held against what came, on shops that nothing was tuned on (S1-05); the scene's score (S2-47)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import orjson
import pytest

from kernel.money import Money
from risk.features.forecast import HORIZONS_DAYS, forecast, forecast_facts
from risk.features.scene_quality import SceneRecord, scene_facts, scene_quality
from testkit.receipts import Merchant, Shape, retail_shop, synthetic_merchants

END = date(2026, 11, 2)
UNSEEN_SEED = 77


def days_of(merchant: Merchant) -> list[tuple[date, int]]:
    sums: dict[date, int] = defaultdict(int)
    for line in merchant.ndjson():
        row = orjson.loads(line)
        if row["kind"] == "sale":
            sums[date.fromisoformat(row["paid_at"][:10])] += Money.parse(row["amount"]).minor
    return sorted(sums.items())


def held(days: list[tuple[date, int]], horizon: int, *, every: int) -> Iterator[bool]:
    """Yield for every so many days whether what came in the horizon lay within the interval."""
    as_of = days[0][0] + timedelta(days=120)
    while as_of + timedelta(days=horizon) <= days[-1][0] + timedelta(days=1):
        end = as_of + timedelta(days=horizon)
        found = forecast([day for day in days if day[0] < as_of], as_of_date=as_of, horizon_days=horizon)
        assert found is not None
        came = Money(sum(fen for day, fen in days if as_of <= day < end))
        yield found.low <= came <= found.high
        as_of += timedelta(days=every)


def test_four_intervals_in_five_hold() -> None:
    """Two in three of the merchants are not steady; the real shop's few windows are counted with them."""
    merchants = synthetic_merchants(count=36, seed=UNSEEN_SEED, end_date=END)
    shops = [days_of(one) for one in merchants if one.shape not in (Shape.BRUSHED, Shape.SHORT_HISTORY)]
    shops.append(days_of(retail_shop(end_date=END)))
    for horizon in HORIZONS_DAYS:
        hits = [hit for days in shops for hit in held(days, horizon, every=45)]
        assert len(hits) > 120
        assert 0.75 <= sum(hits) / len(hits) <= 0.85, (horizon, sum(hits), len(hits))


def test_a_steady_shop_is_forecast_as_it_is() -> None:
    days = [(END - timedelta(days=ago), 50_000) for ago in range(200, 0, -1)]
    found = forecast(days, as_of_date=END, horizon_days=30)
    assert found is not None
    assert found.low < found.expected < found.high
    assert abs(found.expected.minor - 1_500_000) < 5_000


def test_a_short_past_and_a_shop_that_took_nothing_have_no_forecast() -> None:
    days = [(END - timedelta(days=ago), 50_000) for ago in range(55, 0, -1)]
    numbers, sales = [day.toordinal() for day, _ in days], [fen for _, fen in days]
    assert set(forecast_facts(numbers, sales, as_of_date=END).values()) == {None}
    assert forecast([(END - timedelta(days=200), 1)], as_of_date=END, horizon_days=30) is None
    assert forecast([], as_of_date=END, horizon_days=30) is None


def record(**changes: int) -> SceneRecord:
    sound = {"days_expected": 90, "days_delivered": 81, "sale_count": 1_000, "late_count": 0}
    sound |= {"payer_known_count": 900, "doubtful_count": 50, "rows_read": 1_000, "rows_rejected": 10}
    return SceneRecord(**{**sound, **changes})


def test_a_scene_that_keeps_its_contract_has_full_weight() -> None:
    found = scene_quality([record()])
    assert found is not None
    assert (found.completeness, found.authenticity) == (Decimal("0.855000"), Decimal("0.940500"))
    assert found.weight == 1
    assert scene_quality([]) is None
    assert set(scene_facts([record(sale_count=0)]).values()) == {None}


@pytest.mark.parametrize(
    "breach",
    [
        {"days_delivered": 30},
        {"late_count": 900},
        {"payer_known_count": 0},
        {"doubtful_count": 500},
        {"rows_rejected": 300},
    ],
)
def test_a_breach_lowers_the_scenes_weight(breach: dict[str, int]) -> None:
    sound, worse = scene_quality([record()]), scene_quality([record(**breach)])
    assert sound is not None
    assert worse is not None
    assert worse.weight < sound.weight
    both = scene_quality([record(), record(**breach)])
    assert both is not None
    assert worse.weight < both.weight <= sound.weight
