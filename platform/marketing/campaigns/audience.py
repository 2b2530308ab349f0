"""Who is offered how much: a campaign's rule, as data, over takings. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Self
from uuid import UUID

from kernel.money import Money, MoneyInvalid, Rounding, round_minor
from kernel.refusals import Kind, Refusal
from openbanking.receipts.queries import AudienceRow

DEFAULT_WINDOW_DAYS: Final = 90
NOTHING: Final = Money(0)
_WHOLE: Final = ("window_days", "active_days_min", "history_days_min")


class RuleInvalid(Refusal):
    """The audience rule has an unknown key or a value that cannot be read."""

    code = "campaigns.rule_invalid"
    kind = Kind.INVALID
    message = "The audience rule's {key} is unknown or not valid."


@dataclass(frozen=True, slots=True)
class AudienceRule:
    """Conditions over the takings of the last `window_days`; all must hold."""

    window_days: int = DEFAULT_WINDOW_DAYS
    active_days_min: int = 0
    history_days_min: int = 0
    median_daily_receipts_min: Money = NOTHING
    refund_rate_max: Decimal | None = None

    @classmethod
    def parse(cls, document: dict[str, object]) -> Self:
        """Return the rule from JSON: money and fractions as strings, days as whole numbers."""
        found: dict[str, object] = {}
        for key, value in document.items():
            try:
                found[key] = _value(key, value)
            except (ValueError, InvalidOperation, MoneyInvalid):
                raise RuleInvalid(key=key[:40]) from None
        return cls(**found)  # type: ignore[arg-type]  # _value knows each field's type

    def admits(self, row: AudienceRow, *, as_of_date: date) -> bool:
        """Tell whether an enterprise's takings meet every condition."""
        return (
            row.active_days >= self.active_days_min
            and (as_of_date - row.first_day).days >= self.history_days_min
            and row.median_daily >= self.median_daily_receipts_min
            and (self.refund_rate_max is None or row.refunds.minor <= self.refund_rate_max * row.sales.minor)
        )


def _value(key: str, value: object) -> object:
    if key in _WHOLE:
        if type(value) is not int or not 0 <= value <= 3650:
            raise ValueError(key)
        return value
    if key == "median_daily_receipts_min" and isinstance(value, str):
        return Money.parse(value)
    if key == "refund_rate_max" and isinstance(value, str):
        return Decimal(value)
    raise ValueError(key)


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """How an offer is sized: so many days' median takings, in whole steps, within bounds."""

    days_of_takings: Decimal
    step: Money
    amount_min: Money
    amount_max: Money

    def amount(self, median_daily: Money) -> Money | None:
        """Return what may be offered, rounded down to a step; None below the least amount."""
        exact = min(median_daily.minor * self.days_of_takings, Decimal(self.amount_max.minor))
        steps = round_minor(exact / self.step.minor, Rounding.DOWN)
        amount = self.step * steps
        return amount if amount >= self.amount_min else None


@dataclass(frozen=True, slots=True)
class Selected:
    """One enterprise of the audience, the scene to reach it through, and the amount."""

    enterprise_id: UUID
    scene_id: UUID
    median_daily: Money
    amount: Money


def _reach(chosen: Selected) -> tuple[int, UUID]:
    return chosen.median_daily.minor, chosen.scene_id


def select(
    rows: Iterable[AudienceRow],
    *,
    rule: AudienceRule,
    terms: OfferTerms,
    consented: frozenset[tuple[UUID, UUID]],
    as_of_date: date,
) -> tuple[Selected, ...]:
    """Return whom to offer: rule met, marketing consent in force; through the scene of most takings."""
    best: dict[UUID, Selected] = {}
    for row in rows:
        amount = terms.amount(row.median_daily)
        if (
            amount is None
            or (row.enterprise_id, row.scene_id) not in consented
            or not rule.admits(row, as_of_date=as_of_date)
        ):
            continue
        chosen = Selected(row.enterprise_id, row.scene_id, row.median_daily, amount)
        best[row.enterprise_id] = max(best.get(row.enterprise_id, chosen), chosen, key=_reach)
    return tuple(best[enterprise_id] for enterprise_id in sorted(best))
