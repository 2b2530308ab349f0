"""The port of an electronic-signature service: what it is given and what it gives back (L-09).

A seal binds a document's SM3 digest, the signer and the time to a certificate, so that any later change of
the document is detectable. The rooms see only this port; a bank's own provider is another implementation.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from cryptography.hazmat.primitives import hashes

from kernel.refusals import Kind, Refusal


class SealInvalid(Refusal):
    """The seal does not belong to this document, or was altered."""

    code = "e_sign.seal_invalid"
    kind = Kind.UNMET
    message = "The electronic seal does not match the document."


@dataclass(frozen=True, slots=True, kw_only=True)
class SealEvidence:
    """What proves a signature: digest, signer, time stamp, certificate and the signature itself."""

    digest_sm3: str
    signer: str
    sealed_at: datetime
    certificate_id: str
    algorithm: str
    signature: str

    def signed_bytes(self) -> bytes:
        """Return exactly what the signature covers."""
        moment = self.sealed_at.astimezone(UTC).isoformat(timespec="milliseconds")
        return "\n".join((self.algorithm, self.certificate_id, self.digest_sm3, self.signer, moment)).encode()

    def as_json(self) -> dict[str, str]:
        """Return the evidence for the table and the wire."""
        return {
            "digest_sm3": self.digest_sm3,
            "signer": self.signer,
            "sealed_at": self.sealed_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "certificate_id": self.certificate_id,
            "algorithm": self.algorithm,
            "signature": self.signature,
        }

    @classmethod
    def from_json(cls, row: dict[str, str]) -> "SealEvidence":
        """Return the evidence from the table or the wire."""
        return cls(
            digest_sm3=row["digest_sm3"],
            signer=row["signer"],
            sealed_at=datetime.fromisoformat(row["sealed_at"]),
            certificate_id=row["certificate_id"],
            algorithm=row["algorithm"],
            signature=row["signature"],
        )


class SignatureService(Protocol):
    """A service that seals and verifies documents."""

    def seal(self, *, document: bytes, signer: str, sealed_at: datetime) -> SealEvidence:
        """Seal a document in the name of `signer`."""

    def verify(self, *, document: bytes, evidence: SealEvidence) -> bool:
        """Say whether the evidence is whole and belongs to this document."""


def sm3_hex(document: bytes) -> str:
    """Return the SM3 digest of a document, in hex (D-17)."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(document)
    return digest.finalize().hex()
