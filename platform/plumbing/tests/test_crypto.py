"""What is sealed by one bank opens in that bank only, and equal texts meet in the blind index."""

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
    sealed = encrypt(ID_NUMBER)
    altered = sealed[:-3] + ("A" if sealed[-3] != "A" else "B") + sealed[-2:]
    for text in (altered, sealed.removeprefix("s1."), "s1.", "s1.AAAA"):
        with pytest.raises(DecryptionFailed):
            decrypt(text)


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
