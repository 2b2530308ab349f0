"""Nine quarters of stress (S3-16): a portfolio's expected loss while defaults swell and ebb. Pure.

The shape is the non-performing ratio of 2018Q4 to 2020Q4, in percent; the multiplier of a quarter is its
figure over that of 2018Q4, so the peak is 2.8 / 0.9 = 3.11. Money is fen; a loss is rounded half up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from kernel.money import Money, Rounding, round_minor

NINE_QUARTERS: Final[Mapping[str, Decimal]] = {
    "2018Q4": Decimal("0.9"),
    "2019Q1": Decimal("0.9"),
    "2019Q2": Decimal("1.0"),
    "2019Q3": Decimal("1.1"),
    "2019Q4": Decimal("1.3"),
    "2020Q1": Decimal("2.2"),
    "2020Q2": Decimal("2.8"),
    "2020Q3": Decimal("2.0"),
    "2020Q4": Decimal("1.5"),
}
_CONTEXT: Final = Context(prec=28, rounding=ROUND_HALF_UP)
_NOTHING_LENT: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the book: exposure and expected loss as reckoned, and the share lost on default.

    What has defaulted already (stage 3) is `defaulted`: a default happens once.
    """

    name: str
    exposure: Money
    expected_loss: Money
    loss_given_default: Decimal
    defaulted: bool = False


@dataclass(frozen=True, slots=True)
class StressQuarter:
    """One quarter: the multiplier on defaults, the loss in all and by slice, its share of the exposure."""

    quarter: str
    figure: Decimal
    multiplier_exact: Decimal
    expected_loss: Money
    by_slice: tuple[tuple[str, Money], ...]
    share_exact: Decimal


@dataclass(frozen=True, slots=True)
class StressReport:
    """The quarters, the worst of them, and what it asks for beyond today's allowance."""

    quarters: tuple[StressQuarter, ...]
    exposure: Money
    base_loss: Money
    peak_quarter: str
    peak_loss: Money
    beyond_base: Money


def multipliers(shape: Mapping[str, Decimal] = NINE_QUARTERS) -> dict[str, Decimal]:
    """Return each quarter's figure over the first's; refuses a shape that begins with nothing."""
    figures = list(shape.values())
    if not figures or figures[0] <= 0 or min(figures) < 0:
        raise ValueError("a stress shape begins above nothing and never falls below it")
    return {name: _CONTEXT.divide(figure, figures[0]) for name, figure in shape.items()}


def stressed_loss(part: Slice, multiplier_exact: Decimal) -> Money:
    """Return the expected loss with defaults multiplied: never more than all of it defaulting."""
    if part.defaulted:
        return part.expected_loss
    worst = _CONTEXT.multiply(Decimal(part.exposure.minor), part.loss_given_default)
    swollen = _CONTEXT.multiply(Decimal(part.expected_loss.minor), multiplier_exact)
    most = max(worst, Decimal(part.expected_loss.minor))
    return Money(round_minor(min(swollen, most), Rounding.HALF_UP))


def stress(slices: Sequence[Slice], *, shape: Mapping[str, Decimal] = NINE_QUARTERS) -> StressReport:
    """Return what each quarter of the shape would make of a portfolio's expected loss."""
    exposure = Money.total([part.exposure for part in slices])
    quarters = []
    for name, multiplier in multipliers(shape).items():
        losses = tuple((part.name, stressed_loss(part, multiplier)) for part in slices)
        total = Money.total([loss for _, loss in losses])
        share = (
            _CONTEXT.divide(Decimal(total.minor), Decimal(exposure.minor))
            if exposure.minor
            else _NOTHING_LENT
        )
        quarters.append(StressQuarter(name, shape[name], multiplier, total, losses, share))
    worst = max(quarters, key=lambda quarter: quarter.expected_loss.minor)
    base = Money.total([part.expected_loss for part in slices])
    return StressReport(
        tuple(quarters), exposure, base, worst.quarter, worst.expected_loss, worst.expected_loss - base
    )
