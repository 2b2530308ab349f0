"""Signed requests: RFC 9421 with a digest of the body (RFC 9530), for calls that move money (`api.md` 1).

One signature, over at least `COVERED`, at most five minutes old, with a nonce that is used once. Only the
canonical writing of the fields is read: what is read and what was signed are then the same characters.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import KeySet

from kernel.refusals import Kind, Phrase, Refusal

COVERED: Final = ("@method", "@target-uri", "content-digest", "idempotency-key", "authorization")
SKEW: Final = timedelta(seconds=300)
NONCE_LENGTHS: Final = range(16, 129)
_LENGTH_MAX: Final = 2048
_COMPONENT: Final = r'"[a-z@][a-z0-9-]*"'
_PARAMETER: Final = r';[a-z]+=(?:[0-9]{1,12}|"[ !#-\[\]-~]*")'
_INPUT: Final = re.compile(
    rf"([a-z*][a-z0-9_.*-]*)=(\(({_COMPONENT}(?: {_COMPONENT})*)\)((?:{_PARAMETER})+))"
)
_BYTES: Final = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):")
_DIGESTS: Final[Mapping[str, Callable[[bytes], Any]]] = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
_PSS: Final = padding.PSS(mgf=padding.MGF1(hashes.SHA512()), salt_length=64)


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
    """What of a request a signature may cover; header names in small letters."""

    method: str
    target_uri: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds: its nonce is to be used up, and how long it could be shown again."""

    key_id: str
    nonce: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Claim:
    """What `Signature-Input` announces: label, components, parameters, and the text that was signed."""

    label: str
    components: tuple[str, ...]
    created: int
    expires: int | None
    nonce: str
    key_id: str
    algorithm: str
    text: str


def verify(message: Message, keys: Sequence[Mapping[str, Any]], now: datetime) -> Verified:
    """Return what is known of a signed request; the caller sees to it that the nonce is used once.

    `keys` are the client's JWKs. Raises `SignatureMissing`, `SignatureInvalid` or `SignatureExpired`.
    """
    given, signature = message.headers.get("signature-input", ""), message.headers.get("signature", "")
    if not given or not signature:
        raise SignatureMissing
    claim = _claim(given)
    seconds = int(now.timestamp())
    late = abs(seconds - claim.created) > SKEW.total_seconds()
    if late or (claim.expires is not None and claim.expires < seconds):
        raise SignatureExpired(seconds=int(SKEW.total_seconds()))
    _check_digest(message)
    key = next((one for one in keys if one.get("kid") == claim.key_id), None)
    if key is None:
        raise SignatureInvalid(reason=Phrase("the key is not among the client's"))
    base = signature_base(message, claim.components, claim.text)
    if not matches(key, base, _signed_bytes(claim.label, signature), claim.algorithm):
        raise SignatureInvalid(reason=Phrase("it does not match the request"))
    ends = datetime.fromtimestamp(claim.created, UTC) + SKEW
    return Verified(claim.key_id, claim.nonce, ends)


def signature_base(message: Message, components: Sequence[str], parameters: str) -> bytes:
    """Return the bytes that a signature is over (RFC 9421, 2.5); raises `SignatureInvalid`."""
    place = urlsplit(message.target_uri)
    derived = {
        "@method": message.method,
        "@target-uri": message.target_uri,
        "@authority": place.netloc.lower(),
        "@path": place.path,
    }
    lines = []
    for name in components:
        value = derived.get(name) if name.startswith("@") else message.headers.get(name)
        if value is None:
            raise SignatureInvalid(reason=Phrase("it covers what the request does not have"))
        lines.append(f'"{name}": {value.strip()}')
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def matches(key: Mapping[str, Any], base: bytes, signature: bytes, algorithm: str = "") -> bool:
    """Return whether a signature of `base` was made with a public key (a JWK), and with its algorithm."""
    public: Any = KeySet.import_key_set({"keys": [dict(key)]}).keys[0].get_op_key("verify")
    known = {"OKP": "ed25519", "EC": "ecdsa-p256-sha256", "RSA": "rsa-pss-sha512"}[str(key["kty"])]
    if algorithm not in ("", known):
        return False
    try:
        if known == "ed25519":
            public.verify(signature, base)
        elif known == "rsa-pss-sha512":
            public.verify(signature, base, _PSS, hashes.SHA512())
        else:
            halves = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
            public.verify(encode_dss_signature(*halves), base, ec.ECDSA(hashes.SHA256()))
            return len(signature) == 64
    except InvalidSignature:
        return False
    return True


def _claim(given: str) -> _Claim:
    found = _INPUT.fullmatch(given) if len(given) <= _LENGTH_MAX else None
    if found is None:
        raise SignatureInvalid(reason=Phrase("Signature-Input cannot be read"))
    label, text, components, parameters = found.groups()
    names = tuple(name.strip('"') for name in components.split(" "))
    pairs = [part.split("=", 1) for part in re.findall(_PARAMETER, parameters)]
    known = {name.lstrip(";"): value for name, value in pairs}
    if len(set(names)) < len(names) or len(known) < len(pairs):
        raise SignatureInvalid(reason=Phrase("Signature-Input cannot be read"))
    if not set(COVERED) <= set(names):
        raise SignatureInvalid(reason=Phrase("it does not cover all that it must"))
    try:
        created, nonce, key_id = int(known["created"]), known["nonce"].strip('"'), known["keyid"].strip('"')
        expires = int(known["expires"]) if "expires" in known else None
    except (KeyError, ValueError):
        raise SignatureInvalid(reason=Phrase("created, keyid and nonce are needed")) from None
    if len(nonce) not in NONCE_LENGTHS:
        raise SignatureInvalid(reason=Phrase("a nonce has 16 to 128 characters"))
    return _Claim(label, names, created, expires, nonce, key_id, known.get("alg", "").strip('"'), text)


def _signed_bytes(label: str, field: str) -> bytes:
    found = _BYTES.fullmatch(field) if len(field) <= _LENGTH_MAX else None
    if found is None or found[1] != label:
        raise SignatureInvalid(reason=Phrase("Signature cannot be read"))
    return _decoded(found[2])


def _check_digest(message: Message) -> None:
    """Refuse a body that is not the one the digest was made of; a digest we know must be there."""
    parts = [_BYTES.fullmatch(part.strip()) for part in message.headers.get("content-digest", "").split(",")]
    known = [part.groups() for part in parts if part is not None and part[1] in _DIGESTS]
    if not known or any(_decoded(value) != _DIGESTS[name](message.body).digest() for name, value in known):
        raise SignatureInvalid(reason=Phrase("Content-Digest is not the body's"))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise SignatureInvalid(reason=Phrase("Signature cannot be read")) from None
