"""Strict fields: what crosses the wire is of the right form already, nothing is coerced.

Each field carries an example, so that the examples of the document are made of the fields themselves.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kernel.ids import ALPHABET, MalformedId, parse_id, public_id
from kernel.money import Money, MoneyInvalid

_AMOUNT: Final = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
_INSTANT: Final = re.compile(_DATE.pattern + "T" + _TIME)
_METADATA_KEY: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_METADATA_COUNT: Final = 20
_TEXT_LENGTH: Final = 200
_METADATA_LENGTH: Final = 500
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ID_PATTERN: Final = f"^[a-z]{{3}}_[0-7][{ALPHABET}]{{25}}$"
# A text with something in it and no control character, as a JSON Schema says it.
_PLAIN: Final = r"[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"
PLAIN_PATTERN: Final = rf"^{_PLAIN}*[^\x00-\x20\x7F\s]{_PLAIN}*$"
_EXAMPLE_KEY: Final = UUID("0193a1b2-c3d4-7e5f-8a6b-7c8d9e0fa1b2")

Bare = serializers.Field[Any, Any, Any, Any]


def said(field: Bare, schema: dict[str, Any]) -> None:
    """Write on one field what the document says of it."""
    annotate: Any = extend_schema_field(schema)
    annotate(field)


def id_schema(prefix: str) -> dict[str, Any]:
    """Return the form of an id with this prefix."""
    return {"type": "string", "pattern": ID_PATTERN.replace("[a-z]{3}", prefix)}


class Exemplary(Bare):
    """A field that knows an example of itself."""

    example: Any = None

    def __init__(self, *, example: Any = None, **kwargs: Any) -> None:
        if example is not None:
            self.example = example
        super().__init__(**kwargs)


class TextField(Exemplary):
    """A JSON string, nothing else; not empty, no control characters, no lone surrogates."""

    example = "text"
    default_error_messages = {
        "invalid": "Must be a string.",
        "blank": "Must not be empty.",
        "long": "Must have at most {max_length} characters.",
        "control": "Must not contain control characters.",
        "pattern": "Must match {pattern}.",
    }

    def __init__(self, *, pattern: str | None = None, max_length: int | None = None, **kwargs: Any) -> None:
        self.pattern, self.max_length = pattern, max_length or _TEXT_LENGTH
        super().__init__(**kwargs)
        limits = {"maxLength": max_length, "pattern": f"^{pattern}$" if pattern else None}
        said(self, {"type": "string", **{name: limit for name, limit in limits.items() if limit}})

    def to_internal_value(self, data: Any) -> str:
        """Refuse anything but a string of the right form; surrounding space is dropped."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = data.strip()
        if not text:
            self.fail("blank")
        if len(text) > self.max_length:
            self.fail("long", max_length=self.max_length)
        if _CONTROL.search(text):
            self.fail("control")
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            self.fail("pattern", pattern=self.pattern)
        return text

    def to_representation(self, value: Any) -> str:
        """Return it as text."""
        return str(value)


class CodeField(serializers.ChoiceField):
    """One of a few codes, as a string."""

    def __init__(self, choices: Any, *, example: str | None = None, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        self.example = example or str(next(iter(self.choices)))

    def to_internal_value(self, data: Any) -> Any:
        """Refuse other types before looking the code up."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=str(data)[:40])
        return super().to_internal_value(data)


class WholeField(serializers.IntegerField):
    """A JSON integer, which 30.0 is too; not a string, not a boolean."""

    def __init__(self, *, example: int = 1, **kwargs: Any) -> None:
        self.example = example
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        """Refuse what Python would be glad to convert."""
        if type(data) is float and data.is_integer():
            return int(data)
        if type(data) is not int:
            self.fail("invalid")
        return data


@extend_schema_field({"type": "boolean"})
class FlagField(Exemplary):
    """`true` or `false`."""

    example = True
    default_error_messages = {"invalid": "Must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        """Refuse strings and numbers."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> bool:
        """Return the truth of it."""
        return bool(value)


class MoneyShape(serializers.Serializer[Any]):
    """An amount in yuan as a string with at most two decimals, and its currency."""

    amount = serializers.RegexField(r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$", help_text="Yuan, e.g. 1234.50.")
    currency = serializers.ChoiceField(choices=["CNY"])

    class Meta:
        """Name in the document."""

        ref_name = "Money"


class PositiveMoneyShape(MoneyShape):
    """An amount above zero, in yuan as a string with at most two decimals, and its currency."""

    amount = serializers.RegexField(
        r"^(?=.*[1-9])[0-9]{1,13}(\.[0-9]{1,2})?$", help_text="Yuan, e.g. 1234.50."
    )

    class Meta:
        """Name in the document."""

        ref_name = "PositiveMoney"


@extend_schema_field(MoneyShape)
class AmountField(Exemplary):
    """`{"amount": "1234.50", "currency": "CNY"}`; what comes in must be above zero."""

    default_error_messages = {
        "invalid": 'Must be an object such as {{"amount": "1234.50", "currency": "CNY"}}.',
        "amount": "The amount must be a string of yuan with at most 13 digits and two decimals.",
        "currency": "The currency must be CNY.",
        "positive": "The amount must be above zero.",
    }

    def __init__(self, *, example: str = "30000.00", **kwargs: Any) -> None:
        super().__init__(example={"amount": example, "currency": "CNY"}, **kwargs)

    def to_internal_value(self, data: Any) -> Money:
        """Return the money; refuses numbers, signs, exponents and other currencies."""
        if not isinstance(data, Mapping) or set(data) != {"amount", "currency"}:
            self.fail("invalid")
        amount, currency = data["amount"], data["currency"]
        if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount):
            self.fail("amount")
        if currency != "CNY":
            self.fail("currency")
        try:
            money = Money.parse(amount)
        except MoneyInvalid:
            self.fail("amount")
        if money.minor <= 0:
            self.fail("positive")
        return money

    def to_representation(self, value: Money) -> dict[str, str]:
        """Return the amount in yuan with its two decimals."""
        return {"amount": str(value), "currency": value.currency}


@extend_schema_field({"type": "string", "pattern": r"^\d+\.\d{6}$"})
class FractionField(Exemplary):
    """A rate as an annual fraction with six decimals; read only."""

    example = "0.072000"

    def to_representation(self, value: object) -> str:
        """Return six decimals."""
        return f"{Decimal(str(value)):.6f}"


class IdField(Exemplary):
    """A public id with its prefix outside, a UUID inside."""

    default_error_messages = {"invalid": "Must be an id that begins with {prefix}_."}

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(example=public_id(prefix, _EXAMPLE_KEY), **kwargs)
        said(self, id_schema(prefix))

    def to_internal_value(self, data: Any) -> UUID:
        """Return the UUID; refuses another prefix or length."""
        if not isinstance(data, str):
            self.fail("invalid", prefix=self.prefix)
        try:
            return parse_id(self.prefix, data)
        except MalformedId:
            self.fail("invalid", prefix=self.prefix)

    def to_representation(self, value: UUID) -> str:
        """Return the public form."""
        return public_id(self.prefix, value)


@extend_schema_field({"type": "string", "format": "date"})
class DayField(Exemplary):
    """A business date, `YYYY-MM-DD`."""

    example = "2026-11-03"
    default_error_messages = {"invalid": "Must be a date that exists, YYYY-MM-DD."}

    def to_internal_value(self, data: Any) -> date:
        """Refuse 31 February, other notations and times of day."""
        if not isinstance(data, str) or not _DATE.fullmatch(data):
            self.fail("invalid")
        try:
            return date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: date) -> str:
        """Return the ISO form."""
        return value.isoformat()


