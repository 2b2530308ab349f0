"""Which calculators there are; one is imported only when it is asked for, so that the others cost nothing."""

from importlib import import_module
from typing import Final

from lending.calculators.documents import Calculator

CALCULATORS: Final = ("quote", "apr", "allocate")


def calculator(name: str) -> Calculator:
    """Return a calculator by its name, one of `CALCULATORS`."""
    if name not in CALCULATORS:
        raise ValueError(f"there is no calculator {name}")
    found: Calculator = import_module(f"lending.calculators.{name}").CALCULATOR
    return found
