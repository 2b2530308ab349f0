"""A signature service inside the process, for the sandbox and the demo: real Ed25519, key from the settings.

It behaves as a provider would: without its key no seal verifies, and one changed character breaks the seal.
It is no certification authority; a live bank configures its own provider behind the same port.
"""

import functools
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from connectors.e_sign.port import SealEvidence, sm3_hex

ALGORITHM: Final = "Ed25519/SM3"


@functools.lru_cache(maxsize=4)
def _key(secret: str) -> Ed25519PrivateKey:
    derived = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=b"connectors.e_sign.simulator"
    ).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(derived)


class Simulator:
    """Seals and verifies with a key derived from the master key."""

    def __init__(self) -> None:
        self._private = _key(settings.MASTER_KEY)
        self._public = self._private.public_key()

    @property
    def public_key(self) -> str:
        """The public key, in hex, with which anyone can verify a seal."""
        return self._public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    @property
    def certificate_id(self) -> str:
        """The id of the simulator's certificate: its key's own digest."""
        return f"SIM-{sm3_hex(bytes.fromhex(self.public_key))[:24].upper()}"

    def seal(self, *, document: bytes, signer: str, sealed_at: datetime) -> SealEvidence:
        """Seal a document in the name of `signer`."""
        unsigned = SealEvidence(
            digest_sm3=sm3_hex(document),
            signer=signer,
            sealed_at=sealed_at,
            certificate_id=self.certificate_id,
            algorithm=ALGORITHM,
            signature="",
        )
        signature = self._private.sign(unsigned.signed_bytes()).hex()
        return SealEvidence.from_json({**unsigned.as_json(), "signature": signature})

    def verify(self, *, document: bytes, evidence: SealEvidence) -> bool:
        """Say whether the evidence is whole, ours, and belongs to this document."""
        if evidence.algorithm != ALGORITHM or evidence.certificate_id != self.certificate_id:
            return False
        if evidence.digest_sm3 != sm3_hex(document):
            return False
        try:
            self._public.verify(bytes.fromhex(evidence.signature), evidence.signed_bytes())
        except (InvalidSignature, ValueError):
            return False
        return True


def service() -> Simulator:
    """Return the signature service this installation uses."""
    return Simulator()
