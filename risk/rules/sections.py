"""What stages share when they read their part of a document: places, figures, facts, outcomes, bands. Pure.

A band says what follows from a figure on. Starts climb, and what follows never gets milder: worse evidence
never ends better, whatever a document says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from kernel.refusals import brief
from risk.features.facts import FactType, FactValue
from risk.rules.stages import DECLINE, NOTE, REFER, Outcome, StageInvalid

SEVERITY: Final = {NOTE: 1, REFER: 2, DECLINE: 3}
LONGEST: Final = 40
MOST_ROWS: Final = 64
_SIZE: Final = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Band:
    """From this figure on, this follows; at most once a figure."""

    start: Decimal
    outcome: Outcome


def demand(holds: bool, path: str, problem: str) -> None:
    """Refuse at a place unless it holds."""
    if not holds:
        raise StageInvalid(path=path, problem=problem)


def section_of(
    node: object, path: str, *, needed: Iterable[str], allowed: Iterable[str] = ()
) -> dict[str, Any]:
    """Return a section that has what it needs and nothing unheard of."""
    demand(isinstance(node, dict), path, "it is no section")
    section = cast("dict[str, Any]", node)
    needed = tuple(needed)
    for name in needed:
        demand(name in section, path, f"{name} is missing")
    known = {*needed, *allowed}
    for name in section:
        demand(name in known, f"{path}.{brief(name)}", "there is no such part")
    return section


def rows_of(node: object, path: str, *, least: int = 1) -> list[Any]:
    """Return a list of a sensible length."""
    demand(isinstance(node, list) and least <= len(node) <= MOST_ROWS, path, f"{least} to {MOST_ROWS} rows")
    return cast("list[Any]", node)


def number_of(node: object, path: str, *, least: object = "0", most: object = _SIZE) -> Decimal:
    """Return a figure written as text, or a whole number, finite and within its bounds."""
    figure = None
    if (isinstance(node, str) and len(node) <= LONGEST) or type(node) is int:
        try:
            figure = Decimal(node)
        except InvalidOperation:
            figure = None
    sound = figure is not None and figure.is_finite()
    demand(
        sound and Decimal(str(least)) <= cast("Decimal", figure) <= Decimal(str(most)),
        path,
        f"{brief(node)} is no figure in text between {least} and {most}",
    )
    return cast("Decimal", figure)


def amount_of(node: object, path: str) -> Decimal:
    """Return an amount in yuan, to the fen."""
    amount = number_of(node, path)
    demand(isinstance(node, str) and amount == round(amount, 2), path, f"{brief(node)} is no amount in yuan")
    return amount


def fact_of(node: object, types: Mapping[str, FactType], path: str, *kinds: FactType) -> str:
    """Return the name of a declared fact of one of these types."""
    demand(isinstance(node, str) and node in types, path, f"the strategy declares no fact {brief(node)}")
    name = cast("str", node)
    wanted = " or ".join(kind.value for kind in kinds)
    demand(not kinds or types[name] in kinds, path, f"{name} is {types[name].value}, not {wanted}")
    return name


def outcome_of(node: object, path: str, *allowed: str) -> Outcome:
    """Return an outcome; what is not known declines or refers, so that it never approves."""
    chosen = allowed or (NOTE, REFER, DECLINE)
    demand(isinstance(node, str) and node in chosen, path, f"{brief(node)} is none of {', '.join(chosen)}")
    return cast("Outcome", node)


def bands_of(node: object, path: str) -> tuple[Band, ...]:
    """Return bands whose starts climb and whose outcomes never get milder."""
    bands: list[Band] = []
    for index, row in enumerate(rows_of(node, path)):
        at = f"{path}.{index}"
        part = section_of(row, at, needed=("from", "outcome"))
        band = Band(number_of(part["from"], f"{at}.from"), outcome_of(part["outcome"], f"{at}.outcome"))
        if bands:
            demand(band.start > bands[-1].start, at, "bands climb")
            milder = SEVERITY[band.outcome] < SEVERITY[bands[-1].outcome]
            demand(not milder, at, "a worse figure never ends better")
        bands.append(band)
    return tuple(bands)


def banded(bands: tuple[Band, ...], figure: FactValue) -> Outcome | None:
    """Return what follows from a known figure; a flag counts as one when it is set."""
    found: Outcome | None = None
    for band in bands:
        if isinstance(figure, Decimal | int) and figure >= band.start:
            found = band.outcome
    return found
