"""When a decision is judged, and what counts as bad then. Pure data.

`pd_share` is the part of a twelve-month PD that is expected to show by then. The first curve is a convention,
to be replaced by the bank's own; a wrong curve moves observed over expected of all vintages alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Horizon:
    """A horizon: months on the book, or None for the first payment; days overdue that are bad; its share."""

    code: str
    months: int | None
    bad_from_days: int
    pd_share: Decimal


FIRST_PAYMENT_DAYS: Final = 30  # the first payment is judged so many days after it was due
FIRST_PAYMENT: Final = "fpd"
HORIZONS: Final[Mapping[str, Horizon]] = {
    row.code: row
    for row in (
        Horizon(FIRST_PAYMENT, None, FIRST_PAYMENT_DAYS, Decimal("0.15")),
        Horizon("mob3", 3, 30, Decimal("0.25")),
        Horizon("mob6", 6, 30, Decimal("0.55")),
        Horizon("mob12", 12, 90, Decimal("1.00")),
    )
}
