"""Loan to value (抵押率), exact: what is secured, with what ranks before it, over the value. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from typing import Final

PPM: Final = 1_000_000
PLACES: Final = Decimal("0.000001")


class Verdict(StrEnum):
    """What the bank's rules say of a collateral."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    REFUSED = "refused"


class Ground(StrEnum):
    """Why a collateral is not accepted without a look."""

    LTV_EXCEEDED = "ltv_exceeded"
    NOT_VALUED = "not_valued"
    VALUATION_EXPIRED = "valuation_expired"
    COMMUNITY_NOT_LISTED = "community_not_listed"


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The verdict, its grounds, and the ratio rounded up at the sixth place; no value, no ratio."""

    verdict: Verdict
    grounds: tuple[Ground, ...]
    ltv: Decimal | None


def ratio(*, secured: int, prior: int, value: int) -> Decimal:
    """Return (secured + prior) / value as a fraction, rounded up at six places: it never looks better."""
    return (Decimal(secured + prior) / Decimal(value)).quantize(PLACES, rounding=ROUND_UP)


def within(*, secured: int, prior: int, value: int, max_ltv: Decimal) -> bool:
    """Say, in whole numbers, whether the ratio is at most `max_ltv` (S2-39: 80.01 % of 80 % is not)."""
    return (secured + prior) * PPM <= value * int(max_ltv * PPM)


def appraise(
    *,
    secured: int,
    prior: int,
    value: int | None,
    valuation_expires: date | None,
    max_ltv: Decimal,
    needs_community: bool,
    community_listed: bool,
    on_date: date,
) -> Appraisal:
    """Judge a pledge (S2-39): above the ratio it is refused; off the list of communities a person looks."""
    if value is None or valuation_expires is None:
        return Appraisal(Verdict.REFUSED, (Ground.NOT_VALUED,), None)
    ltv = ratio(secured=secured, prior=prior, value=value)
    grounds: list[Ground] = []
    if not within(secured=secured, prior=prior, value=value, max_ltv=max_ltv):
        grounds.append(Ground.LTV_EXCEEDED)
    if valuation_expires <= on_date:
        grounds.append(Ground.VALUATION_EXPIRED)
    if grounds:
        return Appraisal(Verdict.REFUSED, tuple(grounds), ltv)
    if needs_community and not community_listed:
        return Appraisal(Verdict.REVIEW, (Ground.COMMUNITY_NOT_LISTED,), ltv)
    return Appraisal(Verdict.ACCEPTED, (), ltv)