@extend_schema_field({"type": "string", "format": "date-time"})
class InstantField(Exemplary):
    """An instant, RFC 3339 with its offset; answered in UTC."""

    example = "2026-11-03T01:00:00Z"
    default_error_messages = {"invalid": "Must be an RFC 3339 instant, e.g. 2026-11-03T09:00:00+08:00."}

    def to_internal_value(self, data: Any) -> datetime:
        """Return the instant in UTC; refuses local times."""
        if not isinstance(data, str) or not _INSTANT.fullmatch(data):
            self.fail("invalid")
        try:
            return datetime.fromisoformat(data).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")

    def to_representation(self, value: datetime) -> str:
        """Return UTC with a Z."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": "string", "maxLength": _METADATA_LENGTH},
        "maxProperties": _METADATA_COUNT,
    }
)
class MetadataField(Exemplary):
    """Up to twenty short strings that a scene pins to an object."""

    request_schema: Final = {
        "propertyNames": {"pattern": f"^{_METADATA_KEY.pattern}$"},
        "additionalProperties": {
            "type": "string",
            "maxLength": _METADATA_LENGTH,
            "pattern": f"^{_PLAIN}*$",
        },
    }
    example = {"order": "O-8841"}
    default_error_messages = {
        "invalid": "Must be an object of at most 20 strings of at most 500 characters.",
    }

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Refuse nesting, other types and long values."""
        if not isinstance(data, dict) or len(data) > _METADATA_COUNT:
            self.fail("invalid")
        for name, value in data.items():
            if not _METADATA_KEY.fullmatch(name) or not isinstance(value, str):
                self.fail("invalid")
            if len(value) > _METADATA_LENGTH or _CONTROL.search(value):
                self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> dict[str, str]:
        """Return it as it is."""
        return dict(value)


@extend_schema_field({"type": "object", "additionalProperties": True})
class FactsField(Exemplary):
    """A free object of JSON values, at most 40 members, as evidence or event data."""

    request_schema: Final = {
        "maxProperties": 40,
        "propertyNames": {"pattern": f"^{_PLAIN}*$"},
        "additionalProperties": {
            "type": ["string", "integer", "boolean"],
            "maxLength": 2000,
            "pattern": f"^{_PLAIN}*$",
        },
    }
    example: Any = {"channel": "scene_page"}
    default_error_messages = {"invalid": "Must be an object of at most 40 strings, numbers or booleans."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse nesting and what the table cannot hold."""
        if not isinstance(data, dict) or len(data) > 40:
            self.fail("invalid")
        for name, value in data.items():
            if _CONTROL.search(name) or not isinstance(value, str | int | bool):
                self.fail("invalid")
            if isinstance(value, str) and (len(value) > 2000 or _CONTROL.search(value)):
                self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> dict[str, Any]:
        """Return it as it is."""
        return dict(value)


class QueryWholeField(WholeField):
    """An integer in a query, where everything is text."""

    def to_internal_value(self, data: Any) -> int:
        """Accept up to nine plain digits."""
        if not isinstance(data, str) or not re.fullmatch(r"[0-9]{1,9}", data):
            self.fail("invalid")
        return int(data)
