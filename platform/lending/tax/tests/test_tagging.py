"""What of a loan's interest is exempt, and the VAT in the rest: T-01, T-02, T-05, E-04. Pure."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from lending.tax.booking import UNTAXED, LoanTax
from lending.tax.deferral import VatState, arisen, vat_booked, vat_change
from lending.tax.tagging import TaxFacts, Treatment, split_interest, tag_of, vat_within

FACTS = TaxFacts(
    borrower="micro",
    total_credit=Money.parse("3000000"),
    rate_ppm=60_000,
    ceiling_ppm=45_000,
    vat_ppm=60_000,
    any_rate_limit=Money.parse("1000000"),
    capped_rate_limit=Money.parse("10000000"),
    farmer_limit=Money.parse("1000000"),
)
YEAR = 1_800_000  # 300,000 at 6 %


@pytest.mark.parametrize(
    ("change", "method", "rule", "exempt", "vat"),
    [
        ({"total_credit": "800000"}, 1, "T-01", 1_800_000, 0),
        ({"total_credit": "1000000"}, None, "T-01", 1_800_000, 0),
        ({"total_credit": "1000000.01"}, 1, "T-02/1", 0, 101_887),
        ({}, 1, "T-02/1", 0, 101_887),
        ({}, 2, "T-02/2", 1_350_000, 25_472),
        ({}, None, "none", 0, 101_887),
        ({"rate_ppm": 45_000}, 1, "T-02/1", 1_800_000, 0),
        ({"rate_ppm": 45_000}, 2, "T-02/2", 1_800_000, 0),
        ({"rate_ppm": 45_000}, None, "none", 0, 101_887),
        ({"total_credit": "10000000"}, 2, "T-02/2", 1_350_000, 25_472),
        ({"total_credit": "10000000.01"}, 2, "none", 0, 101_887),
        ({"borrower": "medium", "total_credit": "800000"}, 1, "none", 0, 101_887),
        ({"borrower": "unknown", "total_credit": "800000"}, 1, "none", 0, 101_887),
        ({"borrower": "farmer", "total_credit": "800000"}, 1, "T-05", 1_800_000, 0),
        ({"borrower": "individual", "total_credit": "800000"}, 1, "T-01", 1_800_000, 0),
        (
            {"total_credit": "800000", "any_rate_limit": None, "capped_rate_limit": None},
            1,
            "none",
            0,
            101_887,
        ),
    ],
)
def test_the_rule_that_holds_and_what_it_leaves(
    change: dict[str, object], method: int | None, rule: str, exempt: int, vat: int
) -> None:
    if "total_credit" in change:
        change = {**change, "total_credit": Money.parse(str(change["total_credit"]))}
    tag = tag_of(replace(FACTS, **change), method=method)  # type: ignore[arg-type]
    split = split_interest(interest=YEAR, tag=tag)
    assert (tag.rule, split.exempt, split.vat, split.exempt + split.taxed) == (rule, exempt, vat, YEAR)
    assert tag.income_account == ("6011.01" if tag.treatment is Treatment.EXEMPT else "6011.02")


def test_each_part_has_its_account() -> None:
    split = split_interest(interest=YEAR, tag=tag_of(FACTS, method=2))
    assert split.credits == (("6011.01", 1_350_000), ("6011.02", 424_528), ("2221.01", 25_472))
    exempt = tag_of(replace(FACTS, total_credit=Money.parse("800000")), method=2)
    assert split_interest(interest=YEAR, tag=exempt).credits == (("6011.01", YEAR),)
    assert split_interest(interest=0, tag=exempt).credits == ()


@settings(max_examples=150, deadline=None)
@given(
    interest=st.integers(-(10**12), 10**12),
    rate=st.integers(1, 360_000),
    ceiling=st.integers(0, 90_000),
    method=st.sampled_from((1, 2, None)),
)
def test_the_parts_add_up_whatever_the_amount(
    interest: int, rate: int, ceiling: int, method: int | None
) -> None:
    tag = tag_of(replace(FACTS, rate_ppm=rate, ceiling_ppm=ceiling), method=method)
    split, mirror = split_interest(interest=interest, tag=tag), split_interest(interest=-interest, tag=tag)
    assert split.exempt + split.net + split.vat == interest
    assert sum(minor for _, minor in split.credits) == interest
    assert (mirror.exempt, mirror.net, mirror.vat) == (-split.exempt, -split.net, -split.vat)
    assert all(part * interest >= 0 for part in (split.exempt, split.net, split.vat))


def test_facts_are_stored_and_read_back() -> None:
    facts = replace(FACTS, farmer_limit=None)
    assert TaxFacts.of(facts.as_json()) == facts


def test_vat_waits_after_ninety_days_and_comes_with_the_money() -> None:
    taxed = tag_of(FACTS, method=1)
    within, after = arisen(daily_exact_numerator=2_000, divisor=1, days=120)
    assert (within, after) == (180_000, 60_000)
    day_90, day_120 = VatState(180_000, 0, 0), VatState(within, after, 0)
    assert vat_booked(day_90, taxed) == vat_booked(day_120, taxed) == 10_189
    paid = VatState(within, after, within + after)
    assert (paid.deferred, vat_change(day_120, paid, taxed)) == (0, 3_396)
    assert vat_booked(paid, taxed) == vat_within(240_000, 60_000) == 13_585


def test_a_receipt_pays_the_oldest_interest_first() -> None:
    taxed = tag_of(FACTS, method=1)
    unpaid = VatState(180_000, 60_000, 0)
    assert vat_change(unpaid, replace(unpaid, received=180_000), taxed) == 0
    assert replace(unpaid, received=200_000).deferred == 40_000
    assert (
        vat_change(unpaid, replace(unpaid, received=200_000), taxed) == vat_within(200_000, 60_000) - 10_189
    )


def test_exempt_interest_has_no_vat_to_defer() -> None:
    exempt = tag_of(replace(FACTS, total_credit=Money.parse("800000")), method=1)
    assert vat_booked(VatState(180_000, 60_000, 240_000), exempt) == 0


def test_a_split_loan_defers_the_vat_of_its_taxed_part() -> None:
    split = tag_of(FACTS, method=2)
    assert vat_booked(VatState(180_000, 60_000, 0), split) == vat_within(45_000, 60_000)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=9), st.sampled_from([0, 1, 2]))
def test_parts_of_the_whole_add_up_over_the_days(days: list[int], kind: int) -> None:
    tax = (UNTAXED, LoanTax(60_000), LoanTax(60_000, 60_000, 45_000))[kind]
    booked: Counter[str] = Counter()
    earned = 0
    for day in days:
        before = tax.credits(interest=earned, late=earned, income_account="6011.02")
        after = tax.credits(interest=earned + day, late=earned + day, income_account="6011.02")
        after.subtract(before)
        assert min(after.values()) >= 0
        booked.update(after)
        earned += day
    assert sum(booked.values()) == 2 * earned
    assert booked["2221.01"] == tax.interest_vat(earned) + tax.late_vat(earned)
