"""The blast radius: what a document's new and changed rules would do to the recent portfolio. Pure.

A rule hits where it does not let pass: it is missed, or what it needs is not known. It is measured where
decisions are at hand (`risk.verification.impact`), on facts as they were then, and demanded here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from risk.rules.canonical import canonical
from risk.strategies.variants import rules_of

WHOLE: Final = "verdict"  # the document as a whole, among rules
_PPM: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class RuleHits:
    """One new or changed rule: how many decisions it would have hit, of those that it could be run on."""

    rule: str
    hits: int
    count: int

    @property
    def share(self) -> Decimal:
        """Return the share hit, six decimals; of nothing it is zero."""
        if not self.count:
            return Decimal("0.000000")
        return (Decimal(self.hits) / self.count).quantize(_PPM, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Impact:
    """What publishing a document would do to the portfolio.

    `whole` counts, of the decisions that were no decline, those that the document as a whole would decline.
    A decision whose stored facts lack one that a rule reads proves nothing about that rule: it was not asked.
    """

    document_sha256: str
    count: int
    rules: tuple[RuleHits, ...] = ()
    whole: RuleHits = RuleHits(WHOLE, 0, 0)

    def worst(self, count_min: int) -> RuleHits | None:
        """Return what hits most, among what could be run on at least so many decisions."""
        measured = [row for row in (*self.rules, self.whole) if row.count >= count_min]
        return max(measured, key=lambda row: row.share, default=None)

    def row(self) -> dict[str, Any]:
        """Return it as plain JSON, to be stored."""
        return {
            "count": self.count,
            "rules": [
                {"rule": one.rule, "hits": one.hits, "count": one.count, "share": str(one.share)}
                for one in (*self.rules, self.whole)
            ],
        }


def changed_rules(new: Mapping[str, Any], old: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """Return the rules of `new` that `old` has not, or has otherwise: each its stage and its code.

    A code is one rule's within its stage only: two policies may each have a rule of the same code.
    """
    known = {(stage, name): canonical(row) for stage, name, row in rules_of(old or {})}
    return tuple(
        (stage, name) for stage, name, row in rules_of(new) if known.get((stage, name)) != canonical(row)
    )
