"""Columns for the house's types: money in fen, rates in numeric(9,6), UUIDv7 keys, JSON kept as written."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.expressions import Combinable

from kernel.ids import new_id
from kernel.money import Money
from kernel.rates import AnnualRate


def key() -> "models.UUIDField[UUID, UUID]":
    """Return a primary key that is a UUIDv7."""
    return models.UUIDField(primary_key=True, default=new_id, editable=False)


class MoneyField(models.BigIntegerField):  # type: ignore[type-arg]
    """`Money` in Python, whole fen (bigint) in the table; one currency a column."""

    # What the type checker's plugin reads instead of the base class's.
    _pyi_private_set_type: Money | int | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Money  # type: ignore[assignment]

    def __init__(self, *args: Any, currency: str = "CNY", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Describe the column for migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "currency": self.currency}

    def from_db_value(self, value: int | None, *_: object) -> Money | None:
        """Return what the table holds as money."""
        return None if value is None else Money(int(value), self.currency)

    def to_python(self, value: Any) -> Any:
        """Accept money or whole fen."""
        if value is None or isinstance(value, Money):
            return value
        return Money(int(value), self.currency)

    def get_prep_value(self, value: Any) -> Any:
        """Return fen for the table; refuses another currency."""
        if isinstance(value, Money):
            return (value - Money(0, self.currency)).minor
        return super().get_prep_value(value)


class RateField(models.DecimalField):  # type: ignore[type-arg]
    """An annual rate's fraction, numeric(9,6); its basis is a column of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 9, 6
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        """Accept a rate or its fraction."""
        return super().get_prep_value(value.fraction if isinstance(value, AnnualRate) else value)


class JsonAsWrittenField(models.JSONField):
    """JSON that the table keeps to the byte (`json`, not `jsonb`): cheaper to write, not to search."""

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "json"

    def from_db_value(self, value: Any, *_: object) -> Any:
        """Return the document, which psycopg has read already."""
        return value


def rate_of(fraction: Decimal, basis: int) -> AnnualRate:
    """Return the rate from the two columns."""
    return AnnualRate.parse(fraction, basis)
