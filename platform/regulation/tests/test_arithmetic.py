"""Prime rates, repricing, penalty bands, sizes and re-rolled due dates. Pure."""

from datetime import date
from decimal import Decimal

import pytest

from kernel.calendars import Calendar
from kernel.interest import interest_minor
from kernel.money import Money
from kernel.rates import AnnualRate
from regulation.enterprise_size import SizeFigures, SizeFiguresMissing, enterprise_size
from regulation.lpr import Bounds, Repricing, doubts, floating_rate, publication_date, repricing_dates
from regulation.penalties import Breach, PenaltyBands, UpliftOutOfBand, binding_uplift
from regulation.rolls import changed_days, due_date_moves

DRAGON_BOAT = Calendar.of(
    holidays=[date(2026, 6, 19)], makeup_workdays=[date(2026, 9, 20)], official_years=[2026]
)
BOUNDS = Bounds(step=Decimal("0.0005"), largest_change=Decimal("0.005"))
LAST = (Decimal("0.030"), Decimal("0.035"))


@pytest.mark.parametrize(
    ("month", "expected"),
    [(6, date(2026, 6, 22)), (9, date(2026, 9, 20)), (12, date(2026, 12, 21)), (10, date(2026, 10, 20))],
)
def test_the_prime_rate_comes_on_the_20th_or_the_next_workday(month: int, expected: date) -> None:
    assert publication_date(year=2026, month=month, calendar=DRAGON_BOAT) == expected


@pytest.mark.parametrize(
    ("rates", "day", "expected"),
    [
        (("0.0290", "0.0340"), 21, []),
        (("0.0250", "0.0300"), 21, []),
        (("0.0350", "0.0400"), 21, []),
        (("0.0245", "0.0345"), 21, ["change_over_bound"]),
        (("0.0300", "0.0405"), 21, ["change_over_bound"]),
        (("0.2900", "0.0350"), 21, ["change_over_bound"]),
        (("0.0298", "0.0350"), 21, ["not_a_step"]),
        (("0.0300", "0.0350"), 20, ["not_the_day"]),
        (("0.2901", "0.0350"), 22, ["change_over_bound", "not_a_step", "not_the_day"]),
    ],
)
def test_what_looks_wrong_about_a_fixing(rates: tuple[str, str], day: int, expected: list[str]) -> None:
    found = doubts(
        published_date=date(2026, 12, day),
        rates=(Decimal(rates[0]), Decimal(rates[1])),
        last=LAST,
        bounds=BOUNDS,
        calendar=DRAGON_BOAT,
    )
    assert found == expected


def test_a_floating_loan_changes_its_rate_on_the_day() -> None:
    # J8: 200,000 at LPR + 150 bp, 20 days at 4.50 % and 11 at 4.40 %
    before, after = (floating_rate(lpr=Decimal(lpr), spread_bp=150) for lpr in ("0.030000", "0.029000"))
    assert (before, after) == (Decimal("0.0450"), Decimal("0.0440"))
    interest = [
        interest_minor(product=20_000_000 * days, rate=AnnualRate.parse(rate))
        for days, rate in ((20, before), (11, after))
    ]
    assert interest == [50_000, 26_889]


@pytest.mark.parametrize(
    ("frequency", "anchor", "expected"),
    [
        (Repricing.FIXED, None, []),
        (Repricing.MONTHLY, None, ["2027-02-28", "2027-03-31", "2027-04-30"]),
        (Repricing.QUARTERLY, None, ["2027-04-30"]),
        (Repricing.YEARLY, None, []),
        (Repricing.YEARLY, date(2026, 3, 21), ["2027-03-21"]),
        (Repricing.MONTHLY, date(2026, 12, 21), ["2027-02-21", "2027-03-21", "2027-04-21", "2027-05-21"]),
        (Repricing.QUARTERLY, date(2027, 3, 1), ["2027-03-01"]),
    ],
)
def test_repricing_days_keep_their_anchor(
    frequency: Repricing, anchor: date | None, expected: list[str]
) -> None:
    found = repricing_dates(
        frequency=frequency, value_date=date(2027, 1, 31), maturity_date=date(2027, 5, 31), anchor=anchor
    )
    assert [day.isoformat() for day in found] == expected


