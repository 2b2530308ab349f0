"""Evaluating: to the unit, as of a date, and saying why a value is not there."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.periods import Period
from risk.features.definitions import STREAMS
from risk.features.evaluate import (
    DaysInvalid,
    Evaluated,
    Parties,
    State,
    StreamFigures,
    evaluate,
    party_windows,
)

AS_OF = date(2026, 9, 1)


def figures(stream: str, days: Mapping[int, Mapping[str, int | None]], **more: Any) -> StreamFigures:
    """Build a stream from figures by days ago; what is not named is zero."""
    columns = STREAMS[stream].columns
    rows = [
        (AS_OF - timedelta(days=ago), tuple(row.get(column, 0) for column in columns))
        for ago, row in sorted(days.items(), reverse=True)
    ]
    return StreamFigures(rows, **more)


def found(stream: str, days: Mapping[int, Mapping[str, int | None]], **more: Any) -> Evaluated:
    return evaluate({stream: figures(stream, days, **more)}, as_of_date=AS_OF)


def test_no_consent_no_data_and_stale_are_three_things() -> None:
    nothing = evaluate({"taxes": StreamFigures(())}, as_of_date=AS_OF)
    assert nothing.facts["trips.state"] == "no_consent"
    assert nothing.facts["taxes.state"] == "no_data"
    assert nothing.states["taxes.paid_365d"] is State.NO_DATA
    assert nothing.facts["taxes.paid_365d"] is None
    old = found("trips", {15: {"trip_count": 1, "metres": 9_000}})
    assert (old.facts["trips.state"], old.states["trips.km_90d"]) == ("stale", State.STALE)
    assert old.facts["trips.km_90d"] is None
    fresh = found("trips", {14: {"trip_count": 1, "metres": 9_000}})
    assert (fresh.facts["trips.state"], fresh.facts["trips.km_90d"]) == ("known", 9)


def test_one_feature_may_outlive_another_of_its_stream() -> None:
    days = {ago: {"filing_count": 1, "paid": 100, "class_m_count": 1} for ago in (200, 350)}
    taxes = found("taxes", days)
    assert taxes.facts["taxes.credit_class"] == "M"  # given once a year
    assert taxes.states["taxes.paid_365d"] is State.STALE
    assert taxes.facts["taxes.state"] == "known"


def test_days_that_a_correction_emptied_show_nothing() -> None:
    assert found("invoices", {3: {}}).facts["invoices.state"] == "no_data"


def test_tax_filings() -> None:
    days = {ago: {"filing_count": 1, "declared": 900_000, "paid": 27_000} for ago in range(20, 380, 30)}
    days[80] |= {"late_count": 1, "class_b_count": 1}
    days[200] |= {"class_a_count": 1, "class_d_count": 1}
    facts = found("taxes", days).facts
    assert facts["taxes.declared_365d"] == Decimal("108000.00")
    assert facts["taxes.paid_365d"] == Decimal("3240.00")
    assert facts["taxes.late_rate_365d"] == Decimal("0.083333")
    assert facts["taxes.months_filed_365d"] == 12
    assert facts["taxes.max_gap_365d"] == 29
    assert facts["taxes.credit_class"] == "B"
    del days[80]
    assert found("taxes", days).facts["taxes.credit_class"] == "D"  # the worst that was said that day


def test_invoices_and_with_whom() -> None:
    window = Period.last_days(365, before=AS_OF)
    assert party_windows("invoices", as_of_date=AS_OF) == (window,)
    invoices = found(
        "invoices",
        {
            **{ago: {"sale_count": 2, "sales": 30_000} for ago in (400, 300, 100, 40, 10)},
            20: {"sale_void_count": 1, "purchase_count": 1, "purchases": 45_000},
            30: {"sale_red_count": 1, "sales_red": 1_000, "sales": -1_000},
        },
        parties=[Parties("buyer", window, 3, 60_000, 120_000)],
    )
    facts = invoices.facts
    assert facts["invoices.sales_90d"] == Decimal("590.00")
    assert facts["invoices.purchase_ratio_180d"] == Decimal("0.505618")
    assert facts["invoices.void_rate_180d"] == Decimal("0.166667")
    assert facts["invoices.red_rate_180d"] == Decimal("0.166667")
    assert facts["invoices.sales_growth_180d"] == Decimal("1.966667")
    assert facts["invoices.max_gap_180d"] == 80
    assert facts["invoices.days_since_last_sale"] == 10
    assert (facts["invoices.buyers_365d"], facts["invoices.suppliers_365d"]) == (3, 0)
    assert facts["invoices.top_buyer_share_365d"] == Decimal("0.500000")
    assert invoices.states["invoices.top_supplier_share_365d"] is State.UNDEFINED


def test_meters_trips_orders_and_ratings() -> None:
    meters = {ago: {"electricity_count": 1, "electricity_wh": 400_500} for ago in (10, 40, 70, 100)}
    assert found("meters", meters).facts["meters.electricity_kwh_90d"] == 1_201
    assert found("meters", meters).states["meters.electricity_growth_180d"] is State.UNDEFINED
    trips = {ago: {"trip_count": 1, "metres": 100_000, "loaded_metres": 75_000} for ago in range(1, 91, 3)}
    facts = found("trips", trips).facts
    assert (facts["trips.km_90d"], facts["trips.loaded_share_90d"]) == (3_000, Decimal("0.750000"))
    assert (facts["trips.active_days_90d"], facts["trips.max_gap_90d"]) == (30, 2)
    orders = {5: {"order_count": 4, "value": 10_000, "delivered_count": 2, "late_count": 1, "refunds": 2_500}}
    facts = found("orders", orders).facts
    assert facts["orders.late_rate_90d"] == Decimal("0.500000")
    assert facts["orders.refund_rate_90d"] == Decimal("0.250000")
    assert facts["orders.growth_90d"] is None  # too young to have grown
    facts = found("ratings", {5: {"rating_count": 4, "stars": 18, "good_count": 3}}).facts
    assert (facts["ratings.mean_180d"], facts["ratings.good_rate_180d"]) == (Decimal("4.5"), Decimal("0.75"))


def test_personal_codes_count_less_a_haircut() -> None:
    """S4-06: what only a personal code shows counts at four fifths."""
    row = {"sale_count": 10, "sales": 60_000, "evidenced": 50_000, "evidenced_personal": 10_000}
    facts = found("receipts", {ago: row | {"personal_sales": 15_000} for ago in range(1, 91)}).facts
    assert facts["receipts.evidenced_daily_90d"] == Decimal("580.00")
    assert facts["receipts.personal_share_90d"] == Decimal("0.250000")


@pytest.mark.parametrize("days", [(2, 2), (1, 2), (0,)])
def test_days_out_of_order_or_not_over_are_refused(days: tuple[int, ...]) -> None:
    row = (1,) * len(STREAMS["trips"].columns)
    given = StreamFigures([(AS_OF - timedelta(days=ago), row) for ago in days])
    with pytest.raises(DaysInvalid):
        evaluate({"trips": given}, as_of_date=AS_OF)
