"""Public keys that clients sign with: which are taken, and which hold at an instant (RFC 7517)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kernel.refusals import Kind, Phrase, Refusal

Keys = tuple[dict[str, Any], ...]
TOGETHER: Final = 2  # one in use, and the one that replaces it
_RSA_BITS_MIN: Final = 2048
_CURVES: Final = frozenset({("OKP", "Ed25519"), ("EC", "P-256"), ("RSA", "")})
_KID_LENGTH_MAX: Final = 64
_PUBLIC: Final = ("kty", "kid", "crv", "x", "y", "n", "e")


class KeysInvalid(Refusal):
    """The keys cannot be taken: what is wrong with them is said."""

    code = "access.keys_invalid"
    kind = Kind.INVALID
    message = "The keys cannot be taken: {reason}."


def checked_keys(given: object) -> Keys:
    """Return the keys of a JWK set, public members only; raises `KeysInvalid`.

    One or two of Ed25519, P-256 or RSA from 2048 bits, each with a `kid` of its own; never a private one.
    """
    keys = given.get("keys") if isinstance(given, Mapping) else None
    if not isinstance(keys, Sequence) or not 1 <= len(keys) <= TOGETHER:
        raise KeysInvalid(reason=Phrase("send a JWK set of one or two keys"))
    if not all(isinstance(one, Mapping) for one in keys):
        raise KeysInvalid(reason=Phrase("send a JWK set of one or two keys"))
    kids = {one.get("kid") for one in keys if isinstance(one.get("kid"), str)}
    if len(kids) != len(keys) or not all(1 <= len(str(kid)) <= _KID_LENGTH_MAX for kid in kids):
        raise KeysInvalid(reason=Phrase("each key needs a kid of its own"))
    return tuple(_checked(one) for one in keys)


def _checked(one: Mapping[str, Any]) -> dict[str, Any]:
    if {"d", "k", "p", "q"} & set(one):
        raise KeysInvalid(reason=Phrase("this key is private: keep it, and make another one"))
    if (one.get("kty"), one.get("crv", "")) not in _CURVES:
        raise KeysInvalid(reason=Phrase("keys are Ed25519, P-256 or RSA of 2048 bits or more"))
    public = {name: one[name] for name in _PUBLIC if name in one}
    if "n" in public and len(str(public["n"])) * 6 < _RSA_BITS_MIN:
        raise KeysInvalid(reason=Phrase("keys are Ed25519, P-256 or RSA of 2048 bits or more"))
    try:
        KeySet.import_key_set({"keys": [public]}).keys[0].get_op_key("verify")
    except (JoseError, ValueError, TypeError, KeyError):
        raise KeysInvalid(reason=Phrase("a key cannot be read")) from None
    return public


def live_keys(jwks: Mapping[str, Any] | None, now: datetime) -> Keys:
    """Return the keys of a stored set that hold at an instant."""
    seconds = now.timestamp()
    keys = (jwks or {}).get("keys", ())
    return tuple(one for one in keys if "exp" not in one or one["exp"] > seconds)
