"""Secrets at rest: SM4-GCM with a key per bank, HMAC-SM3 blind indexes, masks for display (D-09, D-17)."""

import base64
import functools
import os
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models

from plumbing.schemas import current_schema

_VERSION: Final = "s1"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class DecryptionFailed(RuntimeError):
    """The text was not sealed by this bank with this master key, or it was altered."""


@functools.lru_cache(maxsize=4096)
def _keys(master_key: str, schema_name: str) -> tuple[bytes, bytes]:
    """Return the cipher key and the index key of one schema."""
    derived = HKDF(hashes.SHA256(), 48, salt=None, info=f"sluice/{schema_name}".encode()).derive(
        master_key.encode()
    )
    return derived[:16], derived[16:]


def encrypt(text: str) -> str:
    """Seal a text for the current schema; the same text seals differently each time."""
    schema_name = current_schema()
    cipher_key, _ = _keys(settings.MASTER_KEY, schema_name)
    nonce = os.urandom(_NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(cipher_key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(schema_name.encode())
    sealed = encryptor.update(text.encode()) + encryptor.finalize()
    return f"{_VERSION}.{base64.b64encode(nonce + encryptor.tag + sealed).decode()}"


def _bytes_of(encoded: str) -> bytes:
    """Return the bytes of a base64 text in its one canonical form: what `encrypt` never writes is altered."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise DecryptionFailed("not base64") from error
    if base64.b64encode(raw).decode() != encoded:
        raise DecryptionFailed("base64 with stray bits (RFC 4648, section 3.5)")
    return raw


def decrypt(sealed_text: str) -> str:
    """Open what `encrypt` sealed in the same schema; raises `DecryptionFailed` elsewhere."""
    schema_name = current_schema()
    cipher_key, _ = _keys(settings.MASTER_KEY, schema_name)
    version, _, encoded = sealed_text.partition(".")
    if version != _VERSION:
        raise DecryptionFailed("unknown seal")
    raw = _bytes_of(encoded)
    nonce, tag = raw[:_NONCE_BYTES], raw[_NONCE_BYTES : _NONCE_BYTES + _TAG_BYTES]
    try:
        decryptor = Cipher(algorithms.SM4(cipher_key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(schema_name.encode())
        return (decryptor.update(raw[_NONCE_BYTES + _TAG_BYTES :]) + decryptor.finalize()).decode()
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed("sealed elsewhere, or altered") from error


def blind_index(text: str) -> str:
    """Return the HMAC-SM3 of a text under the current schema's key: equal texts meet, nothing is revealed."""
    _, index_key = _keys(settings.MASTER_KEY, current_schema())
    digest = hmac.HMAC(index_key, hashes.SM3())
    digest.update(text.encode())
    return digest.finalize().hex()


def mask_id(id_number: str) -> str:
    """Return `632127********0005`: the first six and the last four of an identity number."""
    return f"{id_number[:6]}{'*' * max(len(id_number) - 10, 4)}{id_number[-4:]}"


def mask_account(account_number: str) -> str:
    """Return `****0009`: the last four of an account or card number."""
    return f"****{account_number[-4:]}"


def mask_phone(phone: str) -> str:
    """Return `138****1234`: the first three and the last four of a phone number, without its country code."""
    local = phone.removeprefix("+86")
    return f"{local[:3]}****{local[-4:]}"


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text (class C2) that the table holds sealed with the bank's key; it cannot be searched."""

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Open what the table holds."""
        return None if value is None else decrypt(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Seal what goes into the table."""
        return encrypt(value) if isinstance(value, str) else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only `isnull`: a sealed text equals nothing, so a filter on it is always a mistake."""
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is sealed: filter by its blind index instead of {lookup_name!r}")
        return super().get_lookup(lookup_name)
