"""How a joint loan is split, without a database.

The booked amounts are the weights of everything that follows. A sum is never split by itself: what it grows
from and to is, and a party's part is the difference. So parts add up, a loan repaid in full leaves nothing on
either side, and going back takes back what going forth gave, in whatever order things happen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.money import Money
from kernel.refusals import Refusal

MILLION: Final = 1_000_000


class PartnerShareTooSmall(Refusal):
    """The partner would fund less than the rule demands (R-02): a joint loan is not somebody's label."""

    code = "lending.partner_share_too_small"
    message = "The partner funds {partner} of {total}: at least {smallest} is required."


@dataclass(frozen=True, slots=True)
class Parts:
    """A sum split between the two banks."""

    lead: Money
    partner: Money


def split(amount: Money, *, weights: Mapping[str, int]) -> dict[str, Money]:
    """Split by largest remainder; the parties come in the order of their ids, so every bank splits alike."""
    parties = sorted(weights)
    return dict(zip(parties, amount.split([weights[party] for party in parties]), strict=True))


def grown(before: Money, after: Money, *, weights: Mapping[str, int]) -> dict[str, Money]:
    """Return what each party has of a total's way from one sum to another."""
    was, now = split(before, weights=weights), split(after, weights=weights)
    return {party: now[party] - was[party] for party in weights}


def smallest_share(total: Money, share_min: Decimal) -> Money:
    """Return the least whole sum that is not under a share of a total."""
    exact_millionths = int(share_min * MILLION) * total.minor
    return Money(-(-exact_millionths // MILLION), total.currency)


def booked_parts(total: Money, *, share_ppm: int, share_min: Decimal) -> Parts:
    """Return both parts of a new loan: largest remainder, the odd fen to the lead unless R-02 needs it.

    Refuses an agreed share under the minimum; 30 % of a sum that 30 % does not divide is rounded up.
    """
    partner, _ = total.split([share_ppm, MILLION - share_ppm])
    if share_ppm >= share_min * MILLION:
        partner = max(partner, smallest_share(total, share_min))
    require_share(partner=partner, total=total, share_min=share_min)
    return Parts(lead=total - partner, partner=partner)


def require_share(*, partner: Money, total: Money, share_min: Decimal) -> None:
    """Refuse a partner's part under the minimum (R-02): of 100,000.00, 29,999.99 is refused."""
    smallest = smallest_share(total, share_min)
    if partner < smallest:
        raise PartnerShareTooSmall(partner=str(partner), total=str(total), smallest=str(smallest))


def first_loss(loss: Money, *, pool: Money, used: Money) -> Money:
    """Return what the lead makes good of a partner's loss: what is left of the pool, and no more."""
    left = pool - used
    return min(loss, left) if left.minor > 0 else Money(0, loss.currency)
