"""Terms that make no schedule: a coded refusal with its place, whatever is wrong with them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kernel.periods import Period
from kernel.recurrence import DateBeyondCalendar
from kernel.refusals import Kind, Refusal
from kernel.schedules import (
    Fee,
    FeeBasis,
    FeeTiming,
    InterestBasis,
    Method,
    Payment,
    RateChange,
    ScheduleTerms,
    Tranche,
    build_schedule,
    reasons,
)

START = date(2026, 1, 15)
ONE = (Tranche(START, 10_000_000),)


def refused(**changes: Any) -> Refusal:
    usual: dict[str, Any] = {
        "tranches": ONE,
        "rate_ppm": 72_000,
        "method": Method.LEVEL_INSTALMENT,
        "count": 12,
    }
    with pytest.raises(Refusal) as told:
        build_schedule(ScheduleTerms(**(usual | changes)))
    return told.value


@pytest.mark.parametrize(
    "given",
    [
        -1,
        0,
        10**18,
        pytest.param(10**5_000, id="5001 digits"),
        1.5,
        float("nan"),
        float("inf"),
        "100",
        None,
        True,
        100.0,
    ],
)
def test_an_amount_is_a_whole_number_of_minor_units(given: Any) -> None:
    refusal = refused(tranches=(Tranche(START, given),))
    assert isinstance(refusal, reasons.AmountInvalid)
    assert refusal.errors[0]["pointer"] == "/tranches/0/amount"


@pytest.mark.parametrize("given", [-1, 10_000_001, 0.072, float("nan"), "72000", None, True])
def test_a_rate_is_whole_millionths(given: Any) -> None:
    assert isinstance(refused(rate_ppm=given), reasons.RateInvalid)
    change = RateChange(START, given)
    assert refused(rate_changes=(change,)).params["at"] == "rate_changes/0/annual_rate"


def test_seventeen_digits_are_reckoned_and_sums_are_bounded_too() -> None:
    most = ScheduleTerms(
        tranches=(Tranche(START, 10**18 - 1),), rate_ppm=72_000, method=Method.LEVEL_INSTALMENT, count=12
    )
    assert sum(row.principal for row in build_schedule(most).rows) == 10**18 - 1
    assert refused(tranches=(Tranche(START, 10**18 - 1), *ONE)).params["at"] == "tranches"


@pytest.mark.parametrize(
    ("changes", "code", "at"),
    [
        ({"method": "magic"}, "method_unknown", "method"),
        ({"day_count": "ACT/364"}, "day_count_unknown", "day_count"),
        ({"frequency": "monthly"}, "term_unknown", "frequency"),
        ({"interest_rounding": "up"}, "term_unknown", "interest_rounding"),
        ({"instalment_rounding": None}, "term_unknown", "instalment_rounding"),
        ({"interest_basis": "often"}, "term_unknown", "interest_basis"),
        ({"interest_grace_rule": "never"}, "term_unknown", "interest_grace_rule"),
        ({"rate_change_rule": ""}, "term_unknown", "rate_change_rule"),
        ({"count": 0}, "count_invalid", "count"),
        ({"count": 1_001}, "count_invalid", "count"),
        ({"count": -3}, "count_invalid", "count"),
        ({"count": 12.0}, "count_invalid", "count"),
        ({"count": True}, "count_invalid", "count"),
        ({"tranches": ()}, "count_invalid", "tranches"),
        ({"tranches": ONE * 201}, "count_invalid", "tranches"),
        ({"rate_changes": (RateChange(START, 1),) * 201}, "count_invalid", "rate_changes"),
        ({"fees": (Fee(code="x", timing=FeeTiming.UPFRONT),) * 201}, "count_invalid", "fees"),
        ({"anchor_day": 32}, "count_invalid", "anchor_day"),
        ({"anchor_day": 0}, "count_invalid", "anchor_day"),
        ({"interest_free_rows": (13,)}, "count_invalid", "interest_free_rows/0"),
        ({"due_dates": (date(2026, 2, 16),)}, "count_invalid", "due_dates"),
        ({"tranches": ONE * 100, "count": 200}, "count_invalid", "count"),
        ({"principal_grace": -1}, "count_invalid", "principal_grace"),
        ({"tranches": (Tranche("2026-01-15", 1),)}, "date_invalid", "tranches/0/date"),
        ({"tranches": (Tranche(datetime(2026, 1, 15, tzinfo=UTC), 1),)}, "date_invalid", "tranches/0/date"),
        ({"first_due_date": "2026-02-31"}, "date_invalid", "first_due_date"),
        ({"rate_changes": (RateChange(START, 1, 5),)}, "date_invalid", "rate_changes/0/known_date"),
        ({"interest_pauses": ((START, START),)}, "date_invalid", "interest_pauses/0"),
        (
            {"interest_pauses": (Period(START, date(9_001, 1, 1)),)},
            "date_invalid",
            "interest_pauses/0/to_date",
        ),
        ({"tranches": (Tranche(date(1_599, 12, 31), 1),)}, "date_invalid", "tranches/0/date"),
        ({"final_due_date": date(9_999, 12, 31)}, "date_invalid", "final_due_date"),
        (
            {"rate_changes": (RateChange(date(2026, 3, 1), 1), RateChange(date(2026, 3, 1), 2))},
            "rate_change_repeated",
            "rate_changes/1/from_date",
        ),
        (
            {"rate_changes": (RateChange(START, 1), RateChange(START, 2, known_date=date(2025, 1, 1)))},
            "rate_change_repeated",
            "rate_changes/1/from_date",
        ),
        ({"due_dates": ("x",)}, "date_invalid", "due_dates/0"),
        ({"first_due_date": START}, "dates_out_of_order", "first_due_date"),
        ({"first_due_date": date(2026, 1, 14)}, "dates_out_of_order", "first_due_date"),
        ({"final_due_date": date(2026, 12, 15)}, "dates_out_of_order", "final_due_date"),
        ({"final_due_date": date(2025, 1, 1), "count": 1}, "dates_out_of_order", "final_due_date"),
        (
            {"due_dates": (date(2026, 3, 16), date(2026, 3, 16)), "count": 2},
            "dates_out_of_order",
            "due_dates/1",
        ),
        ({"tranches": (*ONE, Tranche(date(2027, 1, 15), 1))}, "date_outside", "tranches/1/date"),
        (
            {"method": Method.DAILY_INTEREST, "payments": (Payment(START, 1),)},
            "date_outside",
            "payments/0/date",
        ),
        (
            {"method": Method.DAILY_INTEREST, "payments": (Payment(date(2027, 1, 15), 1),)},
            "date_outside",
            "payments/0/date",
        ),
        ({"currency": "JPY", "currency_digits": 2}, "currency_invalid", "currency"),
        ({"currency_digits": 3}, "currency_invalid", "currency"),
        ({"currency": "XAU"}, "currency_invalid", "currency"),
        ({"currency": "TND", "currency_digits": 4}, "currency_invalid", "currency"),
        ({"currency": 7}, "currency_invalid", "currency"),
        ({"currency": ["CNY"]}, "currency_invalid", "currency"),
        ({"principal_grace": 12}, "grace_too_long", "principal_grace"),
        ({"interest_grace": 12}, "grace_too_long", "interest_grace"),
        ({"method": Method.BULLET, "instalment": 5}, "term_not_for_method", "instalment"),
        ({"method": Method.LEVEL_PRINCIPAL, "instalment": 5}, "term_not_for_method", "instalment"),
        ({"method": Method.INTEREST_FIRST, "balloon": 5}, "term_not_for_method", "balloon"),
        ({"method": Method.INTEREST_FIRST, "principal_grace": 1}, "term_not_for_method", "principal_grace"),
        ({"method": Method.BULLET, "interest_grace": 1}, "term_not_for_method", "interest_grace"),
        ({"method": Method.BULLET, "interest_free_rows": (1,)}, "term_not_for_method", "interest_free_rows"),
        ({"payments": (Payment(date(2026, 3, 1), 1),)}, "term_not_for_method", "payments"),
        (
            {"method": Method.DAILY_INTEREST, "interest_basis": InterestBasis.EQUAL_PERIODS},
            "term_not_for_method",
            "interest_basis",
        ),
        ({"down_payment": 10_000_000}, "amount_above_loan", "down_payment"),
        ({"down_payment": -1}, "amount_invalid", "down_payment"),
        ({"balloon": 10_000_001}, "amount_above_loan", "balloon"),
        ({"instalment_step": 0}, "amount_invalid", "instalment_step"),
        ({"instalment": 0}, "amount_invalid", "instalment"),
        ({"fees": (Fee(code="x", timing=FeeTiming.UPFRONT, minor=-1),)}, "amount_invalid", "fees/0/amount"),
        ({"fees": (Fee(code="x", timing=FeeTiming.UPFRONT, rate_ppm=-1),)}, "rate_invalid", "fees/0/rate"),
        ({"fees": (Fee(code="x", timing="later"),)}, "term_unknown", "fees/0"),
        (
            {"fees": (Fee(code="x", timing=FeeTiming.UPFRONT, basis=FeeBasis.BALANCE),)},
            "term_unknown",
            "fees/0/of",
        ),
    ],
)
def test_the_code_and_the_place_are_told(changes: dict[str, Any], code: str, at: str) -> None:
    refusal = refused(**changes)
    assert (refusal.code, refusal.params["at"]) == (f"schedules.{code}", at)
    assert refusal.kind is Kind.INVALID
    assert refusal.text()


def test_a_part_of_what_is_lent_is_told_in_the_units_people_write() -> None:
    refusal = refused(down_payment=10_000_000)
    assert (refusal.params["given"], refusal.params["high"]) == ("100000.00", "99999.99")
    refusal = refused(balloon=9_000_001, down_payment=1_000_000)
    assert (refusal.params["given"], refusal.params["high"]) == ("90000.01", "90000.00")


def test_the_same_rate_from_the_same_day_may_be_said_twice() -> None:
    twice = (RateChange(date(2026, 3, 1), 60_000),) * 2
    terms = ScheduleTerms(tranches=ONE, rate_ppm=72_000, method=Method.LEVEL_INSTALMENT, count=12)
    assert build_schedule(replace(terms, rate_changes=twice)) == build_schedule(
        replace(terms, rate_changes=twice[:1])
    )


def test_an_instalment_below_the_interest_is_refused_unless_it_is_allowed() -> None:
    refusal = refused(instalment=59_999)
    assert isinstance(refusal, reasons.NegativeAmortisation)
    assert refusal.params == {"at": "instalment", "instalment": "599.99", "interest": "600.00", "row": 1}
    assert refusal.kind is Kind.UNMET
    long_first = refused(first_due_date=date(2035, 1, 15), rate_ppm=360_000)
    assert isinstance(long_first, reasons.NegativeAmortisation)


def test_more_than_is_owed_cannot_be_repaid() -> None:
    payments = (Payment(date(2026, 2, 1), 6_000_000), Payment(date(2026, 3, 1), 4_000_001))
    refusal = refused(method=Method.DAILY_INTEREST, payments=payments)
    assert isinstance(refusal, reasons.PaymentAboveBalance)
    assert refusal.params == {"at": "payments/1/principal", "given": "40000.01", "balance": "40000.00"}


def test_a_credit_that_no_interest_is_left_for_is_refused() -> None:
    late = RateChange(START, 0, known_date=date(2026, 12, 20))
    refusal = refused(rate_changes=(late,))
    assert isinstance(refusal, reasons.CreditAboveInterest)
    assert refusal.kind is Kind.UNMET


def test_dates_beyond_the_calendar_are_refused() -> None:
    far = (Tranche(date(8_999, 12, 31), 1),)
    refusal = refused(tranches=far, count=1_000)
    assert isinstance(refusal, DateBeyondCalendar)
    assert refusal.faults()[0]["pointer"] == "/count"


def test_a_pause_of_no_days_is_none() -> None:
    pause = Period(START, START)
    terms = ScheduleTerms(tranches=ONE, rate_ppm=72_000, method=Method.BULLET, interest_pauses=(pause,))
    assert build_schedule(terms).interest == 62_000
