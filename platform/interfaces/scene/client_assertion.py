"""How a scene's machine proves who it is: its secret (sandbox), or a signed assertion (RFC 7523)."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tenants.access.operations import ClientInvalid, authenticate_client, use_once
from tenants.access.queries import ClientView, client_keys

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS: Final = ("ES256", "PS256", "Ed25519")
LONGEST_SECONDS: Final = 300
_LEEWAY_SECONDS: Final = 30
_MAX_LENGTH: Final = 8192
_ID_LENGTH_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Presented:
    """What a token request showed: the Authorization header and the form."""

    authorization: str
    form: dict[str, str]


def authenticate(*, shown: Presented, audiences: tuple[str, ...], now: datetime) -> ClientView:
    """Return the client behind a token request; raises `ClientInvalid`, never saying what was wrong.

    A live client signs; a secret is enough in the sandbox only (D-14). Two ways at once are refused.
    """
    form = shown.form
    ways = [bool(shown.authorization), "client_secret" in form, "client_assertion" in form]
    if sum(ways) != 1:
        raise ClientInvalid
    if "client_assertion" in form:
        return _by_assertion(form, audiences, now)
    client_id, secret = _basic(shown.authorization) if shown.authorization else _posted(form)
    return authenticate_client(client_id=client_id, secret=secret)


def claimed(shown: Presented) -> str:
    """Return the client that a token request says it is, without trusting it; nothing if it says none."""
    try:
        if "client_assertion" in shown.form:
            assertion = shown.form["client_assertion"]
            return _subject(assertion) if len(assertion) <= _MAX_LENGTH else ""
        given = _basic(shown.authorization)[0] if shown.authorization else shown.form.get("client_id", "")
    except ClientInvalid:
        return ""
    return given if len(given) <= _ID_LENGTH_MAX and "\x00" not in given else ""


def _posted(form: dict[str, str]) -> tuple[str, str]:
    return form.get("client_id", ""), form["client_secret"]


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ClientInvalid from None
    client_id, colon, secret = pair.partition(":")
    if scheme.lower() != "basic" or not colon:
        raise ClientInvalid
    return unquote_plus(client_id), unquote_plus(secret)


def _by_assertion(form: dict[str, str], audiences: tuple[str, ...], now: datetime) -> ClientView:
    assertion = form["client_assertion"]
    if form.get("client_assertion_type") != ASSERTION_TYPE or len(assertion) > _MAX_LENGTH:
        raise ClientInvalid
    client_id = _subject(assertion)
    known = client_keys(client_id=client_id, now=now)
    if known is None or not known[1] or form.get("client_id", client_id) != client_id:
        raise ClientInvalid
    client, live = known
    seconds = int(now.timestamp())
    try:
        keys = KeySet.import_key_set({"keys": list(live)})
        token = jwt.decode(assertion, keys, algorithms=list(ALGORITHMS))
        jwt.JWTClaimsRegistry(
            now=seconds,
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": client_id},
            sub={"essential": True, "value": client_id},
            aud={"essential": True, "values": list(audiences)},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        ).validate(token.claims)
    except (JoseError, ValueError, TypeError):
        raise ClientInvalid from None
    claims = token.claims
    life = claims["exp"] - claims["iat"]
    if "kid" not in token.header or not 0 < life <= LONGEST_SECONDS or not _first_use(client_id, claims):
        raise ClientInvalid
    return client


def _first_use(client_id: str, claims: dict[str, Any]) -> bool:
    """Return whether this assertion is seen for the first time; a copy of it opens nothing."""
    named = claims["jti"]
    if not isinstance(named, str) or not 8 <= len(named) <= 200:
        return False
    ends = datetime.fromtimestamp(claims["exp"] + _LEEWAY_SECONDS, UTC)
    return use_once(client_id=client_id, what="assertion", text=named, expires_at=ends)


def _subject(assertion: str) -> str:
    """Read, without trusting it, whom the assertion names: only to know whose keys to check it with."""
    try:
        payload = assertion.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        subject = claims["sub"]
    except (IndexError, ValueError, KeyError, TypeError):
        raise ClientInvalid from None
    if not isinstance(subject, str) or len(subject) > _ID_LENGTH_MAX or "\x00" in subject:
        raise ClientInvalid
    return subject
