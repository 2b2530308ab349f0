"""Who holds a token, and which clients there are."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from kernel.refusals import Kind, Refusal
from tenants.access.jwks import Keys, live_keys
from tenants.access.models import ApiClient, CallRecord, Operator
from tenants.scenes.models import Scene
from tenants.scenes.queries import SceneView, scene_view

# Asked at every call: written out, because putting it together anew costs more than running it.
_HOLDER: Final = """
SELECT c.status, s.id, s.code, s.status, c.client_id, b.schema_name, b.id, b.status, b.livemode,
       t.scopes, c.jwks, c.addresses, t.expires_at
  FROM access_accesstoken t
  JOIN access_apiclient c ON c.id = t.client_id
  JOIN scenes_scene s ON s.id = c.scene_id
  JOIN banks_bank b ON b.id = t.bank_id
 WHERE t.token_sha256 = %s
"""


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


class ClientUnknown(Refusal):
    """The scene has no such client."""

    code = "access.client_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no such client."


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """What a token stands for."""

    scene_id: UUID
    scene_code: str
    scene_status: str
    client_id: str
    bank_schema: str
    bank_id: UUID
    bank_status: str
    livemode: bool
    scopes: frozenset[str]
    keys: Keys
    addresses: tuple[str, ...]
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CallSeen:
    """A call that a machine made; `path` without its query."""

    at: datetime
    client_id: str
    bank_schema: str
    request_id: str
    method: str
    path: str
    address: str
    status: int
    made: str
    token: str
    code: str = ""


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
    keys: tuple[str, ...]
    addresses: tuple[str, ...]


def sha256(text: str) -> str:
    """Return the hex digest that stands for a secret in the tables."""
    return hashlib.sha256(text.encode()).hexdigest()


def token_ref(token: str) -> str:
    """Return what stands for a token in the call log: the beginning of its hash."""
    return sha256(token)[:16]


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
        tuple(str(one["kid"]) for one in (client.jwks or {}).get("keys", ())),
        tuple(client.addresses),
    )


def clients(*, scene_id: UUID | None = None) -> tuple[ClientView, ...]:
    """Return clients, of one scene if asked."""
    rows = ApiClient.objects.order_by("created_at", "id")
    if scene_id is not None:
        rows = rows.filter(scene_id=scene_id)
    return tuple(client_view(row) for row in rows)


def get_client(*, client_id: str, scene_id: UUID) -> ClientView:
    """Return a client of a scene; raises `ClientUnknown`."""
    row = ApiClient.objects.filter(client_id=client_id, scene_id=scene_id).first()
    if row is None:
        raise ClientUnknown
    return client_view(row)


def client_scene(*, client_id: str) -> UUID | None:
    """Return the scene of a client, or None when there is no such client."""
    return ApiClient.objects.filter(client_id=client_id).values_list("scene_id", flat=True).first()


def client_keys(*, client_id: str, now: datetime) -> tuple[ClientView, Keys] | None:
    """Return an active client and the public keys it signs with at an instant (JWKs), or None."""
    row = (
        ApiClient.objects.filter(client_id=client_id, status=ApiClient.Status.ACTIVE)
        .exclude(scene__status=Scene.Status.CLOSED)
        .first()
    )
    return None if row is None else (client_view(row), live_keys(row.jwks, now))


def token_holder(*, token: str, now: datetime) -> TokenHolder:
    """Return what a token stands for; raises `TokenInvalid` or `TokenExpired`."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDER, [sha256(token)])
        row = cursor.fetchone()
    if row is None or row[0] != ApiClient.Status.ACTIVE or row[3] == Scene.Status.CLOSED:
        raise TokenInvalid
    _, scene_id, scene_code, scene_status, client_id, schema, bank_id, bank_status, livemode, *rest = row
    scopes, jwks, addresses, expires_at = rest
    if expires_at <= now:
        raise TokenExpired
    return TokenHolder(
        scene_id,
        scene_code,
        scene_status,
        client_id,
        schema,
        bank_id,
        bank_status,
        livemode,
        frozenset(scopes),
        live_keys(json.loads(jwks) if isinstance(jwks, str) else jwks, now),
        tuple(addresses),
        token_ref(token),
        expires_at,
    )


def scene_of_client(*, client_id: str) -> SceneView | None:
    """Return the scene of a client that may still come in; None if it was revoked or the scene closed."""
    row = ApiClient.objects.select_related("scene").filter(client_id=client_id).first()
    if row is None or row.status != ApiClient.Status.ACTIVE or row.scene.status == Scene.Status.CLOSED:
        return None
    return scene_view(row.scene)


def _seen(row: CallRecord) -> CallSeen:
    return CallSeen(*(getattr(row, name) for name in CallSeen.__slots__))


def calls_page(
    *, client_id: str, since: datetime, until: datetime, after: int = 0, limit: int = 5000
) -> tuple[int, tuple[CallSeen, ...]]:
    """Return what to go on after (0: the end), and calls of a client in [`since`, `until`) as written."""
    rows = list(
        CallRecord.objects.filter(client_id=client_id, at__gte=since, at__lt=until, id__gt=after).order_by(
            "id"
        )[:limit]
    )
    seen = tuple(_seen(row) for row in rows)
    return (rows[-1].id if len(rows) == limit else 0), seen


def calls_seen(
    *,
    client_ids: Collection[str],
    since: datetime,
    until: datetime,
    request_id: str = "",
    path: str = "",
    statuses: tuple[int, int] | None = None,
    bank_schema: str = "",
    limit: int = 50,
) -> tuple[CallSeen, ...]:
    """Return the newest calls of clients in [`since`, `until`), newest first.

    `path` is any part of it; `statuses` bounds the status, half-open.
    """
    rows = CallRecord.objects.filter(client_id__in=client_ids, at__gte=since, at__lt=until)
    if request_id:
        rows = rows.filter(request_id=request_id)
    if path:
        rows = rows.filter(path__contains=path)
    if statuses is not None:
        rows = rows.filter(status__gte=statuses[0], status__lt=statuses[1])
    if bank_schema:
        rows = rows.filter(bank_schema=bank_schema)
    return tuple(_seen(row) for row in rows.order_by("-at", "-id")[:limit])


def made_by(*, client_id: str, since: datetime) -> dict[str, tuple[str, ...]]:
    """Return the public ids of what a client created from an instant on, by the schema of the bank."""
    rows = CallRecord.objects.filter(client_id=client_id, at__gte=since).exclude(made="").order_by("id")
    found: dict[str, list[str]] = {}
    for schema, made in rows.values_list("bank_schema", "made"):
        found.setdefault(schema, []).append(made)
    return {schema: tuple(ids) for schema, ids in found.items()}


def operators() -> tuple[str, ...]:
    """Return the addresses of the platform's people."""
    return tuple(Operator.objects.order_by("email").values_list("email", flat=True))
