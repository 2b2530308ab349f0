"""Limits and prices that move while a line runs (S0-21, J8): drawn terms stay, rises need consent."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from kernel.money import Money
from kernel.rates import AnnualRate
from lending.credit_lines import operations as lines
from lending.credit_lines.models import CreditLine
from lending.credit_lines.operations import LimitExceeded
from lending.credit_lines.queries import get_line
from lending.line_changes import operations, queries
from lending.line_changes.models import LineProposal, LineVersion, MassCut
from lending.line_changes.operations import Moved, answer_proposal, apply_cut, move_line, simulate_cut
from lending.loans.queries import get_loan
from lending.products.publish_check import CostCapExceeded
from plumbing.clock.queries import business_date
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema
from regulation.operations import set_own_cost_cap
from testkit.servicing import (
    NOON,
    Borrower,
    ask,
    at_the_counter,
    borrower,
    collected,
    draw,
    fund,
    lend,
    term_line,
)

TABLES = (LineVersion, LineProposal, MassCut, CreditLine, OutboxEvent)
LOWER, HIGHER = AnnualRate.parse("0.060000"), AnnualRate.parse("0.080000")


@pytest.fixture
def who(qinglan: str) -> Borrower:
    fund("1000000.00")
    return borrower()


def rows() -> dict[str, list[Any]]:
    return {table.__name__: list(table.objects.order_by("pk").values_list()) for table in TABLES}


def moved(who: Borrower, limit: str | None = None, rate: AnnualRate | None = None) -> Moved:
    return move_line(
        line_id=who.line_id,
        limit=None if limit is None else Money.parse(limit),
        annual_rate=rate,
        reason_code="receipts_changed",
        now=NOON,
        business_date=business_date(),
    )


def answer(proposal: queries.ProposalView | None, *, accepted: bool = True, on: date | None = None) -> None:
    assert proposal is not None
    answer_proposal(
        proposal_id=proposal.id,
        scene_id=None,
        accepted=accepted,
        now=NOON,
        business_date=on or business_date(),
    )


def figures(who: Borrower) -> tuple[str, str | None, str, str]:
    line = get_line(line_id=who.line_id, scene_id=None)
    target = None if line.target_limit is None else str(line.target_limit)
    return str(line.limit), target, str(line.available), str(line.annual_rate)


def refuses(refusal: type[Exception], act: Callable[[], object]) -> None:
    before = rows()
    with pytest.raises(refusal):
        act()
    assert rows() == before


def test_a_cut_takes_what_is_not_in_use_and_falls_on_as_principal_comes_back(who: Borrower) -> None:
    loan = lend(who, "60000.00")
    version = moved(who, "50000.00").version
    assert version is not None
    assert (version.version, str(version.limit), version.cause) == (2, "50000.00", "review")
    assert figures(who) == ("60000.00", "50000.00", "0.00", "0.072000")
    refuses(LimitExceeded, lambda: draw(who, "1000.00"))
    collected(ask(who, loan, kind="partial_prepay", principal="20000.00"))
    assert figures(who) == ("50000.00", None, "10000.00", "0.072000")
    assert [(one.version, str(one.limit)) for one in queries.versions(line_id=who.line_id)] == [
        (1, "100000.00"),
        (2, "50000.00"),
    ]


def test_a_lower_price_is_for_draws_to_come_and_drawn_terms_stay(who: Borrower) -> None:
    before = lend(who, "10000.00")
    assert moved(who, rate=LOWER).proposal is None
    after = lend(who, "10000.00")
    kept, new = (get_loan(loan_id=loan.id, scene_id=None).annual_rate for loan in (before, after))
    assert (str(kept), str(new)) == ("0.072000", "0.060000")


def test_a_rise_waits_for_the_borrower(who: Borrower) -> None:
    wider = moved(who, "140000.00", LOWER)
    assert wider.version is not None
    assert figures(who) == ("100000.00", None, "100000.00", "0.060000")
    answer(wider.proposal)
    assert figures(who) == ("140000.00", None, "140000.00", "0.060000")
    assert [one.cause for one in queries.versions(line_id=who.line_id)] == ["grant", "review", "consent"]
    refuses(operations.ProposalClosed, lambda: answer(wider.proposal))


def test_what_the_borrower_declines_changes_nothing(who: Borrower) -> None:
    dearer = moved(who, rate=HIGHER)
    assert dearer.version is None
    answer(dearer.proposal, accepted=False)
    assert figures(who) == ("100000.00", None, "100000.00", "0.072000")
    assert queries.versions(line_id=who.line_id) == ()


def test_a_proposal_runs_out_and_the_next_one_replaces_it(who: Borrower) -> None:
    first, second = moved(who, "140000.00").proposal, moved(who, "150000.00").proposal
    refuses(operations.ProposalClosed, lambda: answer(first))
    late = business_date() + timedelta(days=operations.PROPOSAL_DAYS + 1)
    refuses(operations.ProposalClosed, lambda: answer(second, on=late))
    assert queries.open_proposal(line_id=who.line_id) == second


def test_the_scene_is_told_and_never_a_figure(who: Borrower) -> None:
    answer(moved(who, "140000.00").proposal)
    told = OutboxEvent.objects.filter(type__startswith="line_proposal.").order_by("sequence", "id")
    assert {event.type for event in told} == {"line_proposal.made", "line_proposal.accepted"}
    assert "140000" not in str([event.data for event in told])


@pytest.mark.parametrize(
    ("limit", "reason", "refusal"),
    [
        ("300000.01", "x", operations.LimitAboveProduct),
        ("-1.00", "x", operations.LimitAboveProduct),
        ("0.00", "x", operations.LimitAboveProduct),
        ("1000.00", " ", operations.MoveUnexplained),
    ],
)
def test_a_move_that_is_refused(who: Borrower, limit: str, reason: str, refusal: type[Exception]) -> None:
    refuses(
        refusal,
        lambda: move_line(
            line_id=who.line_id,
            limit=Money.parse(limit),
            reason_code=reason,
            now=NOON,
            business_date=business_date(),
        ),
    )


def test_versions_only_grow(who: Borrower) -> None:
    moved(who, "50000.00")
    for act in (LineVersion.objects.all().delete, lambda: LineVersion.objects.update(version=9)):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_cut_of_many_needs_its_impact_and_two_approvers(who: Borrower, monkeypatch: Any) -> None:
    monkeypatch.setattr(operations, "MASS_CUT_BORROWERS", 1)
    lend(who, "80000.00")
    other = borrower(limit="20000.00")
    cut = simulate_cut(
        line_ids=[who.line_id, other.line_id],
        factor=Decimal("0.500000"),
        reason_code="core_buyer_default",
        simulated_by="risk@qinglan.example",
        now=NOON,
    )
    assert (cut.borrower_count, str(cut.limit_before), str(cut.limit_after), str(cut.in_use_above)) == (
        2,
        "120000.00",
        "60000.00",
        "30000.00",
    )

    def apply(first: str, second: str = "") -> queries.MassCutView:
        return apply_cut(
            cut_id=cut.id, approved_by=first, second_approver=second, now=NOON, business_date=business_date()
        )

    for approvers in (("head@q",), ("risk@qinglan.example", "head@q"), ("head@q", "head@q")):
        refuses(operations.ApprovalMissing, lambda approvers=approvers: apply(*approvers))
    assert apply("head@q", "president@q").applied_at == NOON
    assert figures(who)[:3] == ("80000.00", "50000.00", "0.00")
    assert figures(other)[:3] == ("10000.00", None, "10000.00")
    refuses(operations.CutOutdated, lambda: apply("head@q", "president@q"))


def test_a_cut_whose_lines_have_moved_is_worked_out_anew(who: Borrower) -> None:
    cut = simulate_cut(
        line_ids=[who.line_id], factor=Decimal("0.5"), reason_code="x", simulated_by="risk@q", now=NOON
    )
    lend(who, "80000.00")
    refuses(
        operations.CutOutdated,
        lambda: apply_cut(cut_id=cut.id, approved_by="head@q", now=NOON, business_date=business_date()),
    )


@pytest.mark.parametrize(("count", "factor"), [(0, "0.5"), (1, "1"), (1, "0"), (1, "NaN"), (1, "0.3333333")])
def test_a_cut_that_cuts_nothing(who: Borrower, count: int, factor: str) -> None:
    refuses(
        operations.CutInvalid,
        lambda: simulate_cut(
            line_ids=[who.line_id] * count,
            factor=Decimal(factor),
            reason_code="x",
            simulated_by="risk@q",
            now=NOON,
        ),
    )


def test_the_other_bank_sees_nothing(who: Borrower) -> None:
    with bank_schema("lian"):
        before = rows()
    moved(who, "50000.00")
    with bank_schema("lian"):
        assert rows() == before


def test_a_cut_ends_what_waited_for_the_borrower(who: Borrower) -> None:
    waiting = moved(who, "200000.00").proposal
    cut(who.line_id)
    refuses(operations.ProposalClosed, lambda: answer(waiting))
    assert figures(who)[:2] == ("50000.00", None)


def cut(*line_ids: UUID) -> queries.MassCutView:
    made = simulate_cut(
        line_ids=line_ids, factor=Decimal("0.5"), reason_code="x", simulated_by="risk@q", now=NOON
    )
    return apply_cut(cut_id=made.id, approved_by="head@q", now=NOON, business_date=business_date())


def test_a_rate_above_the_cap_is_neither_proposed_nor_accepted(who: Borrower) -> None:
    """23.8 % on 360 days are 24.13 %; a rate proposed under one cap is not accepted under a lower one."""
    dear = AnnualRate.parse("0.238000")
    with pytest.raises(CostCapExceeded) as found:
        moved(who, rate=dear)
    assert found.value.params["cost_percent"] == "24.13"
    refuses(CostCapExceeded, lambda: moved(who, rate=dear))
    waiting = moved(who, rate=HIGHER).proposal
    set_own_cost_cap(
        annual_cost_cap=Decimal("0.075"),
        effective_from=business_date() + timedelta(days=1),
        adopted_by="risk@q",
        reason="risk committee",
        now=NOON,
    )
    refuses(CostCapExceeded, lambda: answer(waiting, on=business_date() + timedelta(days=1)))
    answer(waiting)


def test_lines_that_ended_are_neither_moved_nor_cut(who: Borrower) -> None:
    other = borrower()
    lines.close_line(line_id=who.line_id, now=NOON)
    refuses(lines.LineStateConflict, lambda: moved(who, "140000.00"))
    refuses(operations.CutInvalid, lambda: cut(who.line_id))
    both = cut(who.line_id, other.line_id)
    assert (both.line_count, str(both.limit_before), figures(other)[0]) == (1, "100000.00", "50000.00")


def test_what_came_back_on_a_term_loan_is_not_lent_above_its_new_limit(who: Borrower) -> None:
    term = term_line(who)
    loan = lend(term, "100000.00", tenor_days=365)
    at_the_counter(loan, "40000.00", received_date=business_date(), receipt_no="P")
    assert str(cut(term.line_id).in_use_above) == "10000.00"