BANDS = PenaltyBands((Decimal("0.30"), Decimal("0.50")), (Decimal("0.50"), Decimal("1.00")))


@pytest.mark.parametrize(
    ("breach", "uplift", "allowed"),
    [
        (Breach.OVERDUE, "0.29", False),
        (Breach.OVERDUE, "0.30", True),
        (Breach.OVERDUE, "0.50", True),
        (Breach.OVERDUE, "0.51", False),
        (Breach.MISUSE, "0.49", False),
        (Breach.MISUSE, "0.50", True),
        (Breach.MISUSE, "1.00", True),
        (Breach.MISUSE, "1.01", False),
    ],
)
def test_penalty_bands(breach: Breach, uplift: str, allowed: bool) -> None:
    if allowed:
        BANDS.require(breach=breach, uplift=Decimal(uplift))
        return
    with pytest.raises(UpliftOutOfBand) as refused:
        BANDS.require(breach=breach, uplift=Decimal(uplift))
    assert refused.value.params["uplift_percent"] == f"{Decimal(uplift) * 100:.2f}"


def test_a_loan_bears_one_uplift_the_higher() -> None:
    assert binding_uplift({Breach.OVERDUE: Decimal("0.5"), Breach.MISUSE: Decimal("1")}) == 1
    assert binding_uplift({}) == 0


def test_a_young_business_is_annualised_and_missing_figures_are_named() -> None:
    figures = SizeFigures("H6210", 12, Money.parse("420000"), months=7)
    assert figures.annual_revenue == Money.parse("720000")
    table = [
        {"row": "catering", "industries": ["H"], "ceiling": {"employees": 300, "revenue": 10_000},
         "medium": {"employees": 100, "revenue": 2_000}, "small": {"employees": 10, "revenue": 72}},
        {"row": "other", "industries": [], "ceiling": {"employees": 300}, "medium": {"employees": 100},
         "small": {"employees": 10}},
    ]  # fmt: skip
    assert enterprise_size(figures, table) == "small"
    assert enterprise_size(SizeFigures("H6210", 12, Money.parse("720000")), table) == "small"
    assert enterprise_size(SizeFigures("H6210", 12, Money.parse("719999.99")), table) == "micro"
    assert enterprise_size(SizeFigures("Z", 9), table) == "micro"
    assert enterprise_size(SizeFigures("H6210", 9), table) == "micro"  # too few people: no need to ask more
    with pytest.raises(SizeFiguresMissing):
        enterprise_size(SizeFigures("H6210", 12), table)


def test_only_future_due_dates_move_when_the_official_list_is_in() -> None:
    before = Calendar.of(holidays=[date(2027, 2, 8)], official_years=[2026])
    after = Calendar.of(
        holidays=[date(2027, 2, 9), date(2027, 2, 10)],
        makeup_workdays=[date(2027, 2, 20)],
        official_years=[2026, 2027],
    )
    dues = [date(2027, 2, day) for day in (7, 8, 9, 15, 20)]
    moves = due_date_moves(unrolled_dates=dues, on_date=date(2026, 11, 25), before=before, after=after)
    assert [(move.unrolled_date.day, move.was_date.day, move.becomes_date.day) for move in moves] == [
        (7, 9, 8),
        (8, 9, 8),
        (9, 9, 11),
        (20, 22, 20),
    ]
    later = due_date_moves(unrolled_dates=dues, on_date=date(2027, 2, 9), before=before, after=after)
    assert [move.unrolled_date.day for move in later] == [20]
    assert changed_days(year=2027, before=before, after=after) == (
        date(2027, 2, 8),
        date(2027, 2, 9),
        date(2027, 2, 10),
        date(2027, 2, 20),
    )
