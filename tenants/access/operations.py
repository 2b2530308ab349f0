"""Registering clients, checking their secrets, issuing tokens; the platform's own people."""

import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection

from kernel.refusals import Kind, Phrase, Refusal
from plumbing.sql import hold_name, in_transaction
from tenants.access.jwks import TOGETHER, KeysInvalid, checked_keys, live_keys
from tenants.access.models import AccessToken, ApiClient, CallRecord, Operator, SeenOnce
from tenants.access.queries import CallSeen, ClientView, client_view, sha256
from tenants.access.scopes import SCOPES, granted
from tenants.banks.queries import get_bank
from tenants.scenes.models import Scene
from tenants.scenes.operations import set_scene_status
from tenants.scenes.queries import SceneUnknown, active_contract, get_scene

TOKEN_LIFE: Final = timedelta(minutes=10)
KEY_OVERLAP: Final = timedelta(hours=24)
RANGES_MAX: Final = 20
CLIENTS_MAX: Final = 50  # of one scene at a time
CALLS_AT_ONCE: Final = 10_000  # forgotten in one transaction


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


class LiveNotEnabled(Refusal):
    """The client is a sandbox one and the bank is live."""

    code = "live_not_enabled"
    kind = Kind.FORBIDDEN
    message = "This client is for the sandbox: it gets no token for a live bank."


class SandboxClosed(Refusal):
    """The client is a live one and the bank is a sandbox."""

    code = "access.live_client"
    kind = Kind.FORBIDDEN
    message = "This client is live: it gets no token for a sandbox bank."


class LiveClientSigns(Refusal):
    """A live client has no secret: it signs."""

    code = "access.live_client_signs"
    kind = Kind.CONFLICT
    message = "A live client has no secret: it signs with its key."


class KeysFull(Refusal):
    """As many keys hold as may hold together."""

    code = "access.keys_full"
    kind = Kind.CONFLICT
    message = "{count} keys hold already: wait until the older one ends, or replace both at once."


class ClientsFull(Refusal):
    """As many clients are in use as a scene needs: one can be revoked."""

    code = "access.clients_full"
    kind = Kind.CONFLICT
    message = "A scene has at most {maximum} clients at a time: revoke one first."


