"""What a call of the embedded API passes before it begins: token, address, rate, scope, signature."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from django.db import transaction
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.views import APIView

from interfaces import call_log
from interfaces.arrival import address_of, is_within
from interfaces.rate_limits import Rate, count
from interfaces.signatures import Message, SignatureReplayed, verify
from kernel.refusals import Kind, Refusal
from plumbing.schemas import public_schema
from tenants.access.operations import use_once
from tenants.access.queries import CallSeen, TokenHolder, token_holder
from tenants.banks.models import Bank
from tenants.scenes.models import Scene

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
KEY_LENGTH_MAX: Final = 255
_KEY: Final = re.compile(f"[!-~]{{1,{KEY_LENGTH_MAX}}}")


class TokenMissing(Refusal):
    """There is no bearer token."""

    code = "token_missing"
    kind = Kind.FORBIDDEN
    message = "Send an access token: Authorization: Bearer <token>."


class ScopeInsufficient(Refusal):
    """The token does not allow this call."""

    code = "scope_insufficient"
    kind = Kind.FORBIDDEN
    message = "The token does not have the scope {scope}."


class BankSuspended(Refusal):
    """The bank takes no new business at present; what it has is serviced on (J12)."""

    code = "bank_suspended"
    kind = Kind.FORBIDDEN
    message = "The bank takes no new business at present."


class SceneReadOnly(Refusal):
    """The scene may ask, but start nothing (J2)."""

    code = "scene_read_only"
    kind = Kind.FORBIDDEN
    message = "The scene may only read at present."


class AddressNotAllowed(Refusal):
    """The call comes from an address that is not on the client's list."""

    code = "ip_not_allowed"
    kind = Kind.FORBIDDEN
    message = "The client may not be used from this address."


class KeyMissing(Refusal):
    """This call moves money and needs an idempotency key, or the key that was sent cannot be used."""

    code = "idempotency_key_missing"
    kind = Kind.INVALID
    message = "Send an Idempotency-Key of 1 to 255 visible ASCII characters."


class GatedView(APIView):
    """A view that lets a call on only when its token, its address and its signature do.

    What it demands of a method is said in the class: a scope, an idempotency key, a signature, and whether it
    starts new business.
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    keyed: ClassVar[frozenset[str]] = frozenset({"POST"})
    key_required: ClassVar[frozenset[str]] = frozenset()
    signed: ClassVar[frozenset[str]] = frozenset()
    new_business: ClassVar[frozenset[str]] = frozenset()

    rate: Rate | None = None
    holder: TokenHolder | None = None
    made = ""

    def required_scope(self, method: str) -> str | None:
        """Return the scope that a method demands, or None when any token will do."""
        return self.scopes.get(method)

    def admit(self, request: Request, method: str, instant: datetime) -> TokenHolder:
        """Return who calls; raises the refusal of the first thing that is not right.

        One statement; a call that is signed costs one more, in a transaction of its own.
        """
        raw = request._request
        with public_schema():
            holder = token_holder(token=bearer_of(raw), now=instant)
        self.holder = holder
        if holder.addresses and not is_within(address_of(raw), holder.addresses):
            raise AddressNotAllowed
        policy = "money" if method in self.key_required else "default"
        self.rate = count(policy=policy, client_id=holder.client_id, bank=holder.bank_schema)
        if self.rate is not None and self.rate.exceeded:
            raise self.rate.refusal()
        self._authorise(holder, method)
        if method in self.signed and (holder.livemode or holder.keys):
            with public_schema(), transaction.atomic():
                self._check_signature(request, holder, instant)
        return holder

    def _authorise(self, holder: TokenHolder, method: str) -> None:
        scope = self.required_scope(method)
        if scope is not None and scope not in holder.scopes:
            raise ScopeInsufficient(scope=scope)
        if method not in READING and holder.scene_status == Scene.Status.READ_ONLY:
            raise SceneReadOnly
        if method in self.new_business and holder.bank_status != Bank.Status.ACTIVE:
            raise BankSuspended

    def _check_signature(self, request: Request, holder: TokenHolder, instant: datetime) -> None:
        """Let only a signed call on, once (RFC 9421).

        The nonce is used up in a transaction before the call begins: a copy of a call opens nothing, not even
        of one that was refused.
        """
        key_of(request)
        raw = request._request
        headers = {name.lower(): value for name, value in raw.headers.items()}
        message = Message(str(raw.method), raw.build_absolute_uri(), headers, self.body_of(request))
        shown = verify(message, holder.keys, instant)
        if not use_once(
            client_id=holder.client_id, what="nonce", text=shown.nonce, expires_at=shown.expires_at
        ):
            raise SignatureReplayed

    def body_of(self, request: Request) -> bytes:
        """Return the body as it was sent."""
        # Read before DRF parses it: afterwards the raw bytes are gone.
        return request._request.body

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Note every call of a known client, and say with its answer, refusals too, how many are left."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.rate.headers() if self.rate is not None else {}).items():
            answer[name] = value
        if self.holder is not None:
            self._note(request, self.holder, answer.status_code, getattr(answer, "refusal_code", ""))
        return answer

    def _note(self, request: Any, holder: TokenHolder, status: int, code: str) -> None:
        raw = getattr(request, "_request", request)
        call_log.note(
            CallSeen(
                at=datetime.now(UTC),
                client_id=holder.client_id,
                bank_schema=holder.bank_schema,
                request_id=getattr(raw, "request_id", ""),
                method=str(raw.method)[:8],
                path=raw.path.replace("\x00", "")[:200],
                address=address_of(raw)[:45],
                status=status,
                made=self.made if status == 201 else "",
                token=holder.token,
                code=code[:60],
            )
        )


def key_of(request: Request | HttpRequest) -> str:
    """Return the idempotency key; raises `KeyMissing`."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise KeyMissing
    return key


def bearer_of(request: HttpRequest) -> str:
    """Return the access token; raises `TokenMissing`."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise TokenMissing
    return token.strip()
