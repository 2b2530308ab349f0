"""Reads: a session by its public id or its bearer."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.ids import public_id
from kernel.refusals import Kind, Refusal
from openbanking.embed_sessions.models import EmbedSession


class SessionNotFound(Refusal):
    """There is no such session at this bank."""

    code = "embed_sessions.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no such session."


class BearerInvalid(Refusal):
    """Nobody was given this bearer."""

    code = "embed_sessions.bearer_invalid"
    kind = Kind.FORBIDDEN
    message = "This page is not signed in. Open it again from where you came."


class SessionExpired(Refusal):
    """The session's half hour is over, or it was opened by a client that may no longer come in."""

    code = "embed_sessions.session_expired"
    kind = Kind.FORBIDDEN
    message = "This session has ended. Open it again from where you came."


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session, without its secrets."""

    id: UUID
    scene_id: UUID
    client_id: str
    enterprise_id: UUID
    components: tuple[str, ...]
    scopes: frozenset[str]
    locale: str
    return_url: str
    created_at: datetime
    expires_at: datetime
    exchanged_at: datetime | None
    identified_at: datetime | None
    wrong_answers_count: int
    confirmed_agreement_id: UUID | None

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("ems", self.id)


def sha256(text: str) -> str:
    """Return the hex digest that stands for a secret in the table."""
    return hashlib.sha256(text.encode()).hexdigest()


def session_view(row: EmbedSession) -> SessionView:
    """Return the frozen view of a row."""
    return SessionView(
        id=row.id,
        scene_id=row.scene_id,
        client_id=row.client_id,
        enterprise_id=row.enterprise_id,
        components=tuple(row.components),
        scopes=frozenset(row.scopes),
        locale=row.locale,
        return_url=row.return_url,
        created_at=row.created_at,
        expires_at=row.expires_at,
        exchanged_at=row.exchanged_at,
        identified_at=row.identified_at,
        wrong_answers_count=row.wrong_answers_count,
        confirmed_agreement_id=row.confirmed_agreement_id,
    )


def get_session(*, session_id: UUID) -> SessionView:
    """Return a session of this bank, run out or not; raises `SessionNotFound`."""
    row = EmbedSession.objects.filter(id=session_id).first()
    if row is None:
        raise SessionNotFound
    return session_view(row)


def session_of_bearer(*, bearer: str, now: datetime) -> SessionView:
    """Return the session a bearer stands for; raises `BearerInvalid` or `SessionExpired`."""
    row = EmbedSession.objects.filter(bearer_sha256=sha256(bearer)).first()
    if row is None:
        raise BearerInvalid
    if row.expires_at <= now:
        raise SessionExpired
    return session_view(row)
