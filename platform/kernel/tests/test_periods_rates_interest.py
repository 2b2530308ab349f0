from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.interest import interest_exact, interest_minor
from kernel.money import Money, Rounding
from kernel.periods import Period, PeriodInvalid
from kernel.rates import AnnualRate, RateInvalid

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))
rates = st.builds(AnnualRate, st.integers(min_value=0, max_value=10_000_000), st.sampled_from([360, 365]))


class TestPeriods:
    @settings(max_examples=40)
    @given(days, st.integers(min_value=0, max_value=2_000), st.integers(min_value=0, max_value=2_000))
    def test_the_first_day_counts_and_the_last_does_not(self, start: Any, count: int, more: int) -> None:
        end = start + timedelta(days=count)
        period, following = Period(start, end), Period(end, end + timedelta(days=more))
        assert period.days == count
        assert (start in period) == (count > 0)
        assert end not in period
        assert period.days + following.days == Period(start, following.end_date).days

    def test_the_last_days_end_the_day_before(self) -> None:
        period = Period.last_days(90, before=date(2026, 11, 2))
        assert (period.days, date(2026, 11, 1) in period, date(2026, 11, 2) in period) == (90, True, False)

    def test_it_does_not_run_backwards(self) -> None:
        with pytest.raises(PeriodInvalid):
            Period(date(2026, 1, 2), date(2026, 1, 1))


class TestRates:
    @settings(max_examples=40)
    @given(rates)
    def test_its_text_is_parsed_back(self, rate: AnnualRate) -> None:
        assert AnnualRate.parse(str(rate), rate.basis) == rate
        assert AnnualRate.parse(rate.fraction, rate.basis) == rate

    @settings(max_examples=40)
    @given(rates)
    def test_the_daily_rate_is_the_same_on_either_basis(self, rate: AnnualRate) -> None:
        assert rate.on_basis(rate.basis) == rate.fraction
        assert rate.on_basis(365) / 365 == pytest.approx(rate.on_basis(360) / 360)

    @pytest.mark.parametrize(
        "given_rate",
        [
            *("0.0000001", "-0.01", "10.000001", "NaN", "Infinity", "", "7.2%", 0.072, None, True),
            *("1e-2", "1e999999999", "0.07200" + "0" * 30 + "1", "9" * 5_000, Decimal("1E+400000"), "0_1"),
        ],
    )
    def test_what_is_no_rate_is_refused(self, given_rate: Any) -> None:
        with pytest.raises(RateInvalid):
            AnnualRate.parse(given_rate)

    def test_it_does_not_depend_on_the_callers_decimals(self) -> None:
        with localcontext(prec=3):
            assert str(AnnualRate.parse("0.123456")) == "0.123456"
        assert str(AnnualRate(0)) == "0.000000"

    @pytest.mark.parametrize(
        ("ppm", "basis"),
        [
            pytest.param(10**5_000, 360, id="5001 digits"),
            (72_000, 364),
            (-1, 360),
            (1.0, 360),
            (10_000_001, 365),
        ],
    )
    def test_basis_and_bounds(self, ppm: int, basis: int) -> None:
        with pytest.raises(RateInvalid):
            AnnualRate(ppm, basis)


class TestInterest:
    @pytest.mark.parametrize(
        ("principal", "rate", "day_count", "interest"),
        [
            ("30000.00", "0.072000", 10, "60.00"),  # P-05, S0-01
            ("20000.00", "0.072000", 17, "68.00"),  # S0-01
            ("30000.00", "0.072000", 0, "0.00"),
            ("0.01", "0.072000", 1, "0.00"),
        ],
    )
    def test_the_vectors(self, principal: Any, rate: AnnualRate, day_count: int, interest: Any) -> None:
        product = Money.parse(principal).minor * day_count
        assert Money(interest_minor(product=product, rate=AnnualRate.parse(rate))) == Money.parse(interest)

    @settings(max_examples=40)
    @given(rates, st.lists(st.integers(min_value=0, max_value=10**15), min_size=1, max_size=50))
    def test_it_does_not_matter_how_often_one_looks(self, rate: AnnualRate, products: Any) -> None:
        """Interest on the sum is the sum of interests: rounding happens once, when a figure is posted."""
        whole = interest_exact(product=sum(products), rate=rate)
        parts = sum((interest_exact(product=product, rate=rate) for product in products), Decimal(0))
        assert abs(whole - parts) < Decimal("1E-9")

    @settings(max_examples=40)
    @given(rates, st.integers(min_value=0, max_value=10**17))
    def test_it_is_within_half_a_fen_and_never_falls(self, rate: AnnualRate, product: Any) -> None:
        exact = interest_exact(product=product, rate=rate)
        assert abs(interest_minor(product=product, rate=rate) - exact) <= Decimal("0.5")
        assert interest_minor(product=product, rate=rate, rounding=Rounding.DOWN) <= exact
        assert interest_minor(product=product + 10**6, rate=rate) >= interest_minor(
            product=product, rate=rate
        )
