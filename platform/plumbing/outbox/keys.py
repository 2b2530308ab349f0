"""The keys that sign webhooks, in the forms that Standard Webhooks gives them.

`v1`: a secret both sides know, `whsec_` and 32 random bytes. `v1a`: an Ed25519 key, of which the scene sees
the public half alone (`whpk_`) and the table holds the private seed, sealed (`whsk_`). All in base64.
"""

import base64
import os
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET: Final = "whsec_"  # noqa: S105 - a prefix
PRIVATE: Final = "whsk_"
PUBLIC: Final = "whpk_"
_KEY_BYTES: Final = 32  # of a secret, of a seed and of a public key alike


def new_key(signing: str) -> str:
    """Return a fresh key of a way of signing: `v1` or `v1a`."""
    prefix = {"v1": SECRET, "v1a": PRIVATE}[signing]
    return prefix + base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def private_key(text: str) -> Ed25519PrivateKey:
    """Return the Ed25519 key of a `whsk_` text."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.removeprefix(PRIVATE), validate=True))


def public_key(text: str) -> str:
    """Return the `whpk_` text of a `whsk_` key; of a shared secret there is none, and nothing is returned."""
    if not text.startswith(PRIVATE):
        return ""
    return PUBLIC + base64.b64encode(private_key(text).public_key().public_bytes_raw()).decode()
