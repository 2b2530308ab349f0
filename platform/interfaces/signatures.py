"""Signed requests: RFC 9421 with a digest of the body (RFC 9530), for calls that move money (`api.md` 1).

One signature, over at least `COVERED`, at most five minutes old, with a nonce that is used once. How
fields are read and signatures checked is the library's; what a call that moves money must have is ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import http_sf
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureAlgorithm, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519, RSA_PSS_SHA512
from http_message_signatures.exceptions import InvalidSignature
from joserfc.jwk import KeySet

from kernel.refusals import Kind, Phrase, Refusal

COVERED: Final = ("@method", "@target-uri", "content-digest", "idempotency-key", "authorization")
SKEW: Final = timedelta(seconds=300)
NONCE_LENGTHS: Final = range(16, 129)
_LENGTH_MAX: Final = 2048
_FIELDS: Final = ("signature-input", "signature", "content-digest")
_ALGORITHMS: Final[Mapping[str, type[HTTPSignatureAlgorithm]]] = {
    "OKP": ED25519,
    "EC": ECDSA_P256_SHA256,
    "RSA": RSA_PSS_SHA512,
}


class SignatureMissing(Refusal):
    """The call moves money and is not signed: `Signature-Input` and `Signature` are needed (RFC 9421)."""

    code = "signature_missing"
    kind = Kind.FORBIDDEN
    message = "Sign this call: Signature-Input and Signature (RFC 9421)."


class SignatureInvalid(Refusal):
    """The signature does not verify, or does not cover what it must."""

    code = "signature_invalid"
    kind = Kind.FORBIDDEN
    message = "The signature is not valid: {reason}."


class SignatureExpired(Refusal):
    """The signature was made more than five minutes ago, or the clocks differ by as much."""

    code = "signature_expired"
    kind = Kind.FORBIDDEN
    message = "The signature is not of the last {seconds} seconds: sign the call again."


class SignatureReplayed(Refusal):
    """A signature with this nonce was shown before: sign each sending of a call by itself."""

    code = "signature_replayed"
    kind = Kind.FORBIDDEN
    message = "This nonce was used before: sign the call again, with the same idempotency key."


@dataclass(frozen=True, slots=True)
class Message:
    """What of a request a signature may cover: its address as called, header names in small letters."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds: its nonce is to be used up, and how long it could be shown again."""

    key_id: str
    nonce: str
    expires_at: datetime


def verify(message: Message, keys: Sequence[Mapping[str, Any]], now: datetime) -> Verified:
    """Return what is known of a signed request; the caller sees to it that the nonce is used once.

    `keys` are the client's JWKs. Raises `SignatureMissing`, `SignatureInvalid` or `SignatureExpired`.
    """
    if not message.headers.get("signature-input") or not message.headers.get("signature"):
        raise SignatureMissing
    covered, said = _announced(message)
    if not covered.issuperset(COVERED):
        raise SignatureInvalid(reason=Phrase("it does not cover all that it must"))
    if not isinstance(said.get("created"), int) or not {"keyid", "nonce"} <= said.keys():
        raise SignatureInvalid(reason=Phrase("created, keyid and nonce are needed"))
    key = next((one for one in keys if one.get("kid") == said["keyid"]), None)
    if key is None:
        raise SignatureInvalid(reason=Phrase("the key is not among the client's"))
    verifier = _Verifier(key, now)
    try:
        found = verifier.verify(message, max_age=None, require_components=COVERED)
    except InvalidSignature:
        raise SignatureInvalid(reason=Phrase("it does not match the request")) from None
    try:
        verifier.verify_body(message, found, message.body)
    except InvalidSignature:
        raise SignatureInvalid(reason=Phrase("Content-Digest is not the body's")) from None
    nonce = found[0].nonce or ""
    if len(nonce) not in NONCE_LENGTHS:
        raise SignatureInvalid(reason=Phrase("a nonce has 16 to 128 characters"))
    return Verified(str(key["kid"]), nonce, datetime.fromtimestamp(said["created"], UTC) + SKEW)


class _Verifier(HTTPMessageVerifier):
    """Checks with one key, by that key's own algorithm, at an instant that is given."""

    def __init__(self, key: Mapping[str, Any], now: datetime) -> None:
        self._seconds = int(now.timestamp())
        super().__init__(signature_algorithm=_ALGORITHMS[str(key["kty"])], key_resolver=_OneKey(key))

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Refuse what was made longer ago, or lies further ahead, than clocks may differ."""
        late = abs(self._seconds - sig_input.params["created"]) > SKEW.total_seconds()
        if late or sig_input.params.get("expires", self._seconds) < self._seconds:
            raise SignatureExpired(seconds=int(SKEW.total_seconds()))


class _OneKey(HTTPSignatureKeyResolver):
    """The key that was found by its id."""

    def __init__(self, key: Mapping[str, Any]) -> None:
        self._public: Any = KeySet.import_key_set({"keys": [dict(key)]}).keys[0].get_op_key("verify")

    def resolve_public_key(self, key_id: str) -> Any:
        """Return it."""
        return self._public


def _announced(message: Message) -> tuple[frozenset[str], dict[str, Any]]:
    """Return what the one signature says it covers, and its parameters; refuses what cannot be read."""
    unreadable = SignatureInvalid(reason=Phrase("Signature-Input cannot be read"))
    if any(len(message.headers.get(name, "")) > _LENGTH_MAX for name in _FIELDS):
        raise unreadable
    try:
        field: Any = http_sf.parse(
            message.headers["signature-input"].encode(), tltype="dictionary", on_duplicate_key=_twice
        )
        ((components, parameters),) = field.values()
        covered = frozenset(name for name, marks in components if not marks)
    except (ValueError, TypeError):
        raise unreadable from None
    return covered, dict(parameters)


def _twice(key: str, context: str) -> None:
    raise ValueError(f"{context}: {key}")
