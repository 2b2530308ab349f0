from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from risk.features.evaluate import DaysInvalid
from risk.features.receipts import DayFigures, receipt_features

AS_OF = date(2026, 9, 1)


def day(ago: int, fen: int, *, sales: int = 10, payers: int | None = 9, refunds: int = 0) -> DayFigures:
    return DayFigures(
        AS_OF - timedelta(days=ago), sales, Money(fen), int(refunds > 0), Money(refunds), payers
    )


def shop(days: int, fen: int, **more: int) -> list[DayFigures]:
    return [day(ago, fen, **more) for ago in range(days, 0, -1)]


def test_no_data_is_unknown_and_not_zero() -> None:
    facts = receipt_features(days=[], as_of_date=AS_OF)

    assert set(facts.values()) == {None}


def test_days_without_a_sale_are_no_data_either() -> None:
    empty = DayFigures(AS_OF - timedelta(days=3), 0, Money(0), 1, Money(500), 0)

    assert set(receipt_features(days=[empty], as_of_date=AS_OF).values()) == {None}


def test_a_steady_shop_to_the_fen() -> None:
    days = [*shop(200, 50_000)[:-90], *(day(ago, 60_000, refunds=600) for ago in range(90, 0, -1))]

    facts = receipt_features(days=days, as_of_date=AS_OF)

    assert facts == {
        "receipts.median_daily_90d": Decimal("600.00"),
        "receipts.median_calendar_90d": Decimal("600.00"),
        "receipts.median_calendar_prior_90d": Decimal("500.00"),
        "receipts.credited_daily_90d": Decimal("540.00"),
        "receipts.credited_daily_prior_90d": Decimal("450.00"),
        "receipts.total_90d": Decimal("54000.00"),
        "receipts.total_prior_90d": Decimal("45000.00"),
        "receipts.active_days_90d": 90,
        "receipts.refund_rate_90d": Decimal("0.010000"),
        "receipts.growth_90d": Decimal("0.200000"),
        "receipts.volatility_90d": Decimal("0.000000"),
        "receipts.payer_share_90d": Decimal("0.900000"),
        "receipts.history_days": 200,
        "receipts.days_since_last": 1,
    }


def test_closed_days_count_in_the_calendar_median_only() -> None:
    days = [day(ago, 40_000) for ago in range(90, 30, -1)]  # open 60 days, then closed

    facts = receipt_features(days=days, as_of_date=AS_OF)

    assert facts["receipts.active_days_90d"] == 60
    assert facts["receipts.median_daily_90d"] == Decimal("400.00")
    assert facts["receipts.median_calendar_90d"] == Decimal("400.00")
    assert facts["receipts.days_since_last"] == 31
    half = receipt_features(days=days[:45], as_of_date=AS_OF)
    assert half["receipts.median_calendar_90d"] == Decimal("200.00")  # between a closed day and an open one


def test_growth_is_unknown_until_both_windows_are_full() -> None:
    assert receipt_features(days=shop(179, 50_000), as_of_date=AS_OF)["receipts.growth_90d"] is None
    assert receipt_features(days=shop(180, 50_000), as_of_date=AS_OF)["receipts.growth_90d"] == Decimal(0)


def test_payers_not_counted_are_unknown() -> None:
    facts = receipt_features(days=[*shop(95, 50_000)[:-1], day(1, 50_000, payers=None)], as_of_date=AS_OF)

    assert facts["receipts.payer_share_90d"] is None
    assert facts["receipts.credited_daily_90d"] is None
    assert facts["receipts.median_calendar_90d"] == Decimal("500.00")


def test_silence_in_the_window_is_zero_once_there_is_a_history() -> None:
    facts = receipt_features(days=[day(300, 50_000)], as_of_date=AS_OF)

    assert facts["receipts.total_90d"] == Decimal("0.00")
    assert facts["receipts.active_days_90d"] == 0
    assert facts["receipts.refund_rate_90d"] is None


@pytest.mark.parametrize("ago", [(2, 2), (1, 2), (0,), (-1,)])
def test_days_out_of_order_or_not_over_are_refused(ago: tuple[int, ...]) -> None:
    with pytest.raises(DaysInvalid):
        receipt_features(days=[day(at, 100) for at in ago], as_of_date=AS_OF)


figures = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 100_000), st.floats(0, 1)), min_size=90, max_size=90
)


def built(rows: list[tuple[int, int, float]]) -> list[DayFigures]:
    """Turn (sales, fen a sale, share of distinct payers) into 90 days."""
    return [
        day(90 - at, count * fen, sales=count, payers=max(round(count * share), min(count, 1)))
        for at, (count, fen, share) in enumerate(rows)
    ]


@settings(deadline=None)
@given(figures, st.integers(0, 89), st.integers(1, 1_000_000))
def test_a_sale_to_a_new_payer_never_lowers_anything(
    rows: list[tuple[int, int, float]], at: int, amount: int
) -> None:
    before = built(rows)
    one = before[at]
    more = DayFigures(
        one.day, one.sale_count + 1, one.sales + Money(amount), 0, Money(0), (one.payer_count or 0) + 1
    )
    old = receipt_features(days=before, as_of_date=AS_OF)
    new = receipt_features(days=[*before[:at], more, *before[at + 1 :]], as_of_date=AS_OF)

    for name in ("median_calendar_90d", "credited_daily_90d", "active_days_90d"):
        was, now = old[f"receipts.{name}"], new[f"receipts.{name}"]
        assert was is None or (now is not None and now >= was)  # type: ignore[operator]


@settings(deadline=None)
@given(figures, st.integers(0, 89), st.integers(1, 50), st.floats(0, 1))
def test_brushing_by_payers_already_counted_adds_nothing(
    rows: list[tuple[int, int, float]], at: int, count: int, part: float
) -> None:
    """S1-04: self-paid receipts at the day's average ticket or less do not raise a limit's base."""
    before = built(rows)
    one = before[at]
    if one.sale_count == 0:
        return
    amount = (
        int(one.sales.minor * count / one.sale_count * part)
        if part < 1
        else one.sales.minor * count // one.sale_count
    )
    more = DayFigures(
        one.day, one.sale_count + count, one.sales + Money(amount), 0, Money(0), one.payer_count
    )
    old = receipt_features(days=before, as_of_date=AS_OF)["receipts.credited_daily_90d"]
    new = receipt_features(days=[*before[:at], more, *before[at + 1 :]], as_of_date=AS_OF)

    assert new["receipts.credited_daily_90d"] <= old  # type: ignore[operator]
