"""Who holds a token, and which clients there are."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.refusals import Kind, Refusal
from tenants.access.models import AccessToken, ApiClient, Operator
from tenants.scenes.models import Scene


class TokenInvalid(Refusal):
    """The token is unknown, or its client may no longer come in."""

    code = "token_invalid"
    kind = Kind.FORBIDDEN
    message = "The access token is not valid."


class TokenExpired(Refusal):
    """The token has run out: ask for a new one."""

    code = "token_expired"
    kind = Kind.FORBIDDEN
    message = "The access token has expired."


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """What a token stands for."""

    scene_id: UUID
    scene_code: str
    scene_status: str
    client_id: str
    bank_schema: str
    bank_id: UUID
    scopes: frozenset[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ClientView:
    """A scene's machine, without its secret."""

    id: UUID
    scene_id: UUID
    name: str
    client_id: str
    scopes: frozenset[str]
    sandbox: bool
    status: str


def sha256(text: str) -> str:
    """Return the hex digest that stands for a secret in the tables."""
    return hashlib.sha256(text.encode()).hexdigest()


def client_view(client: ApiClient) -> ClientView:
    """Return the frozen view of a client."""
    return ClientView(
        client.id,
        client.scene_id,
        client.name,
        client.client_id,
        frozenset(client.scopes),
        client.sandbox,
        client.status,
    )


def clients(*, scene_id: UUID | None = None) -> tuple[ClientView, ...]:
    """Return clients, of one scene if asked."""
    rows = ApiClient.objects.order_by("created_at", "id")
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    return tuple(client_view(row) for row in rows)


def client_keys(*, client_id: str) -> tuple[ClientView, dict[str, Any] | None] | None:
    """Return an active client and the public keys it signs with (a JWK set), or None."""
    row = (
        ApiClient.objects.filter(client_id=client_id, status=ApiClient.Status.ACTIVE)
        .exclude(scene__status=Scene.Status.CLOSED)
        .first()
    )
    return None if row is None else (client_view(row), row.jwks)


def token_holder(*, token: str, now: datetime) -> TokenHolder:
    """Return what a token stands for; raises `TokenInvalid` or `TokenExpired`."""
    row = AccessToken.objects.select_related("client__scene").filter(token_sha256=sha256(token)).first()
    if row is None or row.client.status != ApiClient.Status.ACTIVE:
        raise TokenInvalid
    scene = row.client.scene
    if scene.status == Scene.Status.CLOSED:
        raise TokenInvalid
    if row.expires_at <= now:
        raise TokenExpired
    return TokenHolder(
        scene.id,
        scene.code,
        scene.status,
        row.client.client_id,
        row.bank_schema,
        row.bank_id,
        frozenset(row.scopes),
        row.expires_at,
    )


def operators() -> tuple[str, ...]:
    """Return the addresses of the platform's people."""
    return tuple(Operator.objects.order_by("email").values_list("email", flat=True))
