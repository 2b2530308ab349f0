"""Consents: given one by one, withdrawn in one call, run out by time, never rewritten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from kernel.refusals import Refusal
from openbanking.consents import operations, queries
from openbanking.consents.catalogue import DATA_CLASSES, PURPOSES
from openbanking.consents.models import Consent, ConsentChange
from openbanking.consents.queries import ConsentView
from openbanking.consents.states import TRANSITIONS, ConsentStatus
from plumbing.outbox.models import OutboxEvent
from plumbing.schemas import bank_schema

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=365)


def grant(**changes: Any) -> ConsentView:
    terms = {
        "enterprise_id": uuid4(),
        "scene_id": uuid4(),
        "purpose": "credit_assessment",
        "data_classes": ("receipts",),
        "recipient": "青澜农商银行",
        "text_version": "2026-09",
        "text_sha256": "ab" * 32,
        "expires_at": LATER,
        "evidence": {"channel": "h5", "ip": "203.0.113.10", "ticked_at": NOW.isoformat()},
        "now": NOW,
    }
    return operations.grant_consent(**{**terms, **changes})


def counts() -> tuple[int, ...]:
    return Consent.objects.count(), ConsentChange.objects.count(), OutboxEvent.objects.count()


def ask(consent: ConsentView, now: datetime = NOW, data_class: str = "receipts") -> ConsentView:
    return queries.require_consent(
        enterprise_id=consent.enterprise_id,
        scene_id=consent.scene_id,
        purpose=consent.purpose,
        data_class=data_class,
        now=now,
    )


def test_a_consent_holds_from_the_instant_it_is_given(qinglan: str) -> None:
    consent = grant()
    assert consent.status == "authorised"
    assert ask(consent) == consent
    (event,) = OutboxEvent.objects.all()
    assert (event.type, event.scene_id) == ("consent.authorised", consent.scene_id)
    assert [step.to_status for step in queries.history(consent_id=consent.id)] == ["authorised"]


def test_nobody_consented(qinglan: str) -> None:
    consent = grant()
    with pytest.raises(queries.ConsentRequired):
        ask(consent, data_class="invoices")
    with pytest.raises(queries.ConsentRequired):
        queries.require_consent(
            enterprise_id=consent.enterprise_id,
            scene_id=uuid4(),
            purpose="credit_assessment",
            data_class="receipts",
            now=NOW,
        )
    with pytest.raises(queries.ConsentRequired):
        queries.require_consent(
            enterprise_id=consent.enterprise_id,
            scene_id=consent.scene_id,
            purpose="marketing",
            data_class="receipts",
            now=NOW,
        )


def test_one_call_withdraws_and_a_second_changes_nothing(qinglan: str) -> None:
    consent = grant()
    moment = NOW + timedelta(minutes=1)
    revoked = operations.revoke_consent(
        consent_id=consent.id, scene_id=consent.scene_id, reason="no longer wanted", now=moment
    )
    assert (revoked.status, revoked.ended_at) == ("revoked", moment)
    before = counts()
    again = operations.revoke_consent(consent_id=consent.id, scene_id=None, reason="twice", now=LATER)
    assert (again, counts()) == (revoked, before)
    with pytest.raises(queries.ConsentRevoked):
        ask(consent, now=moment)
    types = OutboxEvent.objects.values_list("type", flat=True)
    assert sorted(types) == ["consent.authorised", "consent.revoked"]


def test_time_alone_ends_a_consent(qinglan: str) -> None:
    consent = grant()
    assert ask(consent, now=LATER - timedelta(microseconds=1)).status == "authorised"
    with pytest.raises(queries.ConsentExpired):
        ask(consent, now=LATER)
    assert queries.get_consent(consent_id=consent.id, scene_id=None, now=LATER).status == "expired"
    with pytest.raises(operations.ConsentStateConflict):
        operations.revoke_consent(consent_id=consent.id, scene_id=None, reason="", now=LATER)


def test_what_ran_out_is_recorded_once_and_told(qinglan: str) -> None:
    grant()
    grant(expires_at=LATER + timedelta(days=1))
    assert operations.expire_consents(now=LATER) == 1
    assert operations.expire_consents(now=LATER) == 0
    assert OutboxEvent.objects.filter(type="consent.expired").count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {"purpose": "identity_verification", "data_classes": ("identity_document", "face")},
            "consents.bundle_refused",
        ),
        ({"purpose": "anything"}, "consents.purpose_unknown"),
        ({"data_classes": ("receipts", "credit_report")}, "consents.data_class_not_allowed"),
        ({"data_classes": ("receipts", "score")}, "consents.data_class_not_allowed"),
        ({"data_classes": ()}, "consents.terms_invalid"),
        ({"recipient": " "}, "consents.terms_invalid"),
        ({"text_version": ""}, "consents.terms_invalid"),
        ({"text_sha256": "AB" * 32}, "consents.terms_invalid"),
        ({"evidence": {}}, "consents.terms_invalid"),
        ({"expires_at": NOW}, "consents.terms_invalid"),
    ],
)
def test_a_refused_consent_leaves_no_row(qinglan: str, changes: Any, code: str) -> None:
    """D-02: bundles; D-03: classes that the purpose does not need."""
    with pytest.raises(Refusal) as refusal:
        grant(**changes)
    assert refusal.value.code == code
    assert counts() == (0, 0, 0)


def test_consent_given_again_replaces_so_that_one_withdrawal_ends_it(qinglan: str) -> None:
    first = grant()
    second = grant(
        enterprise_id=first.enterprise_id, scene_id=first.scene_id, data_classes=("receipts", "invoices")
    )
    assert queries.get_consent(consent_id=first.id, scene_id=None, now=NOW).status == "replaced"
    assert ask(first) == second
    operations.revoke_consent(consent_id=second.id, scene_id=None, reason="", now=NOW)
    for data_class in ("receipts", "invoices"):
        with pytest.raises(queries.ConsentRevoked):
            ask(first, data_class=data_class)


def test_a_narrower_consent_beside_a_wider_one_is_refused(qinglan: str) -> None:
    wide = grant(data_classes=("receipts", "invoices"))
    before = counts()
    with pytest.raises(operations.ConsentOverlaps):
        grant(enterprise_id=wide.enterprise_id, scene_id=wide.scene_id)
    assert counts() == before


def test_consent_may_be_given_again_after_it_was_withdrawn_or_ran_out(qinglan: str) -> None:
    first = grant()
    whose = {"enterprise_id": first.enterprise_id, "scene_id": first.scene_id}
    operations.revoke_consent(consent_id=first.id, scene_id=None, reason="", now=NOW)
    second = grant(**whose, now=NOW + timedelta(days=1))
    assert ask(first, now=NOW + timedelta(days=1)) == second
    third = grant(**whose, now=LATER, expires_at=LATER + timedelta(days=1))
    assert ask(first, now=LATER) == third


def test_a_scene_neither_sees_nor_revokes_another_scenes_consent(qinglan: str) -> None:
    consent = grant()
    with pytest.raises(queries.ConsentNotFound):
        queries.get_consent(consent_id=consent.id, scene_id=uuid4(), now=NOW)
    with pytest.raises(queries.ConsentNotFound):
        operations.revoke_consent(consent_id=consent.id, scene_id=uuid4(), reason="", now=NOW)
    assert ask(consent) == consent
    assert queries.consents_of(enterprise_id=consent.enterprise_id, scene_id=uuid4(), now=NOW) == ()


def test_the_audience_of_a_purpose(qinglan: str) -> None:
    asked = {"purpose": "marketing", "data_class": "receipts"}
    willing = grant(purpose="marketing", data_classes=("receipts", "contact"))
    grant()
    unwilling = grant(purpose="marketing", data_classes=("receipts",))
    operations.revoke_consent(consent_id=unwilling.id, scene_id=None, reason="", now=NOW)
    pair = (willing.enterprise_id, willing.scene_id)
    assert queries.consented(**asked, now=NOW) == frozenset({pair})
    assert queries.consented(**asked, now=LATER) == frozenset()


@pytest.mark.parametrize("change", [{"recipient": "someone else"}, {"expires_at": LATER + timedelta(1)}])
def test_postgresql_refuses_to_rewrite_what_was_consented_to(qinglan: str, change: dict[str, object]) -> None:
    consent = grant()
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=consent.id).update(**change)
    assert ask(consent) == consent


def test_postgresql_refuses_to_change_the_history(qinglan: str) -> None:
    grant()
    for act in (lambda rows: rows.update(reason="other"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act(ConsentChange.objects.all())
    assert ConsentChange.objects.get().reason == ""


def test_every_state_is_in_the_table_and_only_authorised_moves() -> None:
    assert set(TRANSITIONS) == set(ConsentStatus)
    assert [status for status, after in TRANSITIONS.items() if after] == [ConsentStatus.AUTHORISED]


def test_the_catalogue_is_closed() -> None:
    for purpose in PURPOSES.values():
        assert purpose.data_classes <= set(DATA_CLASSES)


def test_eight_grants_at_once_leave_one_in_force(committed_qinglan: str) -> None:
    whose = {"enterprise_id": uuid4(), "scene_id": uuid4()}

    def give(_: int) -> ConsentView:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return grant(**whose)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(give, range(8)))
    assert sorted(Consent.objects.values_list("status", flat=True)) == ["authorised"] + ["replaced"] * 7
