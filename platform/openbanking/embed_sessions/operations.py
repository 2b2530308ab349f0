"""Verbs: open a session, exchange its secret once, note who was recognised and what was confirmed."""

import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.refusals import Kind, Refusal
from openbanking.embed_sessions.components import Component, scopes_for
from openbanking.embed_sessions.models import EmbedSession
from openbanking.embed_sessions.queries import (
    SessionExpired,
    SessionNotFound,
    SessionView,
    session_view,
    sha256,
)
from parties.enterprises.queries import get_enterprise, is_representative
from plumbing.sql import in_transaction

LIFE: Final = timedelta(minutes=30)
KEPT: Final = timedelta(days=30)
WRONG_ANSWERS_MAX: Final = 5


class ComponentUnknown(Refusal):
    """A frame cannot show this, or nothing was asked for."""

    code = "embed_sessions.component_unknown"
    kind = Kind.INVALID
    message = "A session shows one or more of {known}."


class ScopesInsufficient(Refusal):
    """The session could do more than the client that asks for it."""

    code = "embed_sessions.scopes_insufficient"
    kind = Kind.FORBIDDEN
    message = "These components need scopes that the token does not have: {scopes}."


class SecretInvalid(Refusal):
    """The secret is not that of this session."""

    code = "embed_sessions.secret_invalid"
    kind = Kind.FORBIDDEN
    message = "This link does not open the session."


class SecretUsed(Refusal):
    """A secret is exchanged once: a link that was opened before, or copied, opens nothing."""

    code = "embed_sessions.secret_used"
    kind = Kind.CONFLICT
    message = "This link was used before. Open it again from where you came."


class TooManyAnswers(Refusal):
    """Somebody guesses."""

    code = "embed_sessions.too_many_answers"
    kind = Kind.FORBIDDEN
    message = "Too many wrong answers. Open it again from where you came."


@in_transaction
def open_session(
    *,
    scene_id: UUID,
    client_id: str,
    allowed_scopes: Iterable[str],
    enterprise_id: UUID,
    components: Sequence[str],
    locale: str,
    return_url: str,
    now: datetime,
) -> tuple[SessionView, str]:
    """Open a session of half an hour for one business; return it and its secret, told only this once.

    Refuses a business the scene did not introduce, a component nobody knows, scopes beyond the client's.
    """
    get_enterprise(enterprise_id=enterprise_id, scene_id=scene_id)
    if not components or not set(components) <= set(Component.values):
        raise ComponentUnknown(known=", ".join(Component.values))
    needed = scopes_for(components)
    if not needed <= frozenset(allowed_scopes):
        raise ScopesInsufficient(scopes=" ".join(sorted(needed - frozenset(allowed_scopes))))
    secret = f"ecs_{secrets.token_urlsafe(32)}"
    row = EmbedSession.objects.create(
        scene_id=scene_id,
        client_id=client_id,
        enterprise_id=enterprise_id,
        components=list(dict.fromkeys(components)),
        scopes=sorted(needed),
        locale=locale,
        return_url=return_url,
        secret_sha256=sha256(secret),
        created_at=now,
        expires_at=now + LIFE,
    )
    return session_view(row), secret


@in_transaction
def exchange_secret(*, session_id: UUID, secret: str, now: datetime) -> tuple[SessionView, str]:
    """Return the session and its bearer for the secret, once; of two calls at once the second is refused."""
    row = _locked(session_id)
    if not hmac.compare_digest(row.secret_sha256, sha256(secret)):
        raise SecretInvalid
    if row.expires_at <= now:
        raise SessionExpired
    if row.exchanged_at is not None:
        raise SecretUsed
    bearer = f"emb_{secrets.token_urlsafe(32)}"
    row.bearer_sha256, row.exchanged_at = sha256(bearer), now
    row.save(update_fields=["bearer_sha256", "exchanged_at"])
    return session_view(row), bearer


@in_transaction
def answer_identity(*, session_id: UUID, id_number: str, now: datetime) -> SessionView:
    """Note whether who sits there knows the identity number of who represents the business (A-01).

    A wrong answer is counted, not refused: the count has to outlive the answer. After five of them every
    further one is refused with `TooManyAnswers`. Nothing of what was typed is kept.
    """
    row = _locked(session_id)
    if row.identified_at is not None:
        return session_view(row)
    if row.wrong_answers_count >= WRONG_ANSWERS_MAX:
        raise TooManyAnswers
    if is_representative(enterprise_id=row.enterprise_id, id_number=id_number):
        row.identified_at = now
    else:
        row.wrong_answers_count += 1
    row.save(update_fields=["identified_at", "wrong_answers_count"])
    return session_view(row)


@in_transaction
def note_confirmation(*, session_id: UUID, agreement_id: UUID) -> SessionView:
    """Note that the costs of an agreement were read and confirmed in this session (P-03)."""
    row = _locked(session_id)
    row.confirmed_agreement_id = agreement_id
    row.save(update_fields=["confirmed_agreement_id"])
    return session_view(row)


@in_transaction
def end_sessions(*, client_id: str, now: datetime) -> int:
    """End the sessions that a client opened, whose credentials leaked (J2); return how many were open."""
    return EmbedSession.objects.filter(client_id=client_id, expires_at__gt=now).update(expires_at=now)


@in_transaction
def forget_sessions(*, now: datetime) -> int:
    """Delete sessions that ran out a month ago; return how many."""
    count, _ = EmbedSession.objects.filter(expires_at__lte=now - KEPT).delete()
    return count


def _locked(session_id: UUID) -> EmbedSession:
    row = EmbedSession.objects.select_for_update().filter(id=session_id).first()
    if row is None:
        raise SessionNotFound
    return row
