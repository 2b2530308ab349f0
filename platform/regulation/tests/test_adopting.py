"""What a bank takes over, what waits for two people, what it knew when; each kind of rule on two dates."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Max

from kernel.ids import new_id
from kernel.refusals import Refusal
from plumbing.audit.models import AuditRecord
from regulation import models
from regulation.models import CalendarOverride
from regulation.operations import (
    FixingInvalid,
    OwnCapTooHigh,
    ProposalClosed,
    ProposalNotFound,
    VatMethodLocked,
    VatMethodUnknown,
    VerdictRepeated,
    YearListInvalid,
    YearListKnown,
    YearProposalClosed,
    YearProposalNotFound,
    YearSignedTwice,
    adopt_pack,
    choose_vat_method,
    decide_fixing,
    decide_year,
    lock_vat_method,
    override_day,
    propose_year,
    record_fixing,
    set_own_cost_cap,
)
from regulation.packs import DayDraft, FixingDraft, RuleDraft, YearDraft
from regulation.queries import (
    RuleMissing,
    binding_rule,
    calendar,
    calendar_years,
    cost_cap,
    fixings,
    lpr,
    open_proposals,
    open_year_proposals,
    rule,
    vat_locked_since,
    vat_method,
)
from regulation.rolls import changed_days, due_date_moves
from testkit.clock import NOON, after

TODAY = date(2026, 11, 2)
MAKER, FIRST, SECOND = "accounts@x.example", "risk@x.example", "risk.checker@x.example"
TABLES = (
    models.AdoptedRule,
    models.CalendarProposal,
    models.CalendarVerdict,
    models.CalendarYear,
    models.LprFixing,
    models.LprProposal,
    models.LprVerdict,
    models.VatElection,
    models.VatLock,
    AuditRecord,
)


def refuses(refusal: type[Refusal], act: Callable[[], object]) -> None:
    before = [model.objects.count() for model in TABLES]
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert [model.objects.count() for model in TABLES] == before


def fixing(day: date, one: str, five: str = "0.035000") -> FixingDraft:
    return FixingDraft(day, Decimal(one), Decimal(five), "test")


def take(day: date, one: str, five: str = "0.035000") -> tuple[object, models.LprProposal | None]:
    return record_fixing(fixing=fixing(day, one, five), recorded_by=MAKER, now=NOON)


def later(**span: float) -> datetime:
    """Return an instant after the bank took over the published pack, which its creation dated."""
    newest = models.AdoptedRule.objects.aggregate(newest=Max("adopted_at"))["newest"]
    return newest + timedelta(**span)  # type: ignore[no-any-return]


def say(waiting: models.LprProposal, person: str, *, approves: bool = True) -> models.LprFixing | None:
    return decide_fixing(proposal_id=waiting.id, person=person, approves=approves, now=NOON)


def test_a_plausible_fixing_counts_at_once_and_only_from_its_day(qinglan: str) -> None:
    found, waiting = take(date(2026, 12, 21), "0.029000")
    assert found is not None
    assert waiting is None
    assert lpr(tenor="1Y", on_date=date(2026, 12, 20)) == Decimal("0.030000")
    assert lpr(tenor="1Y", on_date=date(2026, 12, 21)) == Decimal("0.029000")
    count = len(fixings())
    assert take(date(2026, 12, 21), "0.029000")[0] == found
    assert len(fixings()) == count


def test_a_mistyped_rate_waits_for_two_people_and_prices_nothing(qinglan: str) -> None:
    day = date(2026, 12, 21)
    found, waiting = take(day, "0.290000")  # 29.0 instead of 2.90
    assert found is None
    assert waiting is not None
    (shown,) = open_proposals()
    assert (shown.reasons, shown.approved_by) == (("change_over_bound",), ())
    assert lpr(tenor="1Y", on_date=day) == Decimal("0.030000")
    refuses(VerdictRepeated, lambda: say(waiting, MAKER))
    assert say(waiting, FIRST) is None
    assert lpr(tenor="1Y", on_date=day) == Decimal("0.030000")
    refuses(VerdictRepeated, lambda: say(waiting, FIRST))
    adopted = say(waiting, SECOND)
    assert adopted is not None
    assert adopted.approved_by == [FIRST, SECOND]
    assert lpr(tenor="1Y", on_date=day) == Decimal("0.290000")
    refuses(ProposalClosed, lambda: say(waiting, "x"))


def test_one_rejection_ends_a_proposal(qinglan: str) -> None:
    _, waiting = take(date(2026, 12, 21), "0.290000")
    assert waiting is not None
    assert say(waiting, FIRST, approves=False) is None
    assert open_proposals() == ()
    refuses(ProposalClosed, lambda: say(waiting, SECOND))
    refuses(
        ProposalNotFound,
        lambda: decide_fixing(proposal_id=models.LprFixing().id, person=SECOND, approves=True, now=NOON),
    )


@pytest.mark.parametrize("one", ["0", "-0.03", "29.0"])
def test_what_is_no_rate_is_refused(qinglan: str, one: str) -> None:
    refuses(FixingInvalid, lambda: take(date(2026, 12, 21), one))


def test_a_corrected_fixing_is_a_revision_and_the_old_price_stays_explained(qinglan: str) -> None:
    day = date(2026, 12, 21)
    take(day, "0.029000")
    record_fixing(fixing=fixing(day, "0.028500"), recorded_by=MAKER, now=after(minutes=5))
    assert lpr(tenor="1Y", on_date=day) == Decimal("0.028500")
    assert lpr(tenor="1Y", on_date=day, known_at=NOON) == Decimal("0.029000")


def test_the_history_is_on_its_days(qinglan: str) -> None:
    history = fixings()
    assert history[-1].published_date == date(2026, 9, 20)
    assert (history[-1].one_year, history[-1].five_year) == (Decimal("0.030000"), Decimal("0.035000"))
    worked = calendar()
    for found in history:
        expected = worked.next_workday(found.published_date.replace(day=20))
        assert found.published_date == expected
    assert lpr(tenor="1Y", on_date=date(2026, 6, 21)) == Decimal("0.030000")


def test_a_vat_method_is_chosen_for_a_year_and_stays_after_the_first_posting(qinglan: str) -> None:
    assert vat_method(year=2026) is None
    choose_vat_method(year=2026, method=1, chosen_by=FIRST, now=NOON)
    choose_vat_method(year=2026, method=2, chosen_by=FIRST, now=after(minutes=1))
    assert (vat_method(year=2026), vat_method(year=2026, known_at=NOON)) == (2, 1)
    lock_vat_method(posting_date=TODAY, now=NOON)
    lock_vat_method(posting_date=TODAY + timedelta(days=1), now=NOON)
    assert vat_locked_since(year=2026) == TODAY
    refuses(VatMethodLocked, lambda: choose_vat_method(year=2026, method=1, chosen_by=FIRST, now=NOON))
    choose_vat_method(year=2026, method=2, chosen_by=SECOND, now=NOON)
    choose_vat_method(year=2027, method=1, chosen_by=FIRST, now=NOON)
    assert (vat_method(year=2026), vat_method(year=2027)) == (2, 1)
    refuses(VatMethodUnknown, lambda: choose_vat_method(year=2028, method=3, chosen_by=FIRST, now=NOON))


def test_the_lowest_cap_binds(qinglan: str) -> None:
    assert (cost_cap(on_date=TODAY).fraction, cost_cap(on_date=TODAY).rule) == (
        Decimal("0.240000"),
        "R-11@2025-10-01/1",
    )
    now = later(hours=1)
    refuses(
        OwnCapTooHigh,
        lambda: set_own_cost_cap(
            annual_cost_cap=Decimal("0.240001"), effective_from=TODAY, adopted_by=FIRST, reason="x", now=NOON
        ),
    )
    set_own_cost_cap(
        annual_cost_cap=Decimal("0.200000"),
        effective_from=date(2026, 12, 1),
        adopted_by=FIRST,
        reason="board decision",
        now=now,
    )
    assert cost_cap(on_date=date(2026, 11, 30)).fraction == Decimal("0.240000")
    assert cost_cap(on_date=date(2026, 12, 1)).fraction == Decimal("0.200000")
    assert cost_cap(on_date=date(2026, 12, 1), known_at=now - timedelta(minutes=1)).fraction == Decimal(
        "0.24"
    )


@pytest.mark.parametrize(
    ("on_date", "kind", "expected"),
    [
        (date(2027, 12, 30), "small_loan_company", "0.24"),
        (date(2027, 12, 31), "small_loan_company", "0.12"),
        (date(2027, 12, 31), "bank", "0.24"),
    ],
)
def test_small_loan_companies_come_under_four_times_the_prime_rate(
    qinglan: str, on_date: date, kind: str, expected: str
) -> None:
    assert cost_cap(on_date=on_date, lender_kind=kind).fraction == Decimal(expected)


def test_a_contract_from_before_a_rule_is_left_alone(qinglan: str) -> None:
    assert binding_rule("R-11", on_date=TODAY, signed_date=date(2025, 9, 30)) is None
    found = binding_rule("R-11", on_date=TODAY, signed_date=date(2025, 10, 1))
    assert found is not None
    assert found.parameters["annual_cost_cap"] == "0.240000"
    assert binding_rule("R-11", on_date=date(2025, 9, 30), signed_date=date(2025, 9, 30)) is None
    assert rule("R-11", TODAY).applies_to_contracts_signed_from == date(2025, 10, 1)


@pytest.mark.parametrize(
    ("code", "before", "since", "parameter"),
    [
        ("R-11", "2025-09-30", "2025-10-01", "annual_cost_cap"),
        ("P-03", "2026-07-31", "2026-08-01", "reading_seconds"),
        ("P-04", "2003-12-31", "2004-01-01", "overdue_uplift_max"),
        ("P-06", "2024-10-20", "2024-10-21", "largest_change"),
        ("R-14", "2024-09-23", "2024-09-24", "borrower_sizes"),
        ("C-02", "2023-06-30", "2023-07-01", "substandard_after_days"),
        ("E-01", "2018-12-31", "2019-01-01", "sicr_after_days"),
        ("T-02", "2023-08-01", "2023-08-02", "lpr_multiple"),
        ("T-03", "2011-06-17", "2011-06-18", "rows"),
    ],
)
def test_the_same_act_on_two_dates_has_two_outcomes(
    qinglan: str, code: str, before: str, since: str, parameter: str
) -> None:
    with pytest.raises(RuleMissing):
        rule(code, date.fromisoformat(before))
    assert rule(code, date.fromisoformat(since)).parameters[parameter]


def test_an_exemption_ends_and_an_indicator_set_changes(qinglan: str) -> None:
    assert rule("T-01", date(2027, 12, 31)).code == "T-01"
    with pytest.raises(RuleMissing):
        rule("T-01", date(2028, 1, 1))
    demands = [
        rule("I-02", day).parameters["growth_at_least_all_loans"] for day in (date(2019, 6, 30), TODAY)
    ]
    assert demands == ["must", "should"]


def test_what_was_known_on_a_day_can_be_asked_again_later(qinglan: str) -> None:
    old, now = rule("P-04", TODAY), later(days=1)
    draft = RuleDraft(
        code="P-04",
        effective_from=old.effective_from,
        effective_to=None,
        title_en="x",
        title_zh="x",
        source="x",
        severity="BLOCK",
        confidence="C",
        parameters={**old.parameters, "overdue_uplift_max": "0.400000"},
    )
    adopt_pack(rules=[draft], holidays=(), adopted_by=SECOND, now=now)
    assert rule("P-04", TODAY).parameters["overdue_uplift_max"] == "0.400000"
    assert rule("P-04", TODAY, known_at=now - timedelta(hours=1)) == old
    assert rule("P-04", TODAY).reference == "P-04@2004-01-01/2"


def test_loading_the_official_year_says_which_due_dates_move(qinglan: str) -> None:
    before, loaded_at = calendar(), later(days=23)
    official = YearDraft(
        2027,
        True,
        "State Council",
        tuple(DayDraft(date(2027, 2, day), False, "Spring Festival") for day in (8, 9, 10, 11, 12)),
    )
    adopt_pack(rules=(), holidays=(official,), adopted_by=FIRST, now=loaded_at)
    now = calendar()
    assert calendar(known_at=loaded_at - timedelta(hours=1)) == before
    days = changed_days(year=2027, before=before, after=now)
    assert days
    dues = [date(2026, 10, 1), *days]
    moves = due_date_moves(unrolled_dates=dues, on_date=date(2026, 11, 25), before=before, after=now)
    assert {move.unrolled_date.year for move in moves} == {2027}
    assert all(now.next_workday(move.unrolled_date) == move.becomes_date for move in moves)


def spring(*days: int, year: int = 2027, worked: int = 20, official: bool = True) -> YearDraft:
    listed = [DayDraft(date(year, 2, day), False, "Spring Festival") for day in days]
    return YearDraft(2027, official, "State Council", (*listed, DayDraft(date(year, 2, worked), True)))


def test_an_official_year_is_signed_by_two_people_over_its_estimate(qinglan: str) -> None:
    before = calendar()
    assert before.is_provisional(date(2027, 2, 8))
    for wrong in (
        spring(8, year=2028),
        spring(8, 8),
        spring(8, worked=22),
        spring(8, official=False),
        YearDraft(2027, True, "State Council", ()),
    ):
        refuses(YearListInvalid, lambda wrong=wrong: propose_year(year=wrong, proposed_by=FIRST, now=NOON))
    for approves in (False, True):
        proposal = propose_year(year=spring(8, 9, 10), proposed_by=FIRST, now=NOON)
        assert [(each.year, len(each.days)) for each in open_year_proposals()] == [(2027, 4)]
        refuses(YearListKnown, lambda: propose_year(year=spring(8), proposed_by=FIRST, now=NOON))
        asked = {"proposal_id": proposal, "approves": approves, "now": later(days=1)}
        refuses(YearSignedTwice, lambda: decide_year(person=FIRST, **asked))  # noqa: B023
        assert calendar() == before
        decide_year(person=SECOND, **asked)
        refuses(YearProposalClosed, lambda: decide_year(person=MAKER, **asked))  # noqa: B023
    refuses(YearProposalNotFound, lambda: decide_year(person=SECOND, **asked | {"proposal_id": new_id()}))
    signed = calendar()
    assert (signed.is_provisional(date(2027, 2, 8)), open_year_proposals()) == (False, ())
    assert signed.next_workday(date(2027, 2, 8)) == date(2027, 2, 11)
    assert signed.is_workday(date(2027, 2, 20))
    refuses(YearListKnown, lambda: propose_year(year=spring(8, 9, 10), proposed_by=FIRST, now=NOON))
    [year] = [each for each in calendar_years() if each.year == 2027]
    assert (year.is_official, year.day_count, year.adopted_by) == (True, 4, SECOND)


def test_the_bank_has_the_last_word_on_a_day(qinglan: str) -> None:
    day = date(2026, 11, 4)
    kind = CalendarOverride.Kind
    override_day(day=day, kind=kind.HOLIDAY, reason="founding day", adopted_by=FIRST, now=NOON)
    assert calendar().next_workday(day) == date(2026, 11, 5)
    override_day(day=day, kind=kind.AS_LISTED, reason="cancelled", adopted_by=FIRST, now=after(minutes=1))
    assert calendar().is_workday(day)
    assert not calendar(known_at=NOON).is_workday(day)
    override_day(day=date(2026, 11, 7), kind=kind.WORKDAY, reason="move", adopted_by=FIRST, now=NOON)
    assert calendar().is_workday(date(2026, 11, 7))


@pytest.mark.parametrize(
    "model", [models.AdoptedRule, models.LprFixing, models.CalendarYear, models.CalendarDay]
)
def test_what_was_adopted_may_only_grow(qinglan: str, model: type[models.AdoptedRule]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()
