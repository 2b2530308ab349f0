"""Does a table answer every case, once? Worked out before it is signed, by one sample of each region. Pure.

The bounds that the cells name cut each column into regions in which every cell is constant: a value of each
region stands for all of it. Facts come in steps (fen, millionths, ones), so a region between neighbours is
left out; formulas do not, so theirs is kept. The regions of all columns together are every case there is.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from risk.features.facts import FactType, FactValue
from risk.rules.arithmetic import QUANTUM
from risk.rules.stages import StageInvalid
from risk.rules.syntax import Value

Cell = tuple[tuple[str, Any], ...]
MAX_REGIONS: Final = 20_000
_OTHER: Final = "any other text"
_HOLDS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "is": operator.eq,
    "in": lambda value, members: value in members,
}


def holds(cell: Cell, value: FactValue) -> bool:
    """Return whether a known value satisfies every comparison of a cell."""
    return all(_HOLDS[op](value, bound) for op, bound in cell)


def samples(unit: FactType, bounds: Iterable[Any], *, in_steps: bool) -> tuple[FactValue, ...]:
    """Return one value of every region that the bounds cut a unit into."""
    if unit is FactType.FLAG:
        return (True, False)
    if unit is FactType.TEXT:
        return (*sorted(set(bounds)), _OTHER)
    cuts: list[Any] = sorted(set(bounds))
    step: Any = 1 if unit is FactType.COUNT and in_steps else QUANTUM[unit]
    if not cuts:
        return (step * 0,)
    found = [cuts[0] - step]
    for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
        found.append(cut)
        if following is None:
            found.append(cut + step)
        elif not in_steps:
            found.append((Decimal(cut) + following) / 2)
        elif cut + step < following:
            found.append(cut + step)
    least = 0 if unit is FactType.COUNT and in_steps else None
    return tuple(value for value in found if least is None or value >= least)


def check_rows(
    rows: tuple[tuple[str, tuple[Cell, ...]], ...],
    columns: tuple[Value, ...],
    *,
    hit: str,
    covered: bool,
    overlaps: object,
    path: str,
) -> None:
    """Refuse a table with a gap, an overlap nobody declared, or a row that never counts."""
    masks = [_masks(rows, at, column) for at, column in enumerate(columns)]
    cases = _cases(masks, path)
    gap = cases.get(0)
    if gap is not None and not covered and hit in ("first", "max"):
        case = ", ".join(
            f"{column.fact or at} = {shown_value(value)}"
            for at, (column, value) in enumerate(zip(columns, gap, strict=True))
        )
        raise StageInvalid(path=path, problem=f"a gap: no row answers {case}; add one, or otherwise")
    if hit == "first":
        _check_overlaps([code for code, _ in rows], cases, overlaps, path)
        counted = {mask & -mask for mask in cases}
    else:
        if overlaps != []:
            raise StageInvalid(path=path, problem="only a table of the first hit declares overlaps")
        counted = {1 << at for at in range(len(rows)) if any(mask >> at & 1 for mask in cases)}
    dead = next((code for at, (code, _) in enumerate(rows) if 1 << at not in counted), None)
    if dead is not None:
        raise StageInvalid(path=path, problem=f"row {dead} is dead: no case ever reaches it")


def shown_value(value: FactValue) -> str:
    """Return a sample as a message shows it."""
    return "true" if value is True else "false" if value is False else str(value)


def _masks(rows: tuple[tuple[str, tuple[Cell, ...]], ...], at: int, column: Value) -> dict[int, FactValue]:
    """Return the sets of rows that hold together somewhere in a column, each with a value where they do."""
    bounds = [
        bound
        for _, cells in rows
        for _, named in cells[at]
        for bound in (named if isinstance(named, frozenset) else (named,))
    ]
    found: dict[int, FactValue] = {}
    for value in samples(column.type, bounds, in_steps=column.op == "fact"):
        mask = sum(1 << place for place, (_, cells) in enumerate(rows) if holds(cells[at], value))
        found.setdefault(mask, value)
    return found


def _cases(masks: list[dict[int, FactValue]], path: str) -> dict[int, tuple[FactValue, ...]]:
    """Return the sets of rows that hold together in some case (0: none), each with such a case."""
    cases: dict[int, tuple[FactValue, ...]] = {-1: ()}
    work = 0
    for column in masks:
        following: dict[int, tuple[FactValue, ...]] = {}
        for mask, case in cases.items():
            for other, value in column.items():
                work += 1
                following.setdefault(mask & other, (*case, value))
        if work > MAX_REGIONS:
            raise StageInvalid(path=path, problem="too many cases to check: split the table in two")
        cases = following
    return cases


def _check_overlaps(codes: list[str], cases: Iterable[int], overlaps: object, path: str) -> None:
    declared = _declared(overlaps, codes, path)
    beside = [0] * len(codes)
    for mask in cases:
        for at in range(len(codes)):
            if mask >> at & 1:
                beside[at] |= mask
    found = {
        (left, right)
        for left, mask in enumerate(beside)
        for right in range(left + 1, len(codes))
        if mask >> right & 1
    }
    for left, right in sorted(found):
        pair = (codes[left], codes[right])
        if pair[::-1] in declared:
            raise StageInvalid(
                path=path, problem=f"{pair[1]} is declared stronger than {pair[0]} but stands after it"
            )
        if pair not in declared:
            raise StageInvalid(
                path=path, problem=f"rows {pair[0]} and {pair[1]} overlap: declare which is stronger"
            )
    idle = declared - {(codes[left], codes[right]) for left, right in found}
    if idle:
        raise StageInvalid(path=path, problem=f"rows {' and '.join(min(idle))} do not overlap")


def _declared(overlaps: object, codes: list[str], path: str) -> set[tuple[str, str]]:
    pairs: list[Any] = overlaps if isinstance(overlaps, list) else [None]
    if not all(
        isinstance(pair, list) and len(pair) == 2 and all(name in codes for name in pair) for pair in pairs
    ):
        raise StageInvalid(path=path, problem="overlaps lists pairs of rows, the stronger first")
    return {(pair[0], pair[1]) for pair in pairs}
