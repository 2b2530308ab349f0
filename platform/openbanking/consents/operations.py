"""Verbs: give consent, withdraw it, hold it while data is written, record that it ran out."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from openbanking.consents.catalogue import DATA_CLASSES, PURPOSES
from openbanking.consents.models import Consent, ConsentChange
from openbanking.consents.queries import (
    ConsentNotFound,
    ConsentView,
    consent_view,
    require_in_force,
    status_at,
)
from openbanking.consents.states import TRANSITIONS, ConsentStatus
from plumbing.outbox.operations import emit
from plumbing.sql import hold_name, in_transaction

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class PurposeUnknown(Refusal):
    """The purpose is not in the catalogue."""

    code = "consents.purpose_unknown"
    kind = Kind.INVALID
    message = "{purpose} is not a purpose."


class DataClassNotAllowed(Refusal):
    """The purpose does not need this data class (D-03)."""

    code = "consents.data_class_not_allowed"
    kind = Kind.INVALID
    message = "{data_class} is not a data class that {purpose} may use."


class BundleRefused(Refusal):
    """A class that demands separate consent was bundled with another (D-02)."""

    code = "consents.bundle_refused"
    kind = Kind.INVALID
    message = "{data_class} needs a consent of its own."


class TermsInvalid(Refusal):
    """The consent does not say what it must: recipient, text, hash, a time to end, evidence."""

    code = "consents.terms_invalid"
    kind = Kind.INVALID
    message = "The consent's {field} is missing or not valid."


class ConsentOverlaps(Refusal):
    """A consent in force covers some of these classes and more: one of the two would outlive a withdrawal."""

    code = "consents.overlaps"
    kind = Kind.CONFLICT
    message = "A wider consent for {purpose} is in force: revoke it first."


class ConsentStateConflict(Refusal):
    """The consent has already ended in another way."""

    code = "consents.state_conflict"
    kind = Kind.CONFLICT
    message = "The consent is {current}; this needs it to be {allowed}."


@in_transaction
def grant_consent(
    *,
    enterprise_id: UUID,
    scene_id: UUID,
    purpose: str,
    data_classes: tuple[str, ...],
    recipient: str,
    text_version: str,
    text_sha256: str,
    expires_at: datetime,
    evidence: dict[str, object],
    now: datetime,
) -> ConsentView:
    """Record a consent and emit `consent.authorised`; one purpose a record, a sensitive class alone (D-02).

    A consent in force for the same enterprise, scene and purpose that the new one covers is replaced.
    """
    classes = _checked_classes(purpose, data_classes)
    _check_terms(recipient, text_version, text_sha256, evidence, lasts=expires_at > now)
    hold_name("consents", enterprise_id)  # two grants at once would both be in force
    _replace_covered(enterprise_id, scene_id, purpose, classes, now=now)
    consent = Consent.objects.create(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        purpose=purpose,
        data_classes=list(classes),
        recipient=recipient.strip(),
        text_version=text_version.strip(),
        text_sha256=text_sha256,
        status=ConsentStatus.AUTHORISED,
        authorised_at=now,
        expires_at=expires_at,
        evidence=evidence,
    )
    ConsentChange.objects.create(consent=consent, to_status=ConsentStatus.AUTHORISED, changed_at=now)
    return _told(consent, now=now)


def _checked_classes(purpose: str, data_classes: tuple[str, ...]) -> tuple[str, ...]:
    if purpose not in PURPOSES:
        raise PurposeUnknown(purpose=purpose[:40])
    if not data_classes:
        raise TermsInvalid(field="list of data classes")
    for data_class in data_classes:
        if data_class not in PURPOSES[purpose].data_classes:
            raise DataClassNotAllowed(data_class=data_class[:40], purpose=purpose)
        if DATA_CLASSES[data_class].separate and len(data_classes) > 1:
            raise BundleRefused(data_class=data_class)
    return tuple(sorted(set(data_classes)))


def _check_terms(
    recipient: str, text_version: str, text_sha256: str, evidence: dict[str, object], *, lasts: bool
) -> None:
    sound = {
        "recipient": 0 < len(recipient.strip()) <= 200,
        "text version": 0 < len(text_version.strip()) <= 40,
        "text hash": _SHA256.fullmatch(text_sha256) is not None,
        "evidence": bool(evidence),
        "time of expiry": lasts,
    }
    for field, is_sound in sound.items():
        if not is_sound:
            raise TermsInvalid(field=field)


def _replace_covered(
    enterprise_id: UUID, scene_id: UUID, purpose: str, classes: tuple[str, ...], *, now: datetime
) -> None:
    in_force = Consent.objects.select_for_update().filter(
        enterprise_id=enterprise_id,
        scene_id=scene_id,
        purpose=purpose,
        status=ConsentStatus.AUTHORISED,
        data_classes__overlap=list(classes),
    )
    for consent in in_force.order_by("id"):
        if status_at(consent, now) is ConsentStatus.EXPIRED:
            _move(consent, ConsentStatus.EXPIRED, reason="", now=now)
        elif set(consent.data_classes) <= set(classes):
            _move(consent, ConsentStatus.REPLACED, reason="", now=now)
        else:
            raise ConsentOverlaps(purpose=purpose)


def _move(consent: Consent, to_status: ConsentStatus, *, reason: str, now: datetime) -> None:
    from_status = ConsentStatus(consent.status)
    if to_status not in TRANSITIONS[from_status]:
        raise ConsentStateConflict(current=from_status.value, allowed=ConsentStatus.AUTHORISED.value)
    consent.status, consent.ended_at = to_status, now
    consent.save(update_fields=["status", "ended_at"])
    ConsentChange.objects.create(
        consent=consent, from_status=from_status, to_status=to_status, reason=reason, changed_at=now
    )


def _told(consent: Consent, *, now: datetime) -> ConsentView:
    """Emit `consent.<status>` to the scene and return the view."""
    view = consent_view(consent, now=now)
    subject = public_id("cns", consent.pk)
    emit(
        type=f"consent.{view.status}",
        subject=subject,
        data={
            "id": subject,
            "object": "consent",
            "status": view.status,
            "business": public_id("biz", consent.enterprise_id),
            "purpose": view.purpose,
            "data_classes": list(view.data_classes),
        },
        scene_id=consent.scene_id,
        now=now,
    )
    return view


@in_transaction
def revoke_consent(*, consent_id: UUID, scene_id: UUID | None, reason: str, now: datetime) -> ConsentView:
    """Withdraw a consent in one call and emit `consent.revoked`; a second call changes nothing (D-01).

    Waits for a batch that is being written under it; the next one is refused.
    """
    rows = Consent.objects.select_for_update().filter(pk=consent_id)
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    consent = rows.first()
    if consent is None:
        raise ConsentNotFound(consent_id=consent_id)
    status = status_at(consent, now)
    if status is ConsentStatus.REVOKED:
        return consent_view(consent, now=now)
    if status is not ConsentStatus.AUTHORISED:
        raise ConsentStateConflict(current=status.value, allowed=ConsentStatus.AUTHORISED.value)
    _move(consent, ConsentStatus.REVOKED, reason=reason[:200], now=now)
    return _told(consent, now=now)


@in_transaction
def expire_consent(*, consent_id: UUID, scene_id: UUID, now: datetime) -> ConsentView:
    """End a consent in force as one whose time has run out, and emit `consent.expired`: in a sandbox."""
    consent = Consent.objects.select_for_update().filter(pk=consent_id, scene_id=scene_id).first()
    if consent is None:
        raise ConsentNotFound(consent_id=consent_id)
    _move(consent, ConsentStatus.EXPIRED, reason="", now=now)
    return _told(consent, now=now)


@in_transaction
def hold_consent(
    *, consent_id: UUID, enterprise_id: UUID, scene_id: UUID, purpose: str, data_class: str, now: datetime
) -> ConsentView:
    """Return a consent in force and keep it so until the transaction ends: a withdrawal waits.

    Refuses like `queries.require_consent`; a consent of another enterprise, scene or purpose is not found.
    """
    consent = (
        Consent.objects.select_for_update()
        .filter(pk=consent_id, enterprise_id=enterprise_id, scene_id=scene_id, purpose=purpose)
        .first()
    )
    if consent is None:
        raise ConsentNotFound(consent_id=consent_id)
    view = consent_view(consent, now=now)
    require_in_force(view, data_class=data_class)
    return view


@in_transaction
def expire_consents(*, now: datetime, limit: int = 500) -> int:
    """Record up to `limit` consents whose time has run out, emit `consent.expired` each, return how many."""
    due = Consent.objects.select_for_update(skip_locked=True).filter(
        status=ConsentStatus.AUTHORISED, expires_at__lte=now
    )
    consents = list(due.order_by("expires_at", "id")[:limit])
    for consent in consents:
        _move(consent, ConsentStatus.EXPIRED, reason="", now=now)
        _told(consent, now=now)
    return len(consents)
