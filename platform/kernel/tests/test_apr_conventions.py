"""Regulation Z Appendix J and the European equation: published figures, and an independent method."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.apr import (
    CashFlow,
    CashFlowsInvalid,
    Charge,
    Convention,
    EuInterval,
    Unit,
    UnitPeriod,
    all_in_cost,
    annual_by_days,
    annual_by_months,
    annual_cost,
    appendix_j,
    effective_by_days,
    eu_rate,
    eu_rate_shown,
    eu_years,
    monthly_rate,
    unit_period,
)
from kernel.money import Money

D = date


def months(first: date, count: int, step: int = 1) -> list[date]:
    at = [first.year * 12 + first.month - 1 + n * step for n in range(count)]
    return [date(m // 12, m % 12 + 1, first.day) for m in at]


def weeks(first: date, count: int, step: int = 1) -> list[date]:
    return [first + timedelta(weeks=n * step) for n in range(count)]


def each(days: Sequence[date], amount: str) -> list[tuple[date, str]]:
    return [(day, amount) for day in days]


def flows(advances: list[tuple[date, str]], payments: list[tuple[date, str]]) -> list[CashFlow]:
    received = [CashFlow(day, Money.parse(amount)) for day, amount in advances]
    return received + [CashFlow(day, -Money.parse(amount)) for day, amount in payments]


def percent(rate: Decimal, places: str = "0.01") -> str:
    return str((rate * 100).quantize(Decimal(places), rounding=ROUND_HALF_UP))


def period(unit: Unit, count: int, per_year: int | Fraction) -> UnitPeriod:
    return UnitPeriod(unit, count, Fraction(per_year))


MONTH = period(Unit.MONTH, 1, 12)
SEMIMONTHS = sorted([*months(D(1978, 3, 1), 12), *months(D(1978, 3, 16), 12)])

# Appendix J (c)(1) to (c)(6): advances, payments, the published rate, its unit-period.
PUBLISHED: list[Any] = [
    ([(D(1978, 1, 10), "5000")], each(months(D(1978, 2, 10), 24), "230"), "9.69", MONTH),
    ([(D(1978, 2, 10), "6000")], each(months(D(1978, 4, 1), 36), "200"), "11.82", MONTH),
    ([(D(1978, 2, 23), "5000")], each(SEMIMONTHS, "219.17"), "10.34", period(Unit.SEMIMONTH, 1, 24)),
    (
        [(D(1978, 5, 23), "10000")],
        each(months(D(1978, 10, 1), 40, 3), "385"),
        "8.97",
        period(Unit.MONTH, 3, 4),
    ),
    ([(D(1978, 3, 20), "500")], each(weeks(D(1978, 4, 21), 30), "17.60"), "14.96", period(Unit.WEEK, 1, 52)),
    (
        [(D(1978, 1, 10), "5000")],
        [(D(1978, 2, 10), "250"), *each(months(D(1978, 3, 10), 23), "230")],
        "10.08",
        MONTH,
    ),
    (
        [(D(1978, 3, 18), "400")],
        [(D(1978, 4, 20), "39.50"), *each(weeks(D(1978, 5, 18), 11, 4), "38.31")],
        "28.50",
        period(Unit.WEEK, 4, 13),
    ),
    (
        [(D(1978, 1, 10), "5000")],
        [*each(months(D(1978, 2, 10), 23), "230"), (D(1980, 1, 10), "280")],
        "10.50",
        MONTH,
    ),
    (
        [(D(1978, 4, 3), "200")],
        [*each(weeks(D(1978, 4, 11), 19, 2), "9.50"), (D(1979, 1, 2), "30")],
        "12.22",
        period(Unit.WEEK, 2, 26),
    ),
    (
        [(D(1978, 1, 10), "5000")],
        [(D(1978, 2, 10), "250"), *each(months(D(1978, 3, 10), 22), "230"), (D(1980, 1, 10), "280")],
        "10.90",
        MONTH,
    ),
    (
        [(D(1978, 1, 10), "8000")],
        [(D(1978, 3, 1), "449.36"), *each(months(D(1978, 5, 1), 18, 2), "465"), (D(1981, 5, 1), "200")],
        "7.30",
        period(Unit.MONTH, 2, 6),
    ),
    (
        [(D(1978, 1, 3), "1000")],
        [(D(1978, 9, 15), "1080")],
        "11.45",
        period(Unit.TERM, 1, Fraction(365, 255)),
    ),
    ([(D(1978, 7, 15), "1000")], [(D(1979, 1, 15), "1044")], "8.80", period(Unit.TERM, 1, 2)),
    ([(D(1978, 1, 17), "1000")], [(D(1979, 7, 17), "1135.19")], "8.76", period(Unit.YEAR, 1, 1)),
    ([(D(1978, 1, 3), "1000")], [(D(1980, 1, 3), "1240")], "11.36", period(Unit.YEAR, 1, 1)),
    (  # (c)(6)(i): every four weeks, but never twice in a month
        [(D(1978, 1, 25), "2135")],
        each(
            [
                *weeks(D(1978, 2, 20), 9, 4),
                *weeks(D(1978, 11, 13), 6, 4),
                *weeks(D(1979, 5, 14), 6, 4),
                *weeks(D(1979, 11, 12), 3, 4),
            ],
            "100",
        ),
        "12.00",
        period(Unit.WEEK, 4, 13),
    ),
    (  # a construction loan: three advances
        [(D(1979, 4, 10), "20000"), (D(1979, 6, 12), "20000"), (D(1979, 9, 18), "20000")],
        each(months(D(1979, 12, 10), 240), "612.36"),
        "10.25",
        MONTH,
    ),
]


class TestAppendixJ:
    """12 CFR 1026, Appendix J."""

    @pytest.mark.parametrize(("advances", "payments", "rate", "unit"), PUBLISHED)
    def test_published_examples(self, advances: Any, payments: Any, rate: str, unit: UnitPeriod) -> None:
        found = appendix_j(flows(advances, payments))
        assert (percent(found.annual_rate), found.unit_period) == (rate, unit)

    def test_the_rate_is_never_compounded(self) -> None:
        found = appendix_j(flows([(D(2026, 2, 10), "1000")], [(D(2026, 3, 10), "1010")]))
        assert (found.annual_rate, found.unit_period.per_year) == (Decimal("0.12"), 12)

    def test_a_prepaid_finance_charge_is_netted_from_the_advance(self) -> None:
        payments = each(months(D(2026, 2, 10), 12), "8661.90")
        paid = appendix_j(flows([(D(2026, 1, 10), "100000")], [(D(2026, 1, 10), "2000"), *payments]))
        assert percent(paid.annual_rate) == "11.01"  # 2.2 B
        assert paid == appendix_j(flows([(D(2026, 1, 10), "98000")], payments))

    def test_flows_that_are_no_loan(self) -> None:
        for made in ([], flows([(D(2026, 1, 10), "100")], []), flows([], [(D(2026, 1, 10), "100")])):
            with pytest.raises(CashFlowsInvalid):
                appendix_j(made)


class TestUnitPeriod:
    """Appendix J (b)(3) and (b)(4)."""

    @pytest.mark.parametrize(
        ("start", "payments", "expected"),
        [
            # A series on the last day of the month, and on the 30th, runs by whole months.
            (D(2026, 1, 31), [D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30)], MONTH),
            (D(2026, 1, 30), [D(2026, 2, 28), D(2026, 3, 30), D(2026, 4, 30)], MONTH),
            # The 15th and the last day: semimonths.
            (D(2026, 1, 31), [D(2026, 2, 15), D(2026, 2, 28), D(2026, 3, 15), D(2026, 3, 31)], "semimonth"),
            # Two weeks through a February of 28 days are not semimonths.
            (D(2026, 1, 18), weeks(D(2026, 2, 1), 6, 2), period(Unit.WEEK, 2, 26)),
            # Two periods as frequent: the shorter.
            (
                D(2026, 1, 1),
                [D(2026, 2, 1), D(2026, 3, 1), D(2026, 5, 1), D(2026, 7, 1)],
                MONTH,
            ),
            # No period twice: the average of 40 and 52 days, nearest to seven weeks; of 10.5 days, to a week.
            (D(2026, 1, 1), [D(2026, 2, 10), D(2026, 4, 3)], period(Unit.WEEK, 7, Fraction(52, 7))),
            (D(2026, 2, 23), [D(2026, 3, 1), D(2026, 3, 16)], period(Unit.WEEK, 1, 52)),
            # Years, and never more than one.
            (D(2026, 1, 1), [D(2027, 1, 1), D(2028, 1, 1)], period(Unit.YEAR, 1, 1)),
            (D(2026, 1, 1), [D(2028, 1, 1), D(2030, 1, 1)], period(Unit.YEAR, 1, 1)),
            (D(2026, 1, 1), [D(2026, 1, 1) + timedelta(days=n) for n in range(1, 9)], "day"),
        ],
    )
    def test_which_one(self, start: date, payments: list[date], expected: Any) -> None:
        found = unit_period(start=start, advances=[start], payments=payments)
        assert expected in (found, found.unit.value)


class TestEu:
    """2008/48/EC Annex I, 2011/90/EU, (EU) 2023/2225 Annex III."""

    @pytest.mark.parametrize(
        ("advance", "payments", "by_months", "by_days"),
        [
            # The examples of 98/7/EC Annex III: by equal months, and by days.
            ("1000", [(D(1995, 7, 1), "1200")], "12.92", "12.96"),
            ("950", [(D(1995, 7, 1), "1200")], "16.85", "16.90"),
            ("1000", [(D(1995, 1, 1), "600"), (D(1996, 1, 1), "600")], "13.07", "13.07"),
            (
                "1000",
                [(D(1994, 4, 1), "272"), (D(1994, 7, 1), "272"), (D(1995, 1, 1), "544")],
                "13.19",
                "13.23",
            ),
        ],
    )
    def test_published_examples(self, advance: str, payments: Any, by_months: str, by_days: str) -> None:
        made = flows([(D(1994, 1, 1), advance)], payments)
        assert (percent(eu_rate(made)), percent(effective_by_days(made))) == (by_months, by_days)

    def test_a_level_loan(self) -> None:
        made = flows([(D(2019, 1, 1), "1000")], each(months(D(2019, 2, 1), 6), "172.55"))
        assert percent(eu_rate(made), "0.0001") == "12.6862"
        assert eu_rate_shown(eu_rate(made)) == Decimal("0.127")
        assert eu_rate_shown(Decimal("0.1245")) == Decimal("0.125")

    @pytest.mark.parametrize(
        ("first", "later", "interval", "expected"),
        [
            # Whole periods back from the later date; the days over the year that ends where they end.
            (D(2012, 1, 12), D(2012, 2, 15), EuInterval.MONTH, Fraction(1, 12) + Fraction(3, 365)),
            (D(2013, 1, 12), D(2013, 2, 15), EuInterval.MONTH, Fraction(1, 12) + Fraction(3, 366)),
            (D(2013, 2, 26), D(2013, 3, 29), EuInterval.MONTH, Fraction(1, 12) + Fraction(2, 366)),
            (D(2012, 2, 26), D(2012, 3, 29), EuInterval.MONTH, Fraction(1, 12) + Fraction(3, 366)),
            (D(2012, 1, 12), D(2014, 2, 15), EuInterval.YEAR, 2 + Fraction(34, 365)),
            (D(2020, 1, 1), D(2021, 3, 15), EuInterval.YEAR, 1 + Fraction(74, 366)),
            (D(2012, 1, 12), D(2012, 1, 30), EuInterval.WEEK, Fraction(2, 52) + Fraction(4, 365)),
            (D(2012, 1, 12), D(2013, 1, 10), EuInterval.WEEK, Fraction(1)),
            (D(2012, 1, 12), D(2012, 1, 12), EuInterval.MONTH, Fraction(0)),
        ],
    )
    def test_intervals(self, first: date, later: date, interval: EuInterval, expected: Fraction) -> None:
        assert eu_years(first, later, interval=interval) == expected

    def test_weeks_are_weeks(self) -> None:
        made = flows([(D(2026, 1, 1), "1000")], each(weeks(D(2026, 1, 8), 10), "102"))
        rate = eu_rate(made)
        assert rate == eu_rate(made, interval=EuInterval.WEEK) != eu_rate(made, interval=EuInterval.MONTH)
        worth = sum(102 / (1 + float(rate)) ** (n / 52) for n in range(1, 11))
        assert abs(worth - 1000) < 1e-6
        with pytest.raises(CashFlowsInvalid):
            eu_rate([])


class TestAllIn:
    """Rules 2.2: every party's charges are in the figure."""

    LOAN = flows([(D(2026, 1, 10), "100000")], each(months(D(2026, 2, 10), 12), "9025.83"))

    def test_c_a_guarantor_fee_every_month_breaks_the_cap(self) -> None:
        fees = [Charge(day, Money.parse("450"), "guarantor") for day in months(D(2026, 2, 10), 12)]
        found = all_in_cost(flows=self.LOAN, charges=fees, convention=Convention.IRR_MONTHS)
        assert percent(found.annual_exact) == "24.41"
        assert found.by_party == (("guarantor", Money.parse("5400.00")),)
        assert str(found.cost) == "13709.96"
        effective = all_in_cost(flows=self.LOAN, charges=fees, convention=Convention.EFFECTIVE_MONTHS)
        assert percent(effective.annual_exact) == "27.34"

    def test_every_convention_is_told_from_the_others(self) -> None:
        made = flows([(D(2026, 1, 10), "98000")], each(months(D(2026, 2, 10), 12), "8661.90"))
        figures = {each.value: percent(annual_cost(made, each)) for each in Convention}
        assert figures == {
            "irr_months": "11.01",
            "effective_months": "11.58",
            "irr_days": "11.01",
            "effective_days": "11.63",
            "simple_365": "11.85",
            "appendix_j": "11.01",
            "eu": "11.58",
        }

    def test_flows_between_months_have_no_monthly_rate(self) -> None:
        odd = flows([(D(2026, 1, 10), "1000")], [(D(2026, 2, 11), "1010")])
        with pytest.raises(CashFlowsInvalid):
            annual_cost(odd, Convention.IRR_MONTHS)
        with pytest.raises(CashFlowsInvalid):
            annual_cost([], Convention.EFFECTIVE_MONTHS)
        assert percent(annual_cost(odd, Convention.APPENDIX_J)) == "11.41"  # 1 % x 365 / 32

    def test_a_charge_is_above_zero(self) -> None:
        with pytest.raises(CashFlowsInvalid):
            all_in_cost(
                flows=self.LOAN, charges=[Charge(D(2026, 1, 10), Money(0), "scene")], convention=Convention.EU
            )


