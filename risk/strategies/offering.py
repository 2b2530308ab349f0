"""What a decline tries instead: less, shorter, secured (S3-18). Data of the document, with defaults. Pure.

    "alternatives": {"smaller": ["0.50", "0.25"], "shorter": [180, 90]}

A strategy that declares `application.secured` also tries that. Each alternative changes only what is asked
for, never a fact about the applicant.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from risk.features.facts import Facts, FactType, FactValue
from risk.rules.numbers import number, whole
from risk.rules.stages import StageInvalid, demand_keys

AMOUNT: Final = "application.amount"
TENOR: Final = "application.tenor_days"
SECURED: Final = "application.secured"
MAX_EACH: Final = 4
_SMALLER: Final = ("0.50",)
_SHORTER: Final = (180, 90)
_FEN: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One other request to try."""

    kind: str
    changes: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What to try: parts of the amount, tenors in days, and whether security can be offered."""

    smaller: tuple[Decimal, ...]
    shorter: tuple[int, ...]
    secured: bool

    def of(self, facts: Facts) -> Iterator[Alternative]:
        """Yield the alternatives to a request, each asking for less of one thing or offering more."""
        asked, tenor = facts.get(AMOUNT), facts.get(TENOR)
        if isinstance(asked, Decimal):
            for share in self.smaller:
                amount = (asked * share).quantize(_FEN, rounding=ROUND_FLOOR)
                yield Alternative("smaller", {AMOUNT: amount})
        if isinstance(tenor, int):
            for days in self.shorter:
                if days < tenor:
                    yield Alternative("shorter", {TENOR: days})
        if self.secured and facts.get(SECURED) is not True:
            yield Alternative("secured", {SECURED: True})


def compile_alternatives(document: Mapping[str, Any], types: Mapping[str, FactType]) -> Alternatives:
    """Return what a decline tries; a document that says nothing tries half the amount, 180 and 90 days."""
    section, path = document.get("alternatives", {}), "alternatives"
    demand_keys(section, set(), {"smaller", "shorter"}, path)
    smaller, shorter = section.get("smaller", list(_SMALLER)), section.get("shorter", list(_SHORTER))
    if not all(isinstance(rows, list) and len(rows) <= MAX_EACH for rows in (smaller, shorter)):
        raise StageInvalid(path=path, problem=f"lists of at most {MAX_EACH}")
    return Alternatives(
        tuple(number(share, "0.01", "0.99") for share in smaller),
        tuple(whole(days, 1, 3_650) for days in shorter) if TENOR in types else (),
        SECURED in types,
    )
