"""Reads: where a consent stands at an instant. Time decides expiry, so every question says when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kernel.refusals import Kind, Refusal
from openbanking.consents.models import Consent, ConsentChange
from openbanking.consents.states import ConsentStatus


class ConsentNotFound(Refusal):
    """There is no such consent, or another scene holds it: the answer is the same."""

    code = "consents.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no such consent."


class ConsentRequired(Refusal):
    """Nobody consented to this use of this data (D-01)."""

    code = "consents.consent_required"
    kind = Kind.FORBIDDEN
    message = "There is no consent to use {data_class} for {purpose}."


class ConsentRevoked(Refusal):
    """The consent was withdrawn; the data may not be used from that instant (D-01)."""

    code = "consents.consent_revoked"
    kind = Kind.FORBIDDEN
    message = "The consent to use {data_class} for {purpose} was withdrawn."


class ConsentExpired(Refusal):
    """The consent has run out."""

    code = "consents.consent_expired"
    kind = Kind.FORBIDDEN
    message = "The consent to use {data_class} for {purpose} has expired."


@dataclass(frozen=True, slots=True)
class ConsentChangeView:
    """One step of a consent's life."""

    from_status: str
    to_status: str
    reason: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A consent as it stood at the instant that was asked about."""

    id: UUID
    enterprise_id: UUID
    scene_id: UUID
    purpose: str
    data_classes: tuple[str, ...]
    recipient: str
    text_version: str
    text_sha256: str
    status: str
    authorised_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    evidence: dict[str, object]


def status_at(consent: Consent, now: datetime) -> ConsentStatus:
    """Return the status at `now`: an authorised consent past its time is expired, recorded or not."""
    if consent.status == ConsentStatus.AUTHORISED and now >= consent.expires_at:
        return ConsentStatus.EXPIRED
    return ConsentStatus(consent.status)


def consent_view(consent: Consent, *, now: datetime) -> ConsentView:
    """Return the consent as it stands at `now`."""
    return ConsentView(
        id=consent.pk,
        enterprise_id=consent.enterprise_id,
        scene_id=consent.scene_id,
        purpose=consent.purpose,
        data_classes=tuple(consent.data_classes),
        recipient=consent.recipient,
        text_version=consent.text_version,
        text_sha256=consent.text_sha256,
        status=status_at(consent, now).value,
        authorised_at=consent.authorised_at,
        expires_at=consent.expires_at,
        ended_at=consent.ended_at,
        evidence=consent.evidence,
    )


def require_in_force(consent: ConsentView, *, data_class: str) -> None:
    """Refuse a consent that does not hold at the instant its view was taken, saying why."""
    if data_class not in consent.data_classes or consent.status == ConsentStatus.REPLACED:
        raise ConsentRequired(data_class=data_class, purpose=consent.purpose)
    if consent.status == ConsentStatus.REVOKED:
        raise ConsentRevoked(data_class=data_class, purpose=consent.purpose)
    if consent.status == ConsentStatus.EXPIRED:
        raise ConsentExpired(data_class=data_class, purpose=consent.purpose)


def require_consent(
    *, enterprise_id: UUID, scene_id: UUID, purpose: str, data_class: str, now: datetime
) -> ConsentView:
    """Return the consent in force at `now`; refuses with ConsentRequired, ConsentRevoked or ConsentExpired.

    At most one consent of an enterprise, scene and purpose is authorised for a data class, and a newer one
    replaces it, so the last that was given decides.
    """
    latest = (
        Consent.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id, purpose=purpose)
        .filter(data_classes__contains=[data_class])
        .exclude(status=ConsentStatus.REPLACED)
        .order_by("-authorised_at", "-id")
        .first()
    )
    if latest is None:
        raise ConsentRequired(data_class=data_class, purpose=purpose)
    view = consent_view(latest, now=now)
    require_in_force(view, data_class=data_class)
    return view


def require_not_ended(
    *, enterprise_id: UUID, scene_id: UUID, purpose: str, data_classes: Collection[str], now: datetime
) -> None:
    """Refuse with ConsentRevoked or ConsentExpired where the last consent given to a class has ended.

    For what needs no data now but rests on data once consented to: a new draw (J3). Time decides expiry,
    recorded or not. One query.
    """
    given = (
        Consent.objects.filter(enterprise_id=enterprise_id, scene_id=scene_id, purpose=purpose)
        .filter(data_classes__overlap=list(data_classes))
        .exclude(status=ConsentStatus.REPLACED)
        .order_by("authorised_at", "id")
    )
    last = {data_class: consent for consent in given for data_class in consent.data_classes}
    for data_class in data_classes:
        if data_class in last:
            require_in_force(consent_view(last[data_class], now=now), data_class=data_class)


def consent_in_force(
    *, consent_id: UUID, enterprise_id: UUID, scene_id: UUID, purpose: str, data_class: str, now: datetime
) -> ConsentView:
    """Return this consent if it holds at `now`; refuses like `require_consent`.

    A consent of another enterprise, scene or purpose is not found. It is not locked: whoever writes under it
    for long asks here first and holds it at the end (`operations.hold_consent`), so a withdrawal never waits.
    """
    consent = Consent.objects.filter(
        pk=consent_id, enterprise_id=enterprise_id, scene_id=scene_id, purpose=purpose
    ).first()
    if consent is None:
        raise ConsentNotFound(consent_id=consent_id)
    view = consent_view(consent, now=now)
    require_in_force(view, data_class=data_class)
    return view


def get_consent(*, consent_id: UUID, scene_id: UUID | None, now: datetime) -> ConsentView:
    """Return a consent; a scene sees only its own, the bank (None) all."""
    rows = Consent.objects.filter(pk=consent_id)
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    found = rows.first()
    if found is None:
        raise ConsentNotFound(consent_id=consent_id)
    return consent_view(found, now=now)


def consents_of(
    *, enterprise_id: UUID, scene_id: UUID | None = None, now: datetime
) -> tuple[ConsentView, ...]:
    """Return an enterprise's consents, newest first; for a scene only those given through it."""
    rows = Consent.objects.filter(enterprise_id=enterprise_id).order_by("-id")
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    return tuple(consent_view(row, now=now) for row in rows)


