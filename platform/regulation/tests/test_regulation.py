"""Rules hold for a span of time, and what was adopted stays explained."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from plumbing.audit.queries import records
from regulation.models import AdoptedRule, CalendarDay, CalendarYear
from regulation.operations import adopt_pack
from regulation.packs import DayDraft, RuleDraft, YearDraft
from regulation.queries import RuleMissing, calendar, fixings, in_force, lpr, rule, rules
from testkit.clock import NOON

DRAFT = RuleDraft(
    code="X-01",
    effective_from=date(2026, 1, 1),
    effective_to=None,
    title_en="A rule",
    title_zh="规则",
    source="test",
    severity="BLOCK",
    confidence="C",
    parameters={"maximum": "1.00"},
)
SIGNER = "risk@qinglan.example"


def adopt(*drafts: RuleDraft, years: tuple[YearDraft, ...] = (), by: str = SIGNER) -> int:
    return adopt_pack(rules=drafts, holidays=years, adopted_by=by, now=NOON)


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("R-02", "partner_share_min", "0.300000"),
        ("R-03", "partner_tier1_share_max", "0.250000"),
        ("R-10", "scene_fee_payers", ["bank"]),
        ("R-11", "annual_cost_cap", "0.240000"),
        ("P-04", "overdue_uplift_max", "0.500000"),
        ("P-05", "day_basis", 360),
        ("S3-07", "online_unsecured_max", "1000000.00"),
    ],
)
def test_a_new_bank_has_the_published_rules(qinglan: str, code: str, name: str, expected: object) -> None:
    found = rule(code, date(2026, 11, 2))
    assert found.parameters[name] == expected
    assert (found.adopted_by, found.revision) == (SIGNER, 1)
    assert found.source
    assert found.title_zh


@pytest.mark.parametrize(("on_date", "expected"), [(date(2026, 7, 31), False), (date(2026, 8, 1), True)])
def test_disclosure_is_required_from_its_first_day(qinglan: str, on_date: date, expected: bool) -> None:
    assert in_force("P-03", on_date) is expected
    assert ("P-03" in {found.code for found in rules(on_date)}) is expected


def test_a_rule_before_its_time_or_unknown_is_missing(qinglan: str) -> None:
    for code, on_date in (("R-11", date(2025, 9, 30)), ("R-99", date(2026, 11, 2))):
        with pytest.raises(RuleMissing) as refused:
            rule(code, on_date)
        assert refused.value.params == {"code": code, "on_date": on_date}


def test_a_span_ends_before_its_last_day(qinglan: str) -> None:
    first = replace(DRAFT, effective_to=date(2026, 7, 1))
    second = replace(DRAFT, effective_from=date(2026, 7, 1), parameters={"maximum": "2.00"})
    assert adopt(first, second) == 2
    assert rule("X-01", date(2026, 6, 30)).parameters == {"maximum": "1.00"}
    assert rule("X-01", date(2026, 7, 1)).parameters == {"maximum": "2.00"}
    assert rule("X-01", date(2030, 1, 1)).parameters == {"maximum": "2.00"}
    with pytest.raises(RuleMissing):
        rule("X-01", date(2025, 12, 31))


def test_adopting_the_same_again_changes_nothing(qinglan: str) -> None:
    assert adopt(DRAFT) == 1
    rows, written = AdoptedRule.objects.count(), len(records(subject="regulation"))
    assert adopt(DRAFT, by="somebody@qinglan.example") == 0
    assert (AdoptedRule.objects.count(), len(records(subject="regulation"))) == (rows, written)
    assert rule("X-01", date(2026, 11, 2)).adopted_by == SIGNER


def test_changed_content_is_a_new_revision_and_the_old_one_stays(qinglan: str) -> None:
    adopt(DRAFT)
    assert adopt(replace(DRAFT, parameters={"maximum": "0.90"}), by="risk.checker@qinglan.example") == 1
    found = rule("X-01", date(2026, 11, 2))
    assert (found.parameters, found.revision) == ({"maximum": "0.90"}, 2)
    assert [row.parameters for row in AdoptedRule.objects.filter(code="X-01").order_by("revision")] == [
        {"maximum": "1.00"},
        {"maximum": "0.90"},
    ]
    newest = records(subject="regulation")[0]
    assert (newest.actor, newest.detail["rules"]) == ("risk.checker@qinglan.example", ["X-01"])


@pytest.mark.parametrize(
    ("tenor", "on_date", "expected"),
    [
        ("1Y", date(2025, 5, 19), "0.031000"),
        ("1Y", date(2025, 5, 20), "0.030000"),
        ("5Y", date(2026, 11, 2), "0.035000"),
    ],
)
def test_the_prime_rate_is_the_last_one_published(
    qinglan: str, tenor: str, on_date: date, expected: str
) -> None:
    assert lpr(tenor=tenor, on_date=on_date) == Decimal(expected)


def test_there_is_no_prime_rate_before_the_first(qinglan: str) -> None:
    with pytest.raises(RuleMissing):
        lpr(tenor="1Y", on_date=date(2024, 10, 20))


@pytest.mark.parametrize("published", ["2026-06-22", "2026-09-20"])
def test_the_prime_rate_comes_on_the_20th_or_the_next_workday(qinglan: str, published: str) -> None:
    # 2026-06-20 is a Saturday of the Dragon Boat Festival; 2026-09-20 is a Sunday that is worked (P-06).
    assert published in {fixing.published_date.isoformat() for fixing in fixings()}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 17), date(2026, 2, 24)),
        (date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 10, 10), date(2026, 10, 10)),
        (date(2026, 10, 31), date(2026, 11, 2)),
        (date(2025, 10, 1), date(2025, 10, 9)),
    ],
)
def test_the_adopted_calendar_knows_holidays_and_make_up_days(
    qinglan: str, day: date, expected: date
) -> None:
    assert calendar().next_workday(day) == expected  # M-07's vectors


def test_next_year_is_provisional(qinglan: str) -> None:
    adopted = calendar()
    assert adopted.is_provisional(date(2027, 5, 4))
    assert not adopted.is_workday(date(2027, 10, 1))
    assert not adopted.is_provisional(date(2026, 5, 4))


def test_the_official_list_replaces_the_estimate_and_never_the_other_way(qinglan: str) -> None:
    official = YearDraft(2027, True, "State Council", (DayDraft(date(2027, 2, 8), False, "Spring Festival"),))
    estimate = YearDraft(2027, False, "estimate", ())
    before = calendar()
    adopt(years=(official,))
    assert calendar().holidays >= {date(2027, 2, 8)}
    assert not {day for day in calendar().holidays if day.year == 2027} - {date(2027, 2, 8)}
    assert not calendar().is_provisional(date(2027, 5, 4))
    adopt(years=(estimate,))
    editions = CalendarYear.objects.filter(year=2027).order_by("revision")
    assert [row.is_official for row in editions] == [False, True]
    assert CalendarDay.objects.filter(edition=editions[1]).count() == 1
    assert calendar(known_at=NOON - timedelta(seconds=1)) != before  # nothing was adopted yet
    assert records(subject="regulation")[0].detail == {"rules": [], "calendar_years": [2027]}
