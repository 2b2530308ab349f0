"""How complete and how authentic a scene's data are, and what weight that leaves them (S2-47). Pure.

For one enterprise, or, with the records of all its enterprises, for the scene itself. What is promised in the
contract with scenes stands here: data on seven days of ten, nine rows of ten beyond doubt. A scene that keeps
to it has full weight; a breach lowers it in proportion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Final

from risk.features.facts import FactValue

COMPLETENESS_PROMISED: Final = Fraction(7, 10)
AUTHENTICITY_PROMISED: Final = Fraction(9, 10)
SCENE_FACTS: Final = ("scene.completeness", "scene.authenticity", "scene.weight")
_PPM: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class SceneRecord:
    """What a scene sent in a window; `late_count`: receipts known over three days after they were paid."""

    days_expected: int
    days_delivered: int
    sale_count: int
    late_count: int
    payer_known_count: int
    doubtful_count: int
    rows_read: int
    rows_rejected: int


@dataclass(frozen=True, slots=True)
class SceneQuality:
    """Three figures from 0 to 1."""

    completeness: Decimal
    authenticity: Decimal
    weight: Decimal


def scene_quality(records: Sequence[SceneRecord]) -> SceneQuality | None:
    """Return how good the data of these records are together; None without a sale.

    Complete: days delivered of those expected, less half of what came late, less half where payers are not
    known. Authentic: rows that kept to the rules, times sales that are not doubtful.
    """
    sales = sum(record.sale_count for record in records)
    expected = sum(record.days_expected for record in records)
    if not sales or not expected:
        return None
    delivered = sum(min(record.days_delivered, record.days_expected) for record in records)
    late = sum(record.late_count for record in records)
    known = sum(record.payer_known_count for record in records)
    read = sum(record.rows_read for record in records)
    sound = read - sum(record.rows_rejected for record in records) if read else 1
    credible = sales - sum(record.doubtful_count for record in records)
    completeness = Fraction(delivered * (2 * sales - late) * (sales + known), 4 * expected * sales * sales)
    authenticity = Fraction(sound * credible, (read or 1) * sales)
    weight = min(Fraction(1), completeness / COMPLETENESS_PROMISED) * min(
        Fraction(1), authenticity / AUTHENTICITY_PROMISED
    )
    return SceneQuality(_decimal(completeness), _decimal(authenticity), _decimal(weight))


def scene_facts(records: Sequence[SceneRecord]) -> dict[str, FactValue]:
    """Return the facts about the scene's data."""
    found = scene_quality(records)
    return {
        "scene.completeness": None if found is None else found.completeness,
        "scene.authenticity": None if found is None else found.authenticity,
        "scene.weight": None if found is None else found.weight,
    }


def _decimal(exact: Fraction) -> Decimal:
    return (Decimal(exact.numerator) / exact.denominator).quantize(_PPM, rounding=ROUND_FLOOR)
