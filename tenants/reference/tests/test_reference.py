"""What is published: rules with their sources, calendars with their estimates."""

from datetime import date

import pytest

from tenants.reference.calendars import estimated_year, official_year, years
from tenants.reference.models import PublishedRule, PublishedYear
from tenants.reference.operations import publish_pack
from tenants.reference.queries import published_rules, published_years
from testkit.clock import NOON

CODES = {"R-02", "R-03", "R-05", "R-09", "R-10", "R-11", "P-03", "P-04", "P-05", "P-06", "S3-07"}


def test_the_pack_is_published_once(banks: tuple[str, str]) -> None:
    before = PublishedRule.objects.count(), PublishedYear.objects.count()
    assert publish_pack(now=NOON) == 0
    assert (PublishedRule.objects.count(), PublishedYear.objects.count()) == before


def test_every_rule_names_its_source_and_how_sure_we_are(banks: tuple[str, str]) -> None:
    rules = published_rules()
    assert {rule.code for rule in rules} >= CODES
    for rule in rules:
        assert rule.source
        assert rule.title_en
        assert rule.title_zh
        assert rule.confidence in {"V", "S", "MH", "MM", "ML", "C"}
        assert rule.severity in {"BLOCK", "REFER", "WARN", "REPORT", "DATA"}


def test_a_higher_edition_takes_the_place_of_a_lower_one(banks: tuple[str, str]) -> None:
    row = PublishedRule.objects.get(code="R-11")
    PublishedRule.objects.create(
        code="R-11",
        edition=row.edition + 1,
        effective_from=row.effective_from,
        title_en=row.title_en,
        title_zh=row.title_zh,
        source=row.source,
        severity=row.severity,
        confidence=row.confidence,
        parameters={"annual_cost_cap": "0.200000"},
        published_at=NOON,
    )
    (rule,) = [rule for rule in published_rules() if rule.code == "R-11"]
    assert rule.parameters == {"annual_cost_cap": "0.200000"}


def test_the_official_years_are_followed_by_one_estimate(banks: tuple[str, str]) -> None:
    assert [(year.year, year.is_official) for year in years()] == [(2025, True), (2026, True), (2027, False)]
    assert published_years() == years()


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [
        (date(2026, 2, 17), False),
        (date(2026, 2, 28), True),
        (date(2026, 10, 10), True),
        (date(2026, 9, 20), True),
    ],
)
def test_days_that_are_not_what_their_weekday_says(day: date, is_workday: bool) -> None:
    known = {draft.day: draft.is_workday for draft in official_year(2026).days}
    assert known[day] is is_workday


def test_ordinary_days_are_not_listed() -> None:
    known = {draft.day for draft in official_year(2026).days}
    assert not {date(2026, 11, 2), date(2026, 11, 7)} & known


def test_an_estimate_has_no_make_up_days() -> None:
    assert not any(draft.is_workday for draft in estimated_year(2027).days)
    assert date(2027, 10, 1) in {draft.day for draft in estimated_year(2027).days}
