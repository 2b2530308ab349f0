"""Standard Webhooks: v1 (HMAC-SHA256, `whsec_…`) and v1a (Ed25519, `whpk_…`)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sluice_sdk.errors import WebhookRefused
from sluice_sdk.generated.types import WebhookEvent


def verify_webhook(
    keys: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    tolerance_seconds: int = 300,
    now: float | None = None,
) -> WebhookEvent:
    """Return the event of a message that is really from the bank; raises `WebhookRefused` for any other.

    `keys`: the endpoint's secret or public key, or several during a rotation. `body`: the bytes as they came.
    """
    small = {name.lower(): value for name, value in headers.items()}
    sent_at = small.get("webhook-timestamp", "")
    instant = time.time() if now is None else now
    if not sent_at.isdecimal() or abs(instant - int(sent_at)) > tolerance_seconds:
        raise WebhookRefused("too old, or from the future")
    content = f"{small.get('webhook-id', '')}.{sent_at}.".encode() + body
    for one in small.get("webhook-signature", "").split(" "):
        kind, _, signature = one.partition(",")
        for key in [keys] if isinstance(keys, str) else keys:
            if _is_signed(key, kind, signature, content):
                return cast(WebhookEvent, json.loads(body))
    raise WebhookRefused("no signature is ours")


def _is_signed(key: str, kind: str, signature: str, content: bytes) -> bool:
    try:
        raw, signed = base64.b64decode(key.partition("_")[2]), base64.b64decode(signature)
        if kind == "v1" and key.startswith("whsec_"):
            return hmac.compare_digest(hmac.digest(raw, content, hashlib.sha256), signed)
        if kind == "v1a" and key.startswith("whpk_"):
            Ed25519PublicKey.from_public_bytes(raw).verify(signed, content)
            return True
    except (binascii.Error, InvalidSignature):
        return False
    return False
