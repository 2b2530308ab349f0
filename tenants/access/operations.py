"""Registering clients, checking their secrets, issuing tokens; the platform's own people."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password

from kernel.refusals import Kind, Refusal
from plumbing.sql import in_transaction
from tenants.access.models import AccessToken, ApiClient, Operator
from tenants.access.queries import ClientView, client_view, sha256
from tenants.access.scopes import SCOPES, granted
from tenants.banks.queries import get_bank
from tenants.scenes.models import Scene
from tenants.scenes.queries import SceneUnknown, active_contract

TOKEN_LIFE: Final = timedelta(minutes=10)


class ClientInvalid(Refusal):
    """The client is unknown, revoked, or showed a wrong secret; which of them is not said."""

    code = "client_invalid"
    kind = Kind.FORBIDDEN
    message = "The client's credentials are not valid."


class ScopeUnknown(Refusal):
    """There is no such scope, or the client may not have it."""

    code = "scope_unknown"
    kind = Kind.INVALID
    message = "These scopes cannot be given: {scopes}."


class BankNotContracted(Refusal):
    """The scene has no contract with this bank."""

    code = "bank_not_contracted"
    kind = Kind.FORBIDDEN
    message = "The scene has no contract with this bank."


class OperatorExists(Refusal):
    """Somebody already has this address."""

    code = "access.operator_exists"
    kind = Kind.CONFLICT
    message = "Somebody already has the address {email}."


@in_transaction
def register_client(
    *,
    scene_id: UUID,
    name: str,
    scopes: Iterable[str] = SCOPES,
    sandbox: bool = False,
    jwks: dict[str, object] | None = None,
    now: datetime,
) -> tuple[str, str]:
    """Register a scene's machine; return its client id and its secret, which is shown only this once."""
    wanted = frozenset(scopes)
    if not wanted <= SCOPES:
        raise ScopeUnknown(scopes=" ".join(sorted(wanted - SCOPES)))
    if not Scene.objects.filter(id=scene_id).exists():
        raise SceneUnknown
    client_id = f"cli_{secrets.token_hex(12)}"
    secret = f"{'sk_test' if sandbox else 'sk_live'}_{secrets.token_urlsafe(32)}"
    ApiClient.objects.create(
        scene_id=scene_id,
        name=name,
        client_id=client_id,
        secret_sha256=sha256(secret),
        jwks=jwks,
        scopes=sorted(wanted),
        sandbox=sandbox,
        created_at=now,
    )
    return client_id, secret


@in_transaction
def revoke_client(*, client_id: str) -> ClientView:
    """Shut a client out at once: its tokens stop working too (`journeys.md`, J2)."""
    client = _client(client_id)
    client.status = ApiClient.Status.REVOKED
    client.save(update_fields=["status"])
    AccessToken.objects.filter(client=client).delete()
    return client_view(client)


@in_transaction
def rotate_secret(*, client_id: str) -> str:
    """Give a client a new secret and return it; the one before stops working."""
    client = _client(client_id)
    secret = f"{'sk_test' if client.sandbox else 'sk_live'}_{secrets.token_urlsafe(32)}"
    client.secret_sha256 = sha256(secret)
    client.save(update_fields=["secret_sha256"])
    return secret


@in_transaction
def authenticate_client(*, client_id: str, secret: str) -> ClientView:
    """Return the client that showed its secret; raises `ClientInvalid`."""
    client = ApiClient.objects.select_related("scene").filter(client_id=client_id).first()
    expected = client.secret_sha256 if client is not None else sha256("")
    matches = hmac.compare_digest(expected, sha256(secret)) and bool(secret)
    if client is None or not matches or client.status != ApiClient.Status.ACTIVE:
        raise ClientInvalid
    if client.scene.status == Scene.Status.CLOSED:
        raise ClientInvalid
    return client_view(client)


@in_transaction
def issue_token(*, client: str, bank: UUID, scopes: Iterable[str] = (), now: datetime) -> str:
    """Return a token of the client `client` (its client id) for one bank, good for ten minutes.

    No scopes means all the client may have. Raises `ClientInvalid`, `BankUnknown`, `BankNotContracted`
    and `ScopeUnknown`.
    """
    row = ApiClient.objects.filter(client_id=client, status=ApiClient.Status.ACTIVE).first()
    if row is None:
        raise ClientInvalid
    found = get_bank(bank_id=bank)
    if active_contract(bank_id=found.id, scene_id=row.scene_id, on_date=now.date()) is None:
        raise BankNotContracted
    asked = frozenset(scopes)
    if asked - frozenset(row.scopes):
        raise ScopeUnknown(scopes=" ".join(sorted(asked - frozenset(row.scopes))))
    token = f"slt_{secrets.token_urlsafe(32)}"
    AccessToken.objects.create(
        token_sha256=sha256(token),
        client=row,
        bank_id=found.id,
        bank_schema=found.schema_name,
        scopes=sorted(granted(asked=asked, allowed=frozenset(row.scopes))),
        issued_at=now,
        expires_at=now + TOKEN_LIFE,
    )
    return token


@in_transaction
def forget_expired_tokens(*, now: datetime) -> int:
    """Delete tokens that have run out; return how many."""
    count, _ = AccessToken.objects.filter(expires_at__lte=now - TOKEN_LIFE).delete()
    return count


@in_transaction
def add_operator(*, email: str, name: str, password: str, now: datetime) -> UUID:
    """Add a person of the platform; raises `OperatorExists`."""
    if Operator.objects.filter(email__iexact=email).exists():
        raise OperatorExists(email=email)
    operator: Operator = Operator.objects.create(
        email=email.lower(), name=name, password=make_password(password), created_at=now
    )
    return operator.id


def _client(client_id: str) -> ApiClient:
    client = ApiClient.objects.select_for_update().filter(client_id=client_id).first()
    if client is None:
        raise ClientInvalid
    return client