def test_a_line_drawn_again_has_a_rate_when_it_is_owed_throughout() -> None:
    """100 at 1 % a month, paid off, drawn again: one rate fits, although the running total crosses twice."""
    assert monthly_rate([Money(minor) for minor in (10_000, -10_100, 10_000, -10_100)]) == Decimal("0.01")
    lent_by_the_borrower = [10_000, -25_000, 30_000, -16_000]
    with pytest.raises(CashFlowsInvalid):
        monthly_rate([Money(minor) for minor in lent_by_the_borrower])


def worth(made: list[tuple[int, int]], rate: Fraction) -> Fraction:
    last = max(at for at, _ in made)
    return sum((minor * (1 + rate) ** (last - at) for at, minor in made), Fraction(0))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1_00, 90_000_00), min_size=1, max_size=10),
    st.integers(0, 20_000_00),
    st.integers(1, 3),
)
def test_the_exact_sign_changes_at_the_rate(repaid: list[int], cost: int, draws: int) -> None:
    """Independent of the solver: exact fractions on both sides of the rate, for one or several advances."""
    lent = sum(repaid)
    made = [(n, lent // draws) for n in range(draws)] + [
        (draws + n, -minor) for n, minor in enumerate(repaid)
    ]
    made[draws - 1] = (draws - 1, lent - lent // draws * (draws - 1))
    made[-1] = (made[-1][0], made[-1][1] - cost)
    rate = Fraction(monthly_rate([Money(minor) for _, minor in made]))
    step = Fraction(1, 10**12)
    assert worth(made, rate + step) > 0
    assert worth(made, rate - step) < 0 or rate == 0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(1, 3_00))
def test_the_conventions_agree_where_they_must(gaps: list[int], cost: int) -> None:
    days, at = [], D(2026, 3, 1)
    for gap in gaps:
        at += timedelta(days=gap)
        days.append(at)
    made = [CashFlow(D(2026, 3, 1), Money(1_000_00 * len(days)))]
    made += [CashFlow(day, -Money(1_000_00 + cost)) for day in days]
    nominal, effective = annual_by_days(made), effective_by_days(made)
    assert nominal < effective
    assert abs((1 + nominal / 365) ** 365 - 1 - effective) < Decimal("1E-6") * (1 + effective)
    assert appendix_j(made).annual_rate > 0
    assert eu_rate(made) > 0


def test_months_apart_are_months_whatever_their_days() -> None:
    made = flows(
        [(D(2026, 1, 31), "100000")], each([D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30)], "34000")
    )
    amounts = [Money.parse("100000"), *[-Money.parse("34000")] * 3]
    assert annual_cost(made, Convention.IRR_MONTHS) == annual_by_months(amounts)
    assert annual_cost(made, Convention.APPENDIX_J) == annual_by_months(amounts)


def test_the_figure_does_not_depend_on_the_callers_decimals() -> None:
    made = flows([(D(2026, 1, 31), "100000")], [(D(2026, 7, 31), "104000")])
    amounts = [Money.parse("100000"), *[Money(0)] * 5, -Money.parse("104000")]
    wanted = annual_by_days(made), annual_by_months(amounts), effective_by_days(made), eu_rate(made)
    with localcontext(prec=4):
        found = annual_by_days(made), annual_by_months(amounts), effective_by_days(made), eu_rate(made)
    assert found == wanted


@pytest.mark.parametrize("owed", ["1.03858", "1.2", "9"])
def test_what_compounds_beyond_any_loan_is_refused(owed: str) -> None:
    made = flows([(D(2026, 1, 31), "100000")], [(D(2026, 2, 1), str(Decimal(owed) * 100000))])
    assert annual_by_days(made) == (Decimal(owed) - 1) * 365
    with pytest.raises(CashFlowsInvalid):
        effective_by_days(made)
    with pytest.raises(CashFlowsInvalid):
        eu_rate(made)
