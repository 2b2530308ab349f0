"""The parameters of recipes: read strictly, computed with at 28 digits. Pure."""

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Final

from risk.features.facts import Facts, FactType
from risk.rules.numbers import number, shown, whole

Types = Mapping[str, FactType]
ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
_CONTEXT: Final = Context(prec=28)
_FEN: Final = Decimal("0.01")


def product(*factors: Decimal) -> Decimal:
    """Return the product to 28 digits."""
    result = ONE
    for factor in factors:
        result = _CONTEXT.multiply(result, factor)
    return result


def over(left: Decimal, right: Decimal) -> Decimal:
    """Return the quotient to 28 digits."""
    return _CONTEXT.divide(left, right)


def demand_type(name: object, kind: FactType, types: Types) -> str:
    """Return the name of a declared fact of that type; raises ValueError."""
    if not isinstance(name, str) or name not in types:
        raise ValueError(f"the strategy declares no fact {shown(name)}")
    if types[name] is not kind:
        raise ValueError(f"{name} is not a {kind.value} fact")
    return name


def money_fact(name: object, types: Types) -> str:
    """Return the name of a declared fact in money; raises ValueError."""
    return demand_type(name, FactType.MONEY, types)


def known_money(facts: Facts, name: str) -> Decimal | None:
    """Return a fact in money, or None."""
    found = facts.get(name)
    return found if isinstance(found, Decimal) else None


def fraction(text: object, most: Decimal) -> Decimal:
    """Return a number from 0 to `most`."""
    return number(text, 0, most)


def yuan(text: object) -> Decimal:
    """Return an amount in yuan, whole fen; raises ValueError."""
    amount = number(text, 0, 10**12)
    if amount % _FEN:
        raise ValueError(f"{amount} is not an amount in yuan")
    return amount


def positive(value: object) -> Decimal:
    """Return a positive whole number as a decimal."""
    return Decimal(whole(value, 1, 10_000))
