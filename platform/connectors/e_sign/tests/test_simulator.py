"""Seals: digests, verification, and every way to break one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import override_settings

from connectors.e_sign.port import SealEvidence, sm3_hex
from connectors.e_sign.simulator import Simulator

NOW = datetime(2026, 11, 4, 2, 30, 15, 250_000, tzinfo=UTC)
DOCUMENT = "青澜农商银行 循环授信协议".encode()


@pytest.fixture
def evidence() -> SealEvidence:
    return Simulator().seal(document=DOCUMENT, signer="示例拉面馆", sealed_at=NOW)


def test_sm3_of_abc_is_the_standards_vector() -> None:
    """D-17."""
    assert sm3_hex(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_seal_verifies_and_survives_the_wire(evidence: SealEvidence) -> None:
    assert Simulator().verify(document=DOCUMENT, evidence=evidence)
    assert SealEvidence.from_json(evidence.as_json()) == evidence
    assert evidence.digest_sm3 == sm3_hex(DOCUMENT)
    assert evidence.certificate_id.startswith("SIM-")


def test_anyone_can_verify_with_the_public_key(evidence: SealEvidence) -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(Simulator().public_key))
    key.verify(bytes.fromhex(evidence.signature), evidence.signed_bytes())


@pytest.mark.parametrize(
    "change",
    [
        {"digest_sm3": sm3_hex(b"another document")},
        {"signer": "somebody else"},
        {"sealed_at": datetime(2026, 11, 4, 2, 30, 16, tzinfo=UTC)},
        {"certificate_id": "SIM-000000000000000000000000"},
        {"algorithm": "none"},
        {"signature": "00" * 64},
        {"signature": "not hex"},
        {"signature": ""},
    ],
)
def test_a_changed_seal_does_not_verify(evidence: SealEvidence, change: dict[str, object]) -> None:
    assert not Simulator().verify(document=DOCUMENT, evidence=replace(evidence, **change))


def test_a_changed_document_does_not_verify(evidence: SealEvidence) -> None:
    assert not Simulator().verify(document=DOCUMENT + b" ", evidence=evidence)


def test_another_installations_seal_does_not_verify(evidence: SealEvidence) -> None:
    with override_settings(MASTER_KEY="another master key"):
        assert not Simulator().verify(document=DOCUMENT, evidence=evidence)
