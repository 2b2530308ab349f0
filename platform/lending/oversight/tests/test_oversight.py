"""Borrowers are watched by what the bank may know; people act on what they decide; outcomes are handed in."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from kernel.ids import new_id, public_id
from kernel.money import Money
from lending.applications import operations as applications
from lending.credit_lines.queries import get_line
from lending.oversight import operations
from lending.oversight.operations import FactorInvalid, NotAWarning, act_on_warning, watch_borrowers
from openbanking.consents.operations import grant_consent, revoke_consent
from openbanking.streams.operations import ingest_records
from plumbing.clock.queries import business_date
from risk.cases import operations as cases
from risk.cases.operations import settle_case
from risk.cases.queries import cases_page, find_open, open_proposal
from risk.cases.states import CaseKind
from risk.classification.models import ClassificationState
from risk.decisions.models import Decision
from risk.graph.drafts import Node, RelationDraft
from risk.graph.kinds import EntityKind, RelationKind
from risk.graph.operations import flag_bad, relate
from risk.monitoring.models import Outcome
from risk.warnings import queries as warned
from risk.warnings.models import Sighting, WarningAction
from risk.warnings.operations import WarningSignaturesMissing
from risk.warnings.policy import Action, Level
from testkit.applicants import Applicant, Takings, admit, apply, list_scene, take_case
from testkit.clock import NOON
from testkit.servicing import Borrower, fund, lend
from testkit.worlds import signed

TODAY = date(2026, 11, 2)


@pytest.fixture
def shop(qinglan: str) -> Applicant:
    scene = list_scene(now=NOON, listed_from=TODAY)
    return admit(now=NOON, business_date=TODAY, scene_id=scene, takings=Takings(sales_a_day=4, sale="100.00"))


@pytest.fixture
def who(shop: Applicant) -> Borrower:
    fund("1000000.00")
    return signed(shop, now=NOON)[1]


def watch(day: date, enterprise_id: UUID | None = None) -> dict[UUID, Level]:
    moved = watch_borrowers(enterprise_id=enterprise_id, business_date=day, now=NOON)
    return {move.subject_id: move.to_level for move in moved}


def act(action: Action, **given: Any) -> operations.ActionTaken:
    [case] = cases_page(kind="warning")
    people = {"taken_by": "risk@x", "checked_by": "chief@x", "reason": "no sales for three weeks"}
    return act_on_warning(
        case_id=case.id, action=action, business_date=business_date(), now=NOON, **people | given
    )


def compare(who: Borrower) -> int | None:
    return operations.compare_with_grant(enterprise_id=who.enterprise_id, business_date=TODAY, now=NOON)


def test_a_trading_shop_is_quiet_and_one_that_stopped_is_warned_of(shop: Applicant, who: Borrower) -> None:
    assert watch(TODAY) == {}
    assert watch(TODAY + timedelta(days=21)) == {shop.enterprise_id: Level.STOP}

    [case] = cases_page(kind="warning")
    assert case.subject == public_id("biz", shop.enterprise_id)
    signals = {row["signal"]: row["value"] for row in case.evidence["warning"]["signals"]}
    assert signals == {"no_sales": "22", "turnover_halved": "0.300000"}


def test_what_the_streams_and_the_graph_say_warns_too(shop: Applicant, who: Borrower) -> None:
    given = grant_consent(
        enterprise_id=shop.enterprise_id,
        scene_id=shop.scene_id,
        purpose="credit_assessment",
        data_classes=("invoices", "taxes", "orders"),
        recipient="bank",
        text_version="1",
        text_sha256="0" * 64,
        expires_at=NOON + timedelta(days=365),
        evidence={"channel": "test"},
        now=NOON,
    )

    def send(stream: str, *rows: tuple[int, dict[str, Any]]) -> None:
        records = [
            {"record_no": f"N-{number}", "day": str(TODAY - timedelta(days=ago)), **fields}
            for number, (ago, fields) in enumerate(rows)
        ]
        batch = ingest_records(
            stream=stream,
            enterprise_id=shop.enterprise_id,
            scene_id=shop.scene_id,
            consent_id=given.id,
            rows=records,
            now=NOON,
        )
        assert batch.rows_accepted == len(rows), batch.errors

    send("invoices", (33, {"side": "sale", "gross": "113.00", "tax": "13.00", "is_void": False}))
    send("taxes", (40, {"tax": "vat", "declared": "9000", "paid": "270", "is_late": True}))
    stars = [(60 + n, 5) for n in range(10)] + [(5 + n, 3) for n in range(10)]
    send("ratings", *((ago, {"stars": count, "is_complaint": False}) for ago, count in stars))
    me, friend = (
        Node(EntityKind.ENTERPRISE, ref) for ref in (shop.enterprise.registration_no, "91310000FRIEND0000")
    )
    draft = RelationDraft(
        source=me, kind=RelationKind.GUARANTEES, target=friend, valid_from=TODAY, learned_from="test"
    )
    relate(relations=[draft], now=NOON)
    flag_bad(node=friend, reason="overdue", valid_from=TODAY, learned_from="test", now=NOON)

    assert watch(TODAY) == {shop.enterprise_id: Level.ACT}

    [case] = cases_page(kind="warning")
    assert {row["signal"]: row["value"] for row in case.evidence["warning"]["signals"]} == {
        "no_invoice": "33",
        "rating_drop": "2.000000",
        "tax_late": "1",
        "neighbour_default": "1",
        "new_guarantee": "1",
    }
    assert watch(TODAY, shop.enterprise_id) == {}


def test_without_the_consent_only_what_is_overdue_is_seen_and_outcomes_are_handed_in(
    shop: Applicant, who: Borrower
) -> None:
    lend(who, "3000.00", tenor_days=30)
    revoke_consent(consent_id=shop.consent.id, scene_id=shop.scene_id, reason="test", now=NOON)
    assert watch(TODAY + timedelta(days=30)) == {}
    assert watch(TODAY + timedelta(days=31), shop.enterprise_id) == {shop.enterprise_id: Level.ACT}
    assert watch(TODAY + timedelta(days=60)) == {shop.enterprise_id: Level.STOP}
    assert watch(TODAY + timedelta(days=30)) == {shop.enterprise_id: Level.NONE}

    hand_in = operations.hand_in_outcomes
    assert hand_in(business_date=TODAY + timedelta(days=59), now=NOON) == 0
    assert hand_in(business_date=TODAY + timedelta(days=60), now=NOON) == 1
    assert hand_in(business_date=date(2027, 2, 2), now=NOON) == 1
    assert hand_in(business_date=date(2027, 2, 2), now=NOON) == 0
    assert hand_in(business_date=date(2028, 1, 1), now=NOON, limit=1) == 1

    rows = Outcome.objects.order_by("matured_on").values_list("horizon", "dpd", "matured_on")
    assert list(rows) == [
        ("fpd", 30, TODAY + timedelta(days=60)),
        ("mob3", 62, date(2027, 2, 2)),
        ("mob6", 151, date(2027, 5, 2)),
    ]


def test_two_people_freeze_cut_and_hand_over_and_one_reviews(shop: Applicant, who: Borrower) -> None:
    loan = lend(who, "3000.00", tenor_days=60)
    watch(TODAY + timedelta(days=21))
    [case] = cases_page(kind="warning")
    before = get_line(line_id=who.line_id, scene_id=None)
    refused: list[tuple[type[Exception], Action, dict[str, Any]]] = [
        (WarningSignaturesMissing, Action.FREEZE, {"checked_by": ""}),
        (WarningSignaturesMissing, Action.FREEZE, {"checked_by": "risk@x"}),
        (FactorInvalid, Action.CUT, {}),
        (FactorInvalid, Action.CUT, {"factor": Decimal(1)}),
    ]
    for refusal, action, given in refused:
        with pytest.raises(refusal):
            act(action, **given)
    assert get_line(line_id=who.line_id, scene_id=None) == before
    assert not WarningAction.objects.exists()

    assert act(Action.REVIEW, checked_by="").line_count == 1
    assert compare(who) == 0  # the review found the takings of the grant
    granted = Decision.objects.filter(subject=public_id("lin", who.line_id)).latest("id")
    granted.id, granted.facts = new_id(), granted.facts | {"receipts.median_calendar_90d": "100.00"}
    granted.save(force_insert=True)
    assert (compare(who), compare(who)) == (1, 1)
    assert Sighting.objects.filter(measure="grant.levels_broken").count() == 2
    assert act(Action.CUT, factor=Decimal("0.5")).line_count == 1
    cut = get_line(line_id=who.line_id, scene_id=None)
    assert cut.limit == Money(before.limit.minor // 2) and cut.drawn == before.drawn
    assert act(Action.FREEZE).line_count == 1
    frozen = get_line(line_id=who.line_id, scene_id=None)
    assert (frozen.status, frozen.frozen_reason) == ("frozen", "early_warning")
    assert act(Action.FREEZE).line_count == 0
    assert act(Action.COLLECT).loan_count == 1
    assert ClassificationState.objects.get(exposure_id=loan.id).has_early_warning
    assert [row.action for row in warned.actions_taken(subject_id=shop.enterprise_id)] == [
        "review",
        "cut",
        "freeze",
        "freeze",
        "collect",
    ]

    settle_case(
        kind=CaseKind.WARNING, subject=case.subject, outcome="no_cause", reason="x", settled_by="a", now=NOON
    )
    with pytest.raises(NotAWarning):
        act_on_warning(
            case_id=case.id,
            action=Action.FREEZE,
            reason="x",
            taken_by="a",
            checked_by="b",
            business_date=TODAY,
            now=NOON,
        )
    assert WarningAction.objects.count() == 5


def test_what_one_proposes_on_a_case_another_signs_and_the_case_ends_by_it(
    shop: Applicant, who: Borrower
) -> None:
    watch(TODAY + timedelta(days=21))
    [case] = cases_page(kind="warning")

    def propose(action: Action, by: str = "risk@x", factor: Decimal | None = None) -> None:
        operations.propose_action(
            case_id=case.id, action=action, factor=factor, reason="silent", proposed_by=by, now=NOON
        )

    def waiting() -> UUID:
        found = open_proposal(case_id=case.id)
        assert found is not None
        return found.id

    def sign(proposal: UUID, by: str = "chief@x") -> operations.ActionTaken:
        with transaction.atomic():
            return operations.sign_action(
                case_id=case.id, proposal_id=proposal, signed_by=by, business_date=TODAY, now=NOON
            )

    before = get_line(line_id=who.line_id, scene_id=None)
    with pytest.raises(cases.NotAssignee):
        propose(Action.FREEZE)
    cases.assign_case(case_id=case.id, assigned_to="risk@x", assigned_by="risk@x", now=NOON)
    refused: list[tuple[type[Exception], Action, Decimal | None]] = [
        (FactorInvalid, Action.CUT, Decimal(1)),
        (FactorInvalid, Action.CUT, Decimal("NaN")),
        (operations.ActionNotProposed, Action.REVIEW, None),
    ]
    for refusal, action, factor in refused:
        with pytest.raises(refusal):
            propose(action, factor=factor)
    assert open_proposal(case_id=case.id) is None
    with pytest.raises(cases.OutcomeNeedsAct):
        cases.decide_case(case_id=case.id, outcome="frozen", reason="x", decided_by="risk@x", now=NOON)

    propose(Action.CUT, factor=Decimal("0.5"))
    cut = waiting()
    propose(Action.COLLECT)
    with pytest.raises(cases.ProposalGone):
        sign(cut)
    with pytest.raises(operations.NothingToAct):
        sign(waiting())  # it owes nothing
    cases.reject_act(case_id=case.id, proposal_id=waiting(), reason="x", rejected_by="chief@x", now=NOON)
    assert open_proposal(case_id=case.id) is None
    propose(Action.FREEZE)
    with pytest.raises(WarningSignaturesMissing):
        sign(waiting(), "RISK@x")
    assert get_line(line_id=who.line_id, scene_id=None) == before
    assert not WarningAction.objects.exists()

    signed_off = waiting()
    assert sign(signed_off).line_count == 1
    assert get_line(line_id=who.line_id, scene_id=None).status == "frozen"
    [done] = warned.actions_taken(subject_id=shop.enterprise_id)
    assert (done.action, done.taken_by, done.checked_by) == ("freeze", "risk@x", "chief@x")
    [closed] = cases_page(status="closed")
    assert (closed.id, closed.outcome, closed.decided_by) == (case.id, "frozen", "chief@x")
    with pytest.raises(cases.ProposalGone):
        sign(signed_off)


def test_a_referred_application_has_a_case_until_a_person_has_decided(qinglan: str) -> None:
    scene = list_scene(now=NOON, listed_from=TODAY)
    takings = Takings(sales_a_day=4, sale="100.00", refund_every=8)
    doubtful = admit(now=NOON, business_date=TODAY, scene_id=scene, takings=takings)
    application = apply(doubtful, now=NOON, business_date=TODAY)
    decided = applications.assess_application(application_id=application.id, now=NOON, business_date=TODAY)
    assert decided.status == "in_review"

    case = find_open(kind=CaseKind.REFERRAL, subject=application.public_id)
    assert case is not None and case.decision_id == decided.decision_id
    take_case(application, person="officer@x", now=NOON)
    applications.resolve_review(
        application_id=application.id,
        approved_amount=None,
        reason="refunds",
        resolved_by="officer@x",
        now=NOON,
        business_date=TODAY,
    )

    [closed] = cases_page(status="closed")
    assert (closed.id, closed.outcome, closed.decided_by) == (case.id, "declined", "officer@x")

    again = apply(doubtful, now=NOON, business_date=TODAY)
    applications.assess_application(application_id=again.id, now=NOON, business_date=TODAY)
    applications.withdraw_application(application_id=again.id, scene_id=None, reason="asked", now=NOON)

    ended = next(case for case in cases_page(status="closed") if case.subject == again.public_id)
    assert (ended.outcome, ended.decided_by) == ("ended", "machine")
