"""Two scores, owner and enterprise (双中心), and one decision matrix (S3-15). Pure.

    {"owner": {"card": {...},
               "bands": [{"band": "A", "from": 620}, {"band": "B", "from": 580}, {"band": "C"}]},
     "enterprise": {"card": {...}, "bands": [...]},
     "matrix": {"A": {"A": {"outcome": "pass", "limit_factor": "1"}, "B": {...}}, ...},
     "reason": "dual_matrix", "unknown": {"most": 2, "outcome": "refer"}}

Bands fall; the last has no bound. A cell is the owner's band, then the enterprise's. A worse band on either
side never ends milder nor carries more of the limit, whatever a document says. What is not known counts as
the worst bin would: to withhold a fact never helps. More than `most` of them on a card follow `unknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from risk.features.facts import Facts, FactType, FactValue
from risk.rules.sections import (
    SEVERITY,
    demand,
    fact_of,
    number_of,
    outcome_of,
    rows_of,
    section_of,
)
from risk.rules.stages import DECLINE, NOTE, REFER, Finding, Outcome, StageResult, demand_reason
from risk.scoring.card import Card, CardInvalid, ScoreResult, card_from, part_row, score

NOTHING: Final = "pass"
_DERIVES: Final[Mapping[str, FactType]] = MappingProxyType(
    {
        "dual.owner_score": FactType.COUNT,
        "dual.enterprise_score": FactType.COUNT,
        "dual.owner_band": FactType.TEXT,
        "dual.enterprise_band": FactType.TEXT,
        "dual.limit_factor": FactType.RATIO,
    }
)


@dataclass(frozen=True, slots=True)
class Scored:
    """A card and its bands, best first; the last takes the rest."""

    card: Card
    bands: tuple[tuple[str, Decimal | None], ...]

    def points_of(self, found: ScoreResult) -> int:
        """Return the points, what is not known counted as the worst of its bins."""
        points = found.points
        for item, part in zip(self.card.characteristics, found.parts, strict=True):
            if part.bin in ("unknown", "unlisted"):
                points += min(part.points, *(bin_.points for bin_ in item.bins)) - part.points
        return points

    def band_of(self, points: int) -> str:
        """Return the band that points earn."""
        return next(band for band, start in self.bands if start is None or points >= start)


@dataclass(frozen=True, slots=True)
class Cell:
    """What follows from two bands: nothing (None), or an outcome; and the part of the limit they carry."""

    outcome: Outcome | None
    limit_factor: Decimal


@dataclass(frozen=True, slots=True)
class DualStage:
    """The compiled section."""

    owner: Scored
    enterprise: Scored
    cells: Mapping[tuple[str, str], Cell]
    reason: str
    most_unknown: int
    on_unknown: Outcome
    reads: tuple[str, ...]
    derives: Mapping[str, FactType]

    def run(self, facts: Facts) -> StageResult:
        """Return what the cell of the two bands says, with both scores and why points were lost."""
        found = {name: score(side.card, facts) for name, side in self._sides()}
        points = {name: side.points_of(found[name]) for name, side in self._sides()}
        bands = {name: side.band_of(points[name]) for name, side in self._sides()}
        cell = self.cells[bands["owner"], bands["enterprise"]]
        findings = [] if cell.outcome is None else [Finding(cell.outcome, self.reason)]
        if cell.outcome is not None:  # why: the points lost, owner's first
            codes = dict.fromkeys(code for one in found.values() for code in one.reasons)
            findings += [Finding(NOTE, code) for code in codes]
        for result in found.values():
            if result.unknown_count > self.most_unknown:
                findings.append(Finding(self.on_unknown, "fact_unknown"))
        trace = {
            name: {
                "card": side.card.code,
                "points": points[name],
                "band": bands[name],
                "unknown": found[name].unknown_count,
                "parts": [part_row(part) for part in found[name].parts],
            }
            for name, side in self._sides()
        }
        derived: dict[str, FactValue] = {
            "dual.owner_score": points["owner"],
            "dual.enterprise_score": points["enterprise"],
            "dual.owner_band": bands["owner"],
            "dual.enterprise_band": bands["enterprise"],
            "dual.limit_factor": cell.limit_factor,
        }
        shown = {"outcome": cell.outcome or NOTHING, "limit_factor": str(cell.limit_factor)}
        return StageResult(tuple(findings), {**trace, "cell": shown}, derived)

    def _sides(self) -> tuple[tuple[str, Scored], ...]:
        return ("owner", self.owner), ("enterprise", self.enterprise)


def compile_dual(section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str) -> DualStage:
    """Return the stage behind its section; refuses, with the place, whatever it does not know."""
    parts = section_of(section, path, needed=("owner", "enterprise", "matrix", "reason", "unknown"))
    owner, enterprise = (_scored(parts[side], types, f"{path}.{side}") for side in ("owner", "enterprise"))
    unknown = section_of(parts["unknown"], f"{path}.unknown", needed=("most", "outcome"))
    most = number_of(unknown["most"], f"{path}.unknown.most", most=24)
    demand(most == int(most), f"{path}.unknown.most", "a whole number of characteristics")
    cells = _cells(parts["matrix"], owner, enterprise, f"{path}.matrix")
    reads = [part.fact for side in (owner, enterprise) for part in side.card.characteristics]
    return DualStage(
        owner,
        enterprise,
        MappingProxyType(cells),
        demand_reason(parts["reason"], f"{path}.reason"),
        int(most),
        outcome_of(unknown["outcome"], f"{path}.unknown.outcome", REFER, DECLINE),
        tuple(dict.fromkeys(reads)),
        _DERIVES,
    )


def _scored(node: object, types: Mapping[str, FactType], path: str) -> Scored:
    part = section_of(node, path, needed=("card", "bands"))
    try:
        card = card_from(part["card"])
    except CardInvalid as refusal:
        demand(False, f"{path}.card", refusal.text())
        raise
    for item in card.characteristics:
        fact_of(item.fact, types, f"{path}.card.{item.fact}")
        demand_reason(item.reason, f"{path}.card.{item.fact}")
    rows = rows_of(part["bands"], f"{path}.bands")
    bands: list[tuple[str, Decimal | None]] = []
    for index, row in enumerate(rows):
        at, last = f"{path}.bands.{index}", index == len(rows) - 1
        band = section_of(row, at, needed=("band",) if last else ("band", "from"))
        demand(isinstance(band["band"], str) and bool(band["band"]), f"{at}.band", "a band has a name")
        start = None if last else number_of(band["from"], f"{at}.from", least=-10_000, most=10_000)
        bands.append((band["band"], start))
    starts = [start for _, start in bands if start is not None]
    falling = all(before > after for before, after in pairwise(starts))
    demand(falling and len({name for name, _ in bands}) == len(bands), f"{path}.bands", "named once, falling")
    return Scored(card, tuple(bands))


def _cells(node: object, owner: Scored, enterprise: Scored, path: str) -> dict[tuple[str, str], Cell]:
    rows, columns = ([name for name, _ in side.bands] for side in (owner, enterprise))
    matrix = section_of(node, path, needed=rows)
    cells = {}
    for row in rows:
        line = section_of(matrix[row], f"{path}.{row}", needed=columns)
        for column in columns:
            cells[row, column] = _cell(line[column], f"{path}.{row}.{column}")
    steps = [((row, left), (row, right)) for row in rows for left, right in pairwise(columns)]
    steps += [((upper, column), (lower, column)) for column in columns for upper, lower in pairwise(rows)]
    for better, worse in steps:
        milder = _severity(cells[worse]) < _severity(cells[better])
        more = cells[worse].limit_factor > cells[better].limit_factor
        demand(not milder and not more, f"{path}.{'.'.join(worse)}", "a worse band never ends better")
    return cells


def _cell(node: object, path: str) -> Cell:
    part = section_of(node, path, needed=("outcome", "limit_factor"))
    outcome = None
    if part["outcome"] != NOTHING:
        outcome = outcome_of(part["outcome"], f"{path}.outcome")
    factor = number_of(part["limit_factor"], f"{path}.limit_factor", most=1)
    demand(factor == round(factor, 6), f"{path}.limit_factor", "at most six decimals")
    return Cell(outcome, factor)


def _severity(cell: Cell) -> int:
    return 0 if cell.outcome is None else SEVERITY[cell.outcome]
