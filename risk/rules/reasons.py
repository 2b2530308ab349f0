"""The registry of reasons: what staff read, and what may be said to the borrower (CFPB 2022-03: specific).

Every reason has both texts in both languages. A suspicion is not told: its borrower text is the neutral one.
Reasons of fraud are of a family: somebody else's identity, or one's own false word (S2-19).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

THIRD_PARTY: Final = "third_party"
FIRST_PARTY: Final = "first_party"
FAMILIES: Final = ("", THIRD_PARTY, FIRST_PARTY)
NEUTRAL_EN: Final = "Some information needs to be confirmed by a person."
NEUTRAL_ZH: Final = "部分信息需人工核实"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the texts for staff, the texts for the borrower, and the family when it is one of fraud."""

    code: str
    text_en: str
    text_zh: str
    borrower_en: str
    borrower_zh: str
    family: str = ""

    @property
    def disclosed(self) -> bool:
        """Whether the borrower is told this very reason; a suspicion is only said to need confirming."""
        return self.borrower_en != NEUTRAL_EN


def _load() -> Mapping[str, Reason]:
    rows = json.loads(Path(__file__).with_name("reasons.json").read_text(encoding="utf-8"))
    return MappingProxyType({row["code"]: Reason(**row) for row in rows})


REASONS: Final = _load()