class AddressInvalid(Refusal):
    """This is no address and no range of addresses."""

    code = "access.address_invalid"
    kind = Kind.INVALID
    message = "{given} is not an address or a range of addresses (CIDR)."


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
    jwks: Mapping[str, Any] | None = None,
    now: datetime,
) -> tuple[str, str]:
    """Register a scene's machine; return its client id and its secret, which is shown only this once.

    A live machine signs with one of its keys and has no secret: the text returned for it is empty (D-14).
    Raises `ScopeUnknown`, `SceneUnknown`, `KeysInvalid` or `ClientsFull`.
    """
    wanted = frozenset(scopes)
    if not wanted <= SCOPES:
        raise ScopeUnknown(scopes=" ".join(sorted(wanted - SCOPES)))
    if not Scene.objects.filter(id=scene_id).exists():
        raise SceneUnknown
    hold_name("clients", scene_id)
    active = ApiClient.objects.filter(scene_id=scene_id, status=ApiClient.Status.ACTIVE)
    if active.count() >= CLIENTS_MAX:
        raise ClientsFull(maximum=CLIENTS_MAX)
    keys = () if sandbox and jwks is None else checked_keys(jwks)
    client_id = f"cli_{secrets.token_hex(12)}"
    secret = _new_secret() if sandbox else ""
    ApiClient.objects.create(
        scene_id=scene_id,
        name=name,
        client_id=client_id,
        secret_sha256=sha256(secret) if secret else "",
        jwks={"keys": list(keys)} if keys else None,
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
    """Give a sandbox client a new secret and return it; the one before stops working.

    Raises `LiveClientSigns`.
    """
    client = _client(client_id)
    if not client.sandbox:
        raise LiveClientSigns
    secret = _new_secret()
    client.secret_sha256 = sha256(secret)
    client.save(update_fields=["secret_sha256"])
    return secret


@in_transaction
def add_key(
    *, client_id: str, key: Mapping[str, Any], overlap: timedelta = KEY_OVERLAP, now: datetime
) -> ClientView:
    """Let a client sign with another key (a public JWK) at once; those before hold for `overlap` more.

    A planned rotation fails no call. With no overlap the keys before stop at once, and the tokens with them:
    the answer to a leak (J2). Raises `KeysInvalid`, or `KeysFull` while two keys hold already.
    """
    client = _client(client_id)
    (fresh,) = checked_keys({"keys": [key]})
    held = live_keys(client.jwks, now) if overlap > timedelta(0) else ()
    if len(held) >= TOGETHER:
        raise KeysFull(count=TOGETHER)
    if any(one["kid"] == fresh["kid"] for one in (client.jwks or {}).get("keys", ())):
        raise KeysInvalid(reason=Phrase("each key needs a kid of its own"))
    ends = int((now + overlap).timestamp())
    kept = [{**one, "exp": min(ends, one.get("exp", ends))} for one in held]
    client.jwks = {"keys": [*kept, fresh]}
    client.save(update_fields=["jwks"])
    if not overlap:
        AccessToken.objects.filter(client=client).delete()
    return client_view(client)


@in_transaction
def allow_addresses(*, client_id: str, ranges: Iterable[str]) -> ClientView:
    """Let a client be used from these addresses or ranges (CIDR) only; none means from any.

    Raises `AddressInvalid`.
    """
    wanted = []
    for given in ranges:
        try:
            wanted.append(str(ip_network(given.strip())))
        except ValueError:
            raise AddressInvalid(given=given[:43]) from None
    if len(wanted) > RANGES_MAX:
        raise AddressInvalid(given=f"{len(wanted)} > {RANGES_MAX}")
    client = _client(client_id)
    client.addresses = sorted(set(wanted))
    client.save(update_fields=["addresses"])
    return client_view(client)


@in_transaction
def use_once(*, client_id: str, what: str, text: str, expires_at: datetime) -> bool:
    """Return whether a client shows a text for the first time; from now on it has been shown.

    `what` says what kind of text it is. The caller commits this before anything the text opens: whatever
    becomes of the call, a copy of it opens nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_seenonce (digest, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [sha256(f"{what}\x1f{client_id}\x1f{text}"), expires_at],
        )
        return bool(cursor.rowcount == 1)


@in_transaction
def authenticate_client(*, client_id: str, secret: str) -> ClientView:
    """Return the sandbox client that showed its secret; raises `ClientInvalid`."""
    client = ApiClient.objects.select_related("scene").filter(client_id=client_id).first()
    expected = client.secret_sha256 if client is not None else sha256("")
    matches = hmac.compare_digest(expected, sha256(secret)) and bool(secret)
    if client is None or not client.sandbox or not matches or client.status != ApiClient.Status.ACTIVE:
        raise ClientInvalid
    if client.scene.status == Scene.Status.CLOSED:
        raise ClientInvalid
    return client_view(client)


@in_transaction
def issue_token(*, client: str, bank: UUID, scopes: Iterable[str] = (), now: datetime) -> str:
    """Return a token of the client `client` (its client id) for one bank, good for ten minutes.

    No scopes means all the client may have. Raises `ClientInvalid`, `BankUnknown`, `BankNotContracted`,
    `ScopeUnknown`, and `LiveNotEnabled` or `SandboxClosed` for a bank of the other sort.
    """
    row = ApiClient.objects.filter(client_id=client, status=ApiClient.Status.ACTIVE).first()
    if row is None:
        raise ClientInvalid
    found = get_bank(bank_id=bank)
    if active_contract(bank_id=found.id, scene_id=row.scene_id, on_date=now.date()) is None:
        raise BankNotContracted
    if found.livemode == row.sandbox:
        raise LiveNotEnabled if row.sandbox else SandboxClosed
    asked = frozenset(scopes)
    if asked - frozenset(row.scopes):
        raise ScopeUnknown(scopes=" ".join(sorted(asked - frozenset(row.scopes))))
    token = f"slt_{secrets.token_urlsafe(32)}"
    AccessToken.objects.create(
        token_sha256=sha256(token),
        client=row,
        bank_id=found.id,
        scopes=sorted(granted(asked=asked, allowed=frozenset(row.scopes))),
        issued_at=now,
        expires_at=now + TOKEN_LIFE,
    )
    return token


@in_transaction
def forget_expired_tokens(*, now: datetime) -> int:
    """Delete tokens that have run out, return how many; and what ran out of the things shown once."""
    SeenOnce.objects.filter(expires_at__lte=now).delete()
    count, _ = AccessToken.objects.filter(expires_at__lte=now - TOKEN_LIFE).delete()
    return count


@dataclass(frozen=True, slots=True)
class LeakAnswer:
    """What was shut when a client's credentials leaked."""

    client_id: str
    scene_code: str
    scene_status: str
    tokens_ended: int
    keys_ended: tuple[str, ...]


@in_transaction
def answer_leak(*, client_id: str, now: datetime) -> LeakAnswer:
    """Shut a client whose credentials leaked, with no overlap, and let its scene only read (J2).

    Its tokens, its keys and its secret end at once; a fresh key opens it again (`add_key`), and the scene
    writes again once somebody makes it active. A scene that is closed stays closed. Raises `ClientInvalid`.
    """
    client = _client(client_id)
    keys = tuple(str(one["kid"]) for one in live_keys(client.jwks, now))
    client.jwks, client.secret_sha256 = None, ""
    client.save(update_fields=["jwks", "secret_sha256"])
    tokens, _ = AccessToken.objects.filter(client=client).delete()
    scene = get_scene(scene_id=client.scene_id)
    if scene.status == Scene.Status.ACTIVE:
        scene = set_scene_status(scene_id=scene.id, status=Scene.Status.READ_ONLY)
    return LeakAnswer(client_id, scene.code, scene.status, tokens, keys)


@in_transaction
def record_calls(*, calls: Sequence[CallSeen]) -> int:
    """Write down calls that machines made; return how many."""
    return len(CallRecord.objects.bulk_create([CallRecord(**asdict(one)) for one in calls], batch_size=2000))


@in_transaction
def forget_old_calls(*, kept: timedelta, now: datetime) -> int:
    """Delete a batch of calls older than they are kept; return how many."""
    old = CallRecord.objects.filter(at__lt=now - kept).values_list("pk", flat=True)
    count, _ = CallRecord.objects.filter(pk__in=list(old[:CALLS_AT_ONCE])).delete()
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


def _new_secret() -> str:
    return f"sk_test_{secrets.token_urlsafe(32)}"


def _client(client_id: str) -> ApiClient:
    client = ApiClient.objects.select_for_update().filter(client_id=client_id).first()
    if client is None:
        raise ClientInvalid
    return client