def is_any_given(*, scene_id: UUID) -> bool:
    """Return whether anybody ever consented to anything through a scene."""
    return Consent.objects.filter(scene_id=scene_id).exists()


def history(*, consent_id: UUID) -> tuple[ConsentChangeView, ...]:
    """Return the steps of a consent's life, oldest first."""
    changes = ConsentChange.objects.filter(consent_id=consent_id).order_by("changed_at", "id")
    return tuple(
        ConsentChangeView(row.from_status, row.to_status, row.reason, row.changed_at) for row in changes
    )


def consented(*, purpose: str, data_class: str, now: datetime) -> frozenset[tuple[UUID, UUID]]:
    """Return the (enterprise, scene) pairs whose consent to a use is in force at `now`."""
    rows = _in_force(now).filter(purpose=purpose, data_classes__contains=[data_class])
    return frozenset(rows.values_list("enterprise_id", "scene_id"))


def classes_in_force(*, enterprise_id: UUID, scene_id: UUID, now: datetime) -> frozenset[str]:
    """Return the data classes that a consent in force covers, for whatever purpose."""
    rows = _in_force(now).filter(enterprise_id=enterprise_id, scene_id=scene_id)
    return frozenset(code for classes in rows.values_list("data_classes", flat=True) for code in classes)


def consenting_scenes(
    *, enterprise_id: UUID, purpose: str, data_class: str, now: datetime
) -> frozenset[UUID]:
    """Return the scenes whose data of an enterprise may be used at `now`."""
    rows = _in_force(now).filter(
        enterprise_id=enterprise_id, purpose=purpose, data_classes__contains=[data_class]
    )
    return frozenset(rows.values_list("scene_id", flat=True))


def _in_force(now: datetime) -> "QuerySet[Consent]":
    return Consent.objects.filter(status=ConsentStatus.AUTHORISED, authorised_at__lte=now, expires_at__gt=now)
