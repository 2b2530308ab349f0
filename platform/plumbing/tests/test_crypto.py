"""What is sealed by one bank opens in that bank only, and equal texts meet in the blind index."""

import base64
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from plumbing.crypto import (
    DecryptionFailed,
    blind_index,
    decrypt,
    encrypt,
    mask_account,
    mask_id,
    mask_phone,
)
from plumbing.outbox.models import WebhookEndpoint
from plumbing.schemas import bank_schema
from testkit.clock import NOON

ID_NUMBER = "632127199003140005"


def test_sealing_and_opening(qinglan: str) -> None:
    for text in (ID_NUMBER, "", "鲜达食品", "x" * 5000):
        sealed = encrypt(text)
        assert decrypt(sealed) == text
        assert text == "" or text not in sealed
    assert encrypt(ID_NUMBER) != encrypt(ID_NUMBER)


def test_another_bank_cannot_open_it(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        sealed = encrypt(ID_NUMBER)
    with bank_schema("lian"), pytest.raises(DecryptionFailed):
        decrypt(sealed)


def test_another_master_key_cannot_open_it(qinglan: str, settings: pytest.FixtureRequest) -> None:
    sealed = encrypt(ID_NUMBER)
    settings.MASTER_KEY = "another"
    with pytest.raises(DecryptionFailed):
        decrypt(sealed)


def test_an_altered_seal_does_not_open(qinglan: str) -> None:
    for text in (ID_NUMBER, f"{ID_NUMBER}x", f"{ID_NUMBER}xy"):  # padded by two signs, by one, not at all
        sealed = encrypt(text)
        start = len("s1.")
        for place, sign in enumerate(sealed[start:], start):
            altered = f"{sealed[:place]}{chr(ord(sign) ^ 1)}{sealed[place + 1 :]}"
            with pytest.raises(DecryptionFailed):
                decrypt(altered)
        for altered in (sealed[start:], sealed[:-1], f"{sealed}A", f"{sealed}\n", "s1.", "s1.AAAA"):
            with pytest.raises(DecryptionFailed):
                decrypt(altered)


@pytest.mark.parametrize("stray", ["s1.QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=", "s1.QR==", "s1.QUI", "s1.Q!=="])
def test_a_seal_has_one_spelling(qinglan: str, stray: str) -> None:
    with pytest.raises(DecryptionFailed):
        decrypt(stray)


def test_no_other_spelling_of_the_same_bytes_opens(qinglan: str) -> None:
    sealed = encrypt(ID_NUMBER)
    assert sealed.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(sealed[-3])
    for stray_bits in range(1, 16):
        same_bytes = f"{sealed[:-3]}{alphabet[last | stray_bits]}=="
        assert base64.b64decode(same_bytes[3:]) == base64.b64decode(sealed[3:])
        with pytest.raises(DecryptionFailed):
            decrypt(same_bytes)


def test_the_blind_index_meets_equal_texts_of_one_bank(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        first, again, other = (
            blind_index(ID_NUMBER),
            blind_index(ID_NUMBER),
            blind_index("331002199507220004"),
        )
    with bank_schema("lian"):
        elsewhere = blind_index(ID_NUMBER)
    assert first == again
    assert len({first, other, elsewhere}) == 3
    assert len(first) == 64


def test_the_table_holds_no_plain_text(qinglan: str) -> None:
    endpoint = WebhookEndpoint.objects.create(
        scene_id=uuid4(), url="https://scene.example/hook", event_types=[], secret=ID_NUMBER, created_at=NOON
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM webhook_endpoint WHERE id = %s", [endpoint.id])
        (stored,) = cursor.fetchone()
    assert ID_NUMBER not in stored
    assert WebhookEndpoint.objects.get(id=endpoint.id).secret == ID_NUMBER
    WebhookEndpoint.objects.filter(id=endpoint.id).update(secret="changed")
    assert WebhookEndpoint.objects.get(id=endpoint.id).secret == "changed"


def test_filtering_on_a_sealed_column_is_a_mistake(qinglan: str) -> None:
    for lookup in ("secret", "secret__contains", "secret__in"):
        with pytest.raises((TypeError, FieldError)):
            WebhookEndpoint.objects.filter(**{lookup: [ID_NUMBER] if "in" in lookup else ID_NUMBER}).exists()
    assert not WebhookEndpoint.objects.filter(previous_secret__isnull=True).exists()


def test_masks() -> None:
    assert mask_id(ID_NUMBER) == "632127********0005"
    assert mask_account("6222000000000009") == "****0009"
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("+8613800001234") == "138****1234"
