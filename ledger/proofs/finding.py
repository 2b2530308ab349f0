"""What a proof says of one invariant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.proofs.statements import NAMED


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether an invariant holds, and over how much; `examples` name the first rows that break it."""

    invariant: str
    ok: bool
    detail: str
    figures: Mapping[str, int]
    examples: tuple[str, ...] = ()


def finding(invariant: str, checked: int, wrong: Sequence[str], *, wrong_count: int | None = None) -> Finding:
    """Return the finding over so many things, given the names of those that are wrong, or the first."""
    count = len(wrong) if wrong_count is None else wrong_count
    named = tuple(wrong[:NAMED])
    detail = f"{checked:,} checked" if not count else f"{count:,} of {checked:,} wrong: {'; '.join(named)}"
    return Finding(invariant, count == 0, detail, {"checked": checked, "wrong": count}, named)
