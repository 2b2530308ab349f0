"""Applications: taken in, assessed, reviewed, withdrawn, expired; and everything that is refused."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from kernel.ids import new_id
from kernel.money import Money
from kernel.refusals import Refusal
from lending.applications import operations, queries
from lending.applications.models import Agreement, Application
from lending.applications.states import (
    APPLICATION_MOVES,
    OPEN,
    ApplicationStatus,
    StateConflict,
    require_move,
)
from lending.applications.views import ApplicationView
from lending.credit_lines.models import CreditLine
from openbanking.consents import operations as consents
from openbanking.consents.queries import ConsentExpired, ConsentRequired, ConsentRevoked
from openbanking.partners.operations import delist_scene
from openbanking.partners.queries import PartnerNotListed
from parties.enterprises.operations import register_enterprise
from parties.enterprises.queries import EnterpriseNotFound
from plumbing.audit.models import AuditRecord
from plumbing.outbox.models import OutboxEvent
from risk.cases.operations import NotAssignee
from risk.decisions.models import Decision
from testkit.applicants import Applicant, Takings, admit, agree, apply, list_scene, take_case
from testkit.identities import credit_code

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 3)
OFFICER = "officer@qinglan.example"
SHORT = Takings(days=60)
REFUNDING = Takings(refund_every=7)


@pytest.fixture
def scene_id(qinglan: str) -> UUID:
    return list_scene(now=NOW, listed_from=TODAY)


@pytest.fixture
def shop(scene_id: UUID) -> Applicant:
    return admit(now=NOW, business_date=TODAY, scene_id=scene_id)


def ask(shop: Applicant, **more: object) -> ApplicationView:
    return apply(shop, now=NOW, business_date=TODAY, **more)


def assess(application: ApplicationView, *, seconds: int = 1) -> ApplicationView:
    return operations.assess_application(
        application_id=application.id, now=NOW + timedelta(seconds=seconds), business_date=TODAY
    )


def snapshot() -> tuple[object, ...]:
    """Return everything these acts could have changed."""
    return (
        list(Application.objects.order_by("id").values_list()),
        list(Agreement.objects.order_by("id").values_list()),
        list(CreditLine.objects.order_by("id").values_list()),
        Decision.objects.count(),
        OutboxEvent.objects.count(),
        AuditRecord.objects.count(),
    )


def events(application: ApplicationView) -> list[str]:
    rows = OutboxEvent.objects.filter(subject=application.public_id).order_by("sequence")
    return [event.type for event in rows]


def test_an_application_is_decided_by_machine_and_approved_in_full(shop: Applicant) -> None:
    """J3: 12,000 of takings of 1,460 a day; no person touches it (S0-15)."""
    submitted = ask(shop, external_id="A-1")
    assert (submitted.status, submitted.decision_id) == ("submitted", None)
    decided = assess(submitted)
    assert (decided.status, decided.human_touch_count, decided.decided_by) == ("approved", 0, "auto")
    assert (str(decided.approved_amount), str(decided.approved_rate)) == ("12000.00", "0.108000")
    assert not decided.is_counter_offer
    assert decided.decided_at - decided.submitted_at == timedelta(seconds=1)
    assert decided.valid_until == TODAY + timedelta(days=30)
    assert queries.decision_seconds() == (1.0,)
    assert events(decided) == ["application.submitted", "application.approved"]
    outcome = queries.get_decision(application_id=decided.id, scene_id=shop.scene_id)
    assert (outcome.outcome, outcome.decided_by, outcome.counter_offer) == ("approved", "auto", None)
    assert outcome.annual_rate == decided.approved_rate
    assert len(outcome.inputs_hash) == 64


def test_the_event_tells_the_scene_ids_and_status_and_nothing_else(shop: Applicant) -> None:
    application = assess(ask(shop, external_id="A-1"))
    event = OutboxEvent.objects.get(subject=application.public_id, type="application.approved")
    assert event.scene_id == shop.scene_id
    assert event.data["object"] == {
        "id": application.public_id,
        "object": "application",
        "status": "approved",
        "external_id": "A-1",
        "business": event.data["object"]["business"],
    }


def test_the_decision_reads_what_lending_knows(shop: Applicant) -> None:
    application = assess(ask(shop))
    facts = Decision.objects.get(id=application.decision_id).facts
    assert facts["receipts.median_calendar_90d"] == "1460.00"
    assert facts["receipts.active_days_90d"] == 90
    assert facts["application.amount"] == "12000.00"
    assert facts["enterprise.months_open"] == 29
    assert facts["enterprise.area_ok"] is True
    assert facts["representative.age"] == 36
    assert facts["bank.loans_settled"] == 0
    assert facts["product.annual_rate"] == "0.108000"
    assert facts["enterprise.employees"] is None


def test_more_than_the_takings_carry_is_approved_lower(shop: Applicant) -> None:
    decided = assess(ask(shop, amount="300000"))
    assert decided.status == "approved"
    assert decided.is_counter_offer
    assert Money.parse("5000") <= decided.approved_amount < Money.parse("300000")
    outcome = queries.get_decision(application_id=decided.id, scene_id=None)
    assert outcome.counter_offer == decided.approved_amount


def test_a_short_history_is_declined_with_a_reason_the_borrower_may_read(scene_id: UUID) -> None:
    declined = assess(ask(admit(now=NOW, business_date=TODAY, scene_id=scene_id, takings=SHORT)))
    assert (declined.status, declined.outcome_reason, declined.approved_amount) == (
        "declined",
        "history_short",
        None,
    )
    outcome = queries.get_decision(application_id=declined.id, scene_id=declined.scene_id)
    assert outcome.outcome == "declined"
    assert [reason.rank for reason in outcome.reasons] == sorted(reason.rank for reason in outcome.reasons)
    assert all(reason.text_en and reason.text_zh for reason in outcome.reasons)
    assert outcome.reasons[0].code == "history_short"
    assert events(declined)[-1] == "application.declined"


def test_after_a_decline_the_merchant_may_apply_again(scene_id: UUID) -> None:
    shop = admit(now=NOW, business_date=TODAY, scene_id=scene_id, takings=SHORT)
    assess(ask(shop))
    assert ask(shop).status == "submitted"


def refer(scene_id: UUID) -> ApplicationView:
    """Refer an application to the officer who takes its case."""
    application = assess(ask(admit(now=NOW, business_date=TODAY, scene_id=scene_id, takings=REFUNDING)))
    take_case(application, person=OFFICER, now=NOW)
    return application


def test_a_referral_is_decided_by_who_has_its_case_and_by_nobody_else(scene_id: UUID) -> None:
    mine = refer(scene_id)
    other = admit(now=NOW, business_date=TODAY, scene_id=scene_id, number=2, takings=REFUNDING)
    untaken = assess(ask(other))
    before = snapshot()
    for application, person in ((mine, "another@qinglan.example"), (untaken, OFFICER)):
        with pytest.raises(NotAssignee):
            operations.resolve_review(
                application_id=application.id,
                approved_amount=None,
                reason="refunds not explained",
                resolved_by=person,
                now=NOW,
                business_date=TODAY,
            )
    assert snapshot() == before


def test_refunds_of_a_seventh_are_referred_and_a_person_approves(scene_id: UUID) -> None:
    application = refer(scene_id)
    assert (application.status, application.decided_at) == ("in_review", None)
    assert queries.get_decision(application_id=application.id, scene_id=None).outcome == "in_review"
    resolved = operations.resolve_review(
        application_id=application.id,
        approved_amount=Money.parse("8000"),
        reason="refunds of one season",
        resolved_by=OFFICER,
        now=NOW + timedelta(hours=1),
        business_date=TODAY,
    )
    assert (resolved.status, str(resolved.approved_amount), resolved.human_touch_count) == (
        "approved",
        "8000.00",
        1,
    )
    assert queries.get_decision(application_id=application.id, scene_id=None).decided_by == "manual"
    assert AuditRecord.objects.filter(action="application.resolve", subject=resolved.public_id).count() == 1
    assert queries.decision_seconds() == ()


def test_a_person_may_decline_a_referral(scene_id: UUID) -> None:
    application = refer(scene_id)
    resolved = operations.resolve_review(
        application_id=application.id,
        approved_amount=None,
        reason="refunds not explained",
        resolved_by=OFFICER,
        now=NOW,
        business_date=TODAY,
    )
    assert (resolved.status, resolved.human_touch_count) == ("declined", 1)


@pytest.mark.parametrize("amount", ["4999.99", "12000.01"])
def test_a_person_approves_from_the_products_minimum_to_what_was_asked(scene_id: UUID, amount: str) -> None:
    application = refer(scene_id)
    before = snapshot()
    with pytest.raises(Refusal, match=r"applications\.approval_out_of_range"):
        operations.resolve_review(
            application_id=application.id,
            approved_amount=Money.parse(amount),
            reason="r",
            resolved_by=OFFICER,
            now=NOW,
            business_date=TODAY,
        )
    with pytest.raises(Refusal, match=r"applications\.reviewer_missing"):
        operations.resolve_review(
            application_id=application.id,
            approved_amount=Money.parse("8000"),
            reason="",
            resolved_by=OFFICER,
            now=NOW,
            business_date=TODAY,
        )
    assert snapshot() == before


def test_only_a_referral_is_resolved_and_only_a_submission_assessed(shop: Applicant) -> None:
    application = assess(ask(shop))
    before = snapshot()
    with pytest.raises(StateConflict):
        operations.resolve_review(
            application_id=application.id,
            approved_amount=None,
            reason="r",
            resolved_by="o@qinglan.example",
            now=NOW,
            business_date=TODAY,
        )
    with pytest.raises(StateConflict):
        assess(application)
    assert snapshot() == before


def test_there_is_no_decision_before_the_assessment(shop: Applicant) -> None:
    application = ask(shop)
    with pytest.raises(queries.DecisionPending):
        queries.get_decision(application_id=application.id, scene_id=None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "4999.99"}, "applications.amount_out_of_range"),
        ({"amount": "300000.01"}, "applications.amount_out_of_range"),
        ({"tenor_days": 0}, "applications.term_not_offered"),
        ({"tenor_days": 366}, "applications.term_not_offered"),
        ({"purpose": "securities"}, "applications.purpose_forbidden"),
        ({"purpose": "housing"}, "applications.purpose_forbidden"),
        ({"purpose": "wishes"}, "applications.purpose_not_offered"),
        ({"product_code": "unheard_of"}, "products.not_found"),
    ],
)
def test_what_the_product_is_not_offered_for_is_refused(
    shop: Applicant, changes: dict[str, object], code: str
) -> None:
    before = snapshot()
    with pytest.raises(Refusal) as refusal:
        ask(shop, **changes)
    assert refusal.value.code == code
    assert snapshot() == before


def test_an_enterprise_outside_the_banks_area_is_refused(scene_id: UUID) -> None:
    """R-05, J3 F: 杭州 is not 台州."""
    outside = admit(now=NOW, business_date=TODAY, scene_id=scene_id, area_code="330106")
    before = snapshot()
    with pytest.raises(operations.OutOfArea):
        ask(outside)
    assert snapshot() == before


def test_a_scene_off_the_list_brings_no_application(shop: Applicant) -> None:
    """R-09, J2: removed on the day, refused on the day."""
    tomorrow = TODAY + timedelta(days=1)
    delist_scene(
        scene_id=shop.scene_id, reason="contract ended", delisted_by="risk@qinglan.example",
        listed_until=tomorrow, now=NOW,
    )  # fmt: skip
    before = snapshot()
    with pytest.raises(PartnerNotListed):
        apply(shop, now=NOW, business_date=tomorrow)
    assert snapshot() == before


def test_without_consent_nothing_is_taken_in(shop: Applicant, scene_id: UUID) -> None:
    """D-01: not given, withdrawn, run out."""
    consents.revoke_consent(consent_id=shop.consent.id, scene_id=scene_id, reason="changed my mind", now=NOW)
    before = snapshot()
    with pytest.raises(ConsentRevoked):
        ask(shop)
    assert snapshot() == before
    other = admit(now=NOW, business_date=TODAY, scene_id=scene_id, number=2)
    before = snapshot()
    with pytest.raises(ConsentExpired):
        apply(other, now=other.consent.expires_at, business_date=TODAY)
    assert snapshot() == before


def test_another_scene_has_no_consent_and_sees_no_enterprise(shop: Applicant) -> None:
    stranger = list_scene(now=NOW, listed_from=TODAY)
    before = snapshot()
    with pytest.raises(EnterpriseNotFound):
        apply(Applicant(stranger, shop.enterprise, shop.consent), now=NOW, business_date=TODAY)
    assert snapshot() == before


def test_an_enterprise_known_to_a_scene_without_consent_is_refused(shop: Applicant, scene_id: UUID) -> None:
    with pytest.raises(ConsentRequired):
        apply(_without_consent(scene_id), now=NOW, business_date=TODAY)
    assert Application.objects.count() == 0


def _without_consent(scene_id: UUID) -> Applicant:
    enterprise = register_enterprise(
        scene_id=scene_id,
        external_id="no-consent",
        legal_name="示例茶馆",
        registration_no=credit_code(77, area_code="331002"),
        industry="H6210",
        area_code="331002",
        opened_date=date(2020, 1, 1),
        representative=None,
        now=NOW,
    )
    return Applicant(scene_id, enterprise, None)


def test_one_application_at_a_time(shop: Applicant) -> None:
    ask(shop)
    before = snapshot()
    with pytest.raises(operations.ApplicationInProgress):
        ask(shop)
    assert snapshot() == before


def test_an_external_id_names_one_application(shop: Applicant, scene_id: UUID) -> None:
    ask(shop, external_id="A-1")
    other = admit(now=NOW, business_date=TODAY, scene_id=scene_id, number=2)
    before = snapshot()
    with pytest.raises(operations.DuplicateExternalId):
        ask(other, external_id="A-1")
    assert snapshot() == before


def test_the_table_holds_one_open_application_too(shop: Applicant) -> None:
    application = Application.objects.get(id=ask(shop).id)
    application.id = new_id()
    with pytest.raises(IntegrityError, match="application_one_open_per_product"), transaction.atomic():
        application.save(force_insert=True)


def test_the_table_refuses_an_approval_without_a_decision(shop: Applicant) -> None:
    application = ask(shop)
    with pytest.raises(IntegrityError, match="application_approval_has_decision"), transaction.atomic():
        Application.objects.filter(id=application.id).update(status="approved")


def test_a_consent_withdrawn_before_the_assessment_closes_the_application_unread(shop: Applicant) -> None:
    application = ask(shop)
    consents.revoke_consent(consent_id=shop.consent.id, scene_id=shop.scene_id, reason="no", now=NOW)
    decisions = Decision.objects.count()
    closed = assess(application)
    assert (closed.status, closed.outcome_reason, closed.decision_id) == ("withdrawn", "consent_ended", None)
    assert Decision.objects.count() == decisions
    assert events(closed) == ["application.submitted", "application.withdrawn"]


def test_withdrawing_closes_the_application_and_its_agreement(shop: Applicant) -> None:
    agreement = agree(shop, now=NOW, business_date=TODAY)
    withdrawn = operations.withdraw_application(
        application_id=agreement.application_id, scene_id=shop.scene_id, reason="not needed", now=NOW
    )
    assert withdrawn.status == "withdrawn"
    assert queries.get_agreement(agreement_id=agreement.id, scene_id=None).status == "declined"
    before = snapshot()
    with pytest.raises(StateConflict):
        operations.withdraw_application(
            application_id=agreement.application_id, scene_id=shop.scene_id, reason="again", now=NOW
        )
    assert snapshot() == before
    assert ask(shop).status == "submitted"


def test_another_scene_can_neither_see_nor_withdraw(shop: Applicant) -> None:
    application = ask(shop)
    before = snapshot()
    for scene in (new_id(), new_id()):
        with pytest.raises(queries.ApplicationNotFound):
            queries.get_application(application_id=application.id, scene_id=scene)
        with pytest.raises(queries.ApplicationNotFound):
            operations.withdraw_application(
                application_id=application.id, scene_id=scene, reason="mine", now=NOW
            )
    assert snapshot() == before


def test_approvals_run_out_with_their_agreements(shop: Applicant) -> None:
    agreement = agree(shop, now=NOW, business_date=TODAY)
    last_day = TODAY + timedelta(days=30)
    assert operations.expire_applications(business_date=last_day, now=NOW) == 0
    assert operations.expire_applications(business_date=last_day + timedelta(days=1), now=NOW) == 1
    assert operations.expire_applications(business_date=last_day + timedelta(days=1), now=NOW) == 0
    assert queries.get_agreement(agreement_id=agreement.id, scene_id=None).status == "expired"
    application = queries.get_application(application_id=agreement.application_id, scene_id=None)
    assert application.status == "expired"


def test_pages_and_counts(shop: Applicant, scene_id: UUID) -> None:
    other = admit(now=NOW, business_date=TODAY, scene_id=scene_id, number=2, takings=SHORT)
    first, second = assess(ask(shop)), assess(ask(other))
    assert queries.applications_page(limit=1) == (second,)
    assert queries.applications_page(after=second.id) == (first,)
    assert queries.applications_page(status="declined") == (second,)
    assert queries.applications_page(enterprise_id=shop.enterprise_id) == (first,)
    assert queries.applications_page(scene_id=new_id()) == ()
    counts = queries.status_counts()
    assert (counts["approved"], counts["declined"], counts["withdrawn"]) == (1, 1, 0)


def test_an_ended_application_moves_no_more() -> None:
    """The table of moves: every state is in it, only open ones lead anywhere."""
    assert set(APPLICATION_MOVES) == set(ApplicationStatus)
    for status, moves in APPLICATION_MOVES.items():
        assert bool(moves) == (status in OPEN)
        assert moves <= set(ApplicationStatus)
        for wanted in set(ApplicationStatus) - moves:
            with pytest.raises(StateConflict):
                require_move(APPLICATION_MOVES, current=status, wanted=wanted)
