"""Agreements: prepared, read, sealed, followed by the line; and every signature that is refused."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections, transaction

from connectors.e_sign.port import SealEvidence, SealInvalid
from connectors.e_sign.simulator import service
from kernel.ids import new_id
from kernel.refusals import Refusal
from lending.applications import operations, queries
from lending.applications.document import digests, percent, render
from lending.applications.models import Agreement, Application
from lending.applications.states import StateConflict
from lending.applications.views import AgreementView
from lending.credit_lines.models import CreditLine
from lending.credit_lines.queries import get_line
from openbanking.consents import operations as consents
from openbanking.consents.queries import ConsentRevoked
from openbanking.partners.operations import delist_scene
from openbanking.partners.queries import PartnerNotListed
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema
from testkit.applicants import LENDER, Applicant, admit, agree, apply, list_scene

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
READ = NOW + timedelta(seconds=10)
TODAY = date(2026, 11, 3)


@pytest.fixture
def shop(qinglan: str) -> Applicant:
    return admit(now=NOW, business_date=TODAY, scene_id=list_scene(now=NOW, listed_from=TODAY))


@pytest.fixture
def agreement(shop: Applicant) -> AgreementView:
    """Return an agreement that was shown at NOW."""
    made = agree(shop, now=NOW, business_date=TODAY)
    return operations.show_agreement(agreement_id=made.id, now=NOW)


def seal(agreement: AgreementView) -> SealEvidence:
    return service().seal(
        document=agreement.document.encode(), signer=agreement.terms["borrower"]["signer"], sealed_at=READ
    )


def sign(agreement: AgreementView, *, evidence: SealEvidence | None = None, **more: object) -> AgreementView:
    return operations.sign_agreement(
        agreement_id=agreement.id,
        evidence=evidence or seal(agreement),
        **{"now": READ, "business_date": TODAY, **more},
    )


def snapshot() -> tuple[object, ...]:
    return (
        list(Application.objects.order_by("id").values_list()),
        list(Agreement.objects.order_by("id").values_list()),
        list(CreditLine.objects.order_by("id").values_list()),
        OutboxEvent.objects.count(),
    )


def test_the_agreement_names_the_lender_first_and_every_cost(agreement: AgreementView) -> None:
    """P-01, P-03, L-06."""
    lines = agreement.document.splitlines()
    assert lines[0] == "青澜农商银行 循环授信协议"
    text = agreement.document
    for part in ("12000.00 元", "10.80%", "10.95%", "108.00", "12108.00", "16.20%", "拉面帮收银", "经营周转"):
        assert part in text
    assert "Qinglan Rural Commercial Bank" in text
    assert "0.03%" not in text  # no daily rate beside the annual one
    assert agreement.terms["disclosure"]["items"][0]["collector"] == "lender"
    assert agreement.template_version == "2026-11-01"


def test_the_digests_are_of_the_document_and_the_document_of_the_terms(agreement: AgreementView) -> None:
    assert render(agreement.terms) == agreement.document
    assert digests(agreement.document) == (agreement.sha256, agreement.sm3)
    stored = Agreement.objects.get(id=agreement.id)
    assert render(stored.terms) == stored.document


def test_preparing_again_returns_the_same_agreement(agreement: AgreementView) -> None:
    before = snapshot()
    again = operations.prepare_agreement(
        application_id=agreement.application_id, lender=LENDER, now=READ, business_date=TODAY
    )
    assert again == agreement
    assert snapshot() == before


def test_a_signature_opens_the_line(agreement: AgreementView, shop: Applicant) -> None:
    signed = sign(agreement)
    assert (signed.status, signed.signed_at, signed.seal) == ("signed", READ, seal(agreement))
    line = get_line(line_id=signed.credit_line_id, scene_id=shop.scene_id)
    assert (str(line.limit), str(line.available), str(line.annual_rate)) == (
        "12000.00",
        "12000.00",
        "0.108000",
    )
    assert (line.effective_date, line.expires_date) == (TODAY, date(2027, 11, 3))
    assert (line.application_id, line.agreement_id) == (agreement.application_id, agreement.id)
    application = queries.get_application(application_id=agreement.application_id, scene_id=None)
    assert application.status == "contracted"
    types = list(OutboxEvent.objects.order_by("occurred_at", "id").values_list("type", flat=True))
    assert types.count("agreement.ready") == types.count("agreement.signed") == 1
    assert types.count("credit_line.activated") == 1
    assert service().verify(document=signed.document.encode(), evidence=signed.seal)


def test_a_signed_agreement_is_signed_once(agreement: AgreementView) -> None:
    sign(agreement)
    before = snapshot()
    with pytest.raises(StateConflict):
        sign(agreement)
    with pytest.raises(StateConflict):
        operations.decline_agreement(agreement_id=agreement.id, now=READ)
    assert snapshot() == before


def test_with_a_line_open_a_second_application_is_refused(agreement: AgreementView, shop: Applicant) -> None:
    sign(agreement)
    before = snapshot()
    with pytest.raises(operations.LineOpen):
        apply(shop, now=NOW, business_date=TODAY)
    assert snapshot() == before


@pytest.mark.parametrize("seconds", [0, 3, 9])
def test_a_disclosure_not_read_long_enough_is_refused(agreement: AgreementView, seconds: int) -> None:
    """P-03: confirmed at 3 s is refused."""
    before = snapshot()
    with pytest.raises(operations.DisclosureUnread) as refusal:
        sign(agreement, now=NOW + timedelta(seconds=seconds))
    assert refusal.value.params["reading_seconds"] == 10
    assert snapshot() == before


def test_an_agreement_never_shown_is_not_signed(shop: Applicant) -> None:
    unseen = agree(shop, now=NOW, business_date=TODAY)
    before = snapshot()
    with pytest.raises(operations.DisclosureUnread):
        sign(unseen, now=READ + timedelta(hours=1))
    assert snapshot() == before


def test_showing_again_does_not_start_the_reading_anew(agreement: AgreementView) -> None:
    again = operations.show_agreement(agreement_id=agreement.id, now=READ)
    assert again.shown_at == NOW


def test_before_the_rule_no_reading_is_asked_for(qinglan: str) -> None:
    """J1 F(d): 2026-07-31 against 2026-08-01."""
    assert queries.reading_seconds(date(2026, 7, 31)) == 0
    assert queries.reading_seconds(date(2026, 8, 1)) == 10


def test_a_seal_of_another_document_is_refused(agreement: AgreementView) -> None:
    """L-09: a later change is detectable."""
    sealed = seal(agreement)
    other = service().seal(document=b"another", signer=sealed.signer, sealed_at=READ)
    before = snapshot()
    for evidence in (other, replace(sealed, signer="somebody else"), replace(sealed, signature="00" * 64)):
        with pytest.raises(SealInvalid):
            sign(agreement, evidence=evidence)
    assert snapshot() == before


def test_a_document_changed_in_the_table_is_not_signed(agreement: AgreementView) -> None:
    Agreement.objects.filter(id=agreement.id).update(document=agreement.document.replace("10.80%", "1.08%"))
    before = snapshot()
    with pytest.raises(SealInvalid):
        sign(agreement)
    assert snapshot() == before


def test_consent_withdrawn_before_the_signature_refuses_it(agreement: AgreementView, shop: Applicant) -> None:
    """J3 F: the door then closes the application; a new one may follow."""
    consents.revoke_consent(consent_id=shop.consent.id, scene_id=shop.scene_id, reason="no", now=NOW)
    before = snapshot()
    with pytest.raises(ConsentRevoked):
        sign(agreement)
    assert snapshot() == before
    closed = operations.withdraw_application(
        application_id=agreement.application_id, scene_id=None, reason="consent_ended", now=READ
    )
    assert closed.status == "withdrawn"
    assert CreditLine.objects.count() == 0


def test_a_scene_delisted_meanwhile_brings_no_new_line(agreement: AgreementView, shop: Applicant) -> None:
    tomorrow = TODAY + timedelta(days=1)
    delist_scene(
        scene_id=shop.scene_id, reason="ended", delisted_by="risk@qinglan.example",
        listed_until=tomorrow, now=NOW,
    )  # fmt: skip
    before = snapshot()
    with pytest.raises(PartnerNotListed):
        sign(agreement, business_date=tomorrow)
    assert snapshot() == before


def test_after_its_last_day_an_agreement_is_not_signed(agreement: AgreementView) -> None:
    before = snapshot()
    with pytest.raises(operations.AgreementExpired):
        sign(agreement, business_date=TODAY + timedelta(days=31))
    assert snapshot() == before
    assert sign(agreement, business_date=TODAY + timedelta(days=30)).status == "signed"


def test_declining_closes_the_application(agreement: AgreementView) -> None:
    declined = operations.decline_agreement(agreement_id=agreement.id, now=READ)
    assert declined.status == "declined"
    application = queries.get_application(application_id=agreement.application_id, scene_id=None)
    assert (application.status, application.outcome_reason) == ("withdrawn", "agreement_declined")
    before = snapshot()
    with pytest.raises(StateConflict):
        sign(agreement)
    assert snapshot() == before


def test_there_is_no_agreement_without_an_approval_in_force(shop: Applicant) -> None:
    application = apply(shop, now=NOW, business_date=TODAY)

    def prepare(on_date: date) -> AgreementView:
        return operations.prepare_agreement(
            application_id=application.id, lender=LENDER, now=NOW, business_date=on_date
        )

    before = snapshot()
    with pytest.raises(StateConflict):
        prepare(TODAY)
    assert snapshot() == before
    operations.assess_application(application_id=application.id, now=NOW, business_date=TODAY)
    before = snapshot()
    with pytest.raises(operations.ApprovalExpired):
        prepare(TODAY + timedelta(days=31))
    assert snapshot() == before


def test_the_token_opens_one_agreement_and_cannot_be_guessed(agreement: AgreementView) -> None:
    token = agreement.signing_token
    assert queries.agreement_by_token(token=token) == agreement
    name, _, code = token.partition("-")
    flipped = "0" if code[-1] != "0" else "1"
    for wrong in (
        "",
        "agr_",
        name,
        f"{name}-",
        f"{name}-{code[:-1]}",
        f"{name}-{code[:-1]}{flipped}",
        f"{token}0",
    ):
        with pytest.raises(queries.AgreementNotFound):
            queries.agreement_by_token(token=wrong)
    with pytest.raises(queries.AgreementNotFound):
        queries.agreement_by_token(token=queries.signing_token(new_id()))
    with bank_schema("lian"), pytest.raises(queries.AgreementNotFound):
        queries.agreement_by_token(token=token)


def test_another_scene_does_not_see_the_agreement(agreement: AgreementView) -> None:
    assert queries.agreements_of(application_id=agreement.application_id) == (agreement,)
    with pytest.raises(queries.AgreementNotFound):
        queries.get_agreement(agreement_id=agreement.id, scene_id=new_id())
    with pytest.raises(queries.AgreementNotFound):
        operations.show_agreement(agreement_id=new_id(), now=NOW)


@pytest.mark.parametrize(
    ("fraction", "text"),
    [("0.108000", "10.80"), ("0.1095", "10.95"), ("0.12375", "12.375"), ("0.2", "20.00")],
)
def test_percentages_are_written_as_people_read_them(fraction: str, text: str) -> None:
    assert percent(Decimal(fraction)) == text


def test_the_same_signature_ten_times_at_once_opens_one_line(committed_qinglan: str) -> None:
    with transaction.atomic():
        shop = admit(now=NOW, business_date=TODAY, scene_id=list_scene(now=NOW, listed_from=TODAY))
        made = agree(shop, now=NOW, business_date=TODAY)
        agreement = operations.show_agreement(agreement_id=made.id, now=NOW)

    def press(_: int) -> str:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return sign(agreement).status
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(press, range(10)))
    assert sorted(outcomes) == ["applications.state_conflict"] * 9 + ["signed"]
    assert CreditLine.objects.count() == 1


def test_the_same_application_ten_times_at_once_is_one(committed_qinglan: str) -> None:
    with transaction.atomic():
        shop = admit(now=NOW, business_date=TODAY, scene_id=list_scene(now=NOW, listed_from=TODAY))

    def press(_: int) -> str:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return apply(shop, now=NOW, business_date=TODAY).status
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(press, range(10)))
    assert sorted(outcomes) == ["applications.application_in_progress"] * 9 + ["submitted"]
