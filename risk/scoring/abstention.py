"""When a probability of default says too little to decide by: conformal sets, class by class. Pure.

From scores whose outcomes are known follow two thresholds, which a strategy document holds as data. A label
belongs to an applicant's prediction set unless the applicant would be stranger under it than all but one in
`1 / (1 - level)` of those who truly had it. A set with both labels, or with none, is not an answer: the
application is referred to a person (uncertain means refer). Split conformal prediction, class by class
(Vovk, Gammerman and Shafer, 2005, chapter 4): at least `level` of the goods keep "good" in their set and at
least `level` of the bads keep "bad", whatever the model is worth, as long as applicants and calibration set
are exchangeable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from kernel.refusals import Kind, Refusal
from risk.features.facts import FactType

LEAST_OF_A_CLASS: Final = 20
_SECTION: Final = frozenset({"level", "good_up_to", "bad_from", "goods", "bads"})
_LEAST_LEVEL: Final = Decimal("0.5")


class AbstentionInvalid(Refusal):
    """The section cannot be used, or too few outcomes are known to make one."""

    code = "scoring.abstention_invalid"
    kind = Kind.INVALID
    message = "{path}: {problem}"


@dataclass(frozen=True, slots=True)
class Abstention:
    """The thresholds: "good" is credible up to one PD, "bad" from another on, at `level`."""

    level: Decimal
    good_up_to: Decimal
    bad_from: Decimal

    def labels(self, pd: Decimal) -> frozenset[str]:
        """Return the prediction set: `good`, `bad`, both or neither."""
        good, bad = pd <= self.good_up_to, pd >= self.bad_from
        return frozenset(label for label, credible in (("good", good), ("bad", bad)) if credible)


def abstains(pd: Decimal, table: Abstention) -> bool:
    """Return whether the prediction set is not a single label, so that a person must decide."""
    return len(table.labels(pd)) != 1


def calibrate_abstention(
    pds: Sequence[Decimal], bad: Sequence[bool], *, level: Decimal, path: str = "pd.abstention"
) -> dict[str, Any]:
    """Return the section of a document for scores with known outcomes; refuses fewer than 20 of a class.

    With n of a class the threshold is the ceil((n + 1) x level)-th least strange of them: the share covered
    of new applicants is then at least `level` for every n.
    """
    _require_level(level, path)
    goods = sorted(pd for pd, gone in zip(pds, bad, strict=True) if not gone)
    bads = sorted((pd for pd, gone in zip(pds, bad, strict=True) if gone), reverse=True)
    if min(len(goods), len(bads)) < LEAST_OF_A_CLASS:
        problem = (
            f"{len(goods)} goods and {len(bads)} bads are known; {LEAST_OF_A_CLASS} of each are the least"
        )
        raise AbstentionInvalid(path=path, problem=problem)
    return {
        "level": str(level),
        "good_up_to": str(_threshold(goods, level, beyond=Decimal(1))),
        "bad_from": str(_threshold(bads, level, beyond=Decimal(0))),
        "goods": len(goods),
        "bads": len(bads),
    }


def compile_abstention(
    section: Mapping[str, Any], types: Mapping[str, FactType], *, path: str = "pd.abstention"
) -> Abstention:
    """Return the thresholds of a document's section; refuses a malformed one with its place named."""
    if not isinstance(section, Mapping) or set(section) != _SECTION:
        raise AbstentionInvalid(path=path, problem=f"it holds {', '.join(sorted(_SECTION))}")
    level = _fraction(section["level"], f"{path}.level")
    _require_level(level, f"{path}.level")
    for name in ("goods", "bads"):
        count = section[name]
        if type(count) is not int or count < LEAST_OF_A_CLASS:
            problem = f"it counts the outcomes calibrated on, {LEAST_OF_A_CLASS} at least"
            raise AbstentionInvalid(path=f"{path}.{name}", problem=problem)
    return Abstention(
        level,
        _fraction(section["good_up_to"], f"{path}.good_up_to"),
        _fraction(section["bad_from"], f"{path}.bad_from"),
    )


def _threshold(least_strange_first: Sequence[Decimal], level: Decimal, *, beyond: Decimal) -> Decimal:
    rank = int(((len(least_strange_first) + 1) * level).to_integral_value(rounding=ROUND_CEILING))
    return least_strange_first[rank - 1] if rank <= len(least_strange_first) else beyond


def _require_level(level: Decimal, path: str) -> None:
    if not _LEAST_LEVEL <= level < 1:
        raise AbstentionInvalid(path=path, problem="the level is from one half to below one")


def _fraction(text: object, path: str) -> Decimal:
    number = Decimal(text) if isinstance(text, str) and text.replace(".", "", 1).isdecimal() else None
    if number is None or not 0 <= number <= 1:
        raise AbstentionInvalid(path=path, problem="write a fraction as text, from 0 to 1")
    return number
