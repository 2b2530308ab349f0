"""Keys, signed tokens (`private_key_jwt`, RFC 7523) and signed calls (RFC 9421)."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

COVERED: Final = ("@method", "@target-uri", "content-digest", "idempotency-key", "authorization")
ASSERTION_SECONDS: Final = 120
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key (Ed25519, P-256 or RSA from 2048 bits) and the `kid` its public half is known by."""

    key: PrivateKey
    key_id: str

    @classmethod
    def of_pem(cls, pem: str | bytes, key_id: str) -> "SigningKey":
        """Read a PKCS#8 key."""
        key = load_pem_private_key(pem.encode() if isinstance(pem, str) else pem, password=None)
        if not isinstance(key, PrivateKey) or not key_id:
            raise ValueError("an Ed25519, P-256 or RSA key and its key_id are needed")
        return cls(key, key_id)

    @property
    def algorithm(self) -> str:
        """Return the name that a token's head gives it."""
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return "Ed25519"
        return "ES256" if isinstance(self.key, ec.EllipticCurvePrivateKey) else "PS256"

    def sign_token(self, content: bytes) -> bytes:
        """Sign an assertion."""
        return self._sign(content, hashes.SHA256(), 32)

    def sign_call(self, content: bytes) -> bytes:
        """Sign the base of a call's signature."""
        return self._sign(content, hashes.SHA512(), 64)

    def _sign(self, content: bytes, digest: hashes.HashAlgorithm, salt_length: int) -> bytes:
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(content)
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(content, padding.PSS(padding.MGF1(digest), salt_length), digest)
        halves = decode_dss_signature(self.key.sign(content, ec.ECDSA(hashes.SHA256())))
        return b"".join(half.to_bytes(32) for half in halves)


def assertion(key: SigningKey, client_id: str, audience: str) -> str:
    """Return an assertion for the token endpoint: two minutes, used once."""
    issued = int(time.time())
    head = {"alg": key.algorithm, "kid": key.key_id, "typ": "JWT"}
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": issued,
        "exp": issued + ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(18),
    }
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{_base64url(key.sign_token(signed.encode()))}"


def signed_headers(
    key: SigningKey, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> dict[str, str]:
    """Return the headers of a call with its signature, made anew for every sending: a nonce is used once.

    Header names in small letters; `idempotency-key` and `authorization` must be among them.
    """
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    named = {**headers, "content-digest": f"sha-256=:{digest}:"}
    names = " ".join(f'"{name}"' for name in COVERED)
    nonce = secrets.token_urlsafe(24)
    params = f'({names});created={int(time.time())};keyid="{key.key_id}";nonce="{nonce}"'
    values = {**named, "@method": method, "@target-uri": url}
    lines = [f'"{name}": {values[name]}' for name in COVERED]
    base = "\n".join([*lines, f'"@signature-params": {params}'])
    signature = base64.b64encode(key.sign_call(base.encode())).decode()
    return {**named, "signature-input": f"sluice={params}", "signature": f"sluice=:{signature}:"}


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
