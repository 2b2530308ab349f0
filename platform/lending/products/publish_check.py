"""What must hold before a product may be published: the rules in force on its first day, on its terms.

Pure: the rules' parameters come in, a refusal with the computed figure comes out.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.money import Money
from kernel.refusals import Kind, Refusal
from lending.products.costs import dearest_cost_of
from lending.products.purposes import FORBIDDEN_PURPOSES, PURPOSES
from lending.products.terms import Collector, Payer, ProductTerms

FLAT: Final = "flat"


class CostCapExceeded(Refusal):
    """The all-in cost is above the cap (R-11, J1 a)."""

    code = "products.cost_cap_exceeded"
    message = "The all-in cost is {cost_percent} % a year; the cap on {on_date} is {cap_percent} %."


class FlatRateRefused(Refusal):
    """A flat rate is reckoned on what was lent, not on what is owed: the label is not the cost (2.2 E)."""

    code = "products.flat_rate_refused"
    message = "A flat rate of {label_percent} % costs {cost_percent} % a year; no product may be sold by it."


class SceneFeeOnBorrower(Refusal):
    """A scene may charge the borrower nothing (R-10, J1 b)."""

    code = "products.scene_fee_on_borrower"
    message = "The fee {fee} of the scene must be borne by the bank."


class PenaltyOutOfBand(Refusal):
    """The uplift on an overdue loan is outside the band (P-04)."""

    code = "products.penalty_out_of_band"
    message = "An overdue uplift of {uplift_percent} % is outside {min_percent} to {max_percent} %."


class PurposeForbidden(Refusal):
    """No bank lends for this (R-08)."""

    code = "products.purpose_forbidden"
    message = "No loan may be made for {purpose}."


class PurposeUnknown(Refusal):
    """The purpose is not in the catalogue."""

    code = "products.purpose_unknown"
    kind = Kind.INVALID
    message = "There is no purpose {purpose}."


class LimitAboveRule(Refusal):
    """The highest limit is above what may be lent online without security (S3-07)."""

    code = "products.limit_above_rule"
    message = "A limit of {limit} is above the {limit_max} that may be lent online without security."


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRules:
    """The parameters in force on the first day of a version."""

    annual_cost_cap: Decimal
    overdue_uplift_min: Decimal
    overdue_uplift_max: Decimal
    online_unsecured_max: Money
    forbidden_purposes: frozenset[str] = FORBIDDEN_PURPOSES


def require_publishable(*, terms: ProductTerms, rules: PublishRules, on_date: str) -> Decimal:
    """Return the dearest all-in cost the terms allow, or refuse with the rule they break."""
    for purpose in terms.purposes:
        if purpose in rules.forbidden_purposes:
            raise PurposeForbidden(purpose=purpose)
        if purpose not in PURPOSES:
            raise PurposeUnknown(purpose=purpose)
    for fee in terms.fees:
        if fee.collector is Collector.SCENE and fee.payer is not Payer.BANK:
            raise SceneFeeOnBorrower(fee=fee.code)
    if not rules.overdue_uplift_min <= terms.overdue_uplift <= rules.overdue_uplift_max:
        raise PenaltyOutOfBand(
            uplift_percent=_percent(terms.overdue_uplift),
            min_percent=_percent(rules.overdue_uplift_min),
            max_percent=_percent(rules.overdue_uplift_max),
        )
    if terms.limit_max > rules.online_unsecured_max:
        raise LimitAboveRule(limit=str(terms.limit_max), limit_max=str(rules.online_unsecured_max))
    cost = dearest_cost_of(terms)
    if terms.repayment_method == FLAT:
        raise FlatRateRefused(label_percent=_percent(terms.annual_rate.fraction), cost_percent=_percent(cost))
    require_at_most(cost_exact=cost, cap=rules.annual_cost_cap, on_date=on_date)
    return cost


def require_at_most(*, cost_exact: Decimal, cap: Decimal, on_date: str) -> None:
    """Refuse a cost above a cap, with both figures, to as many decimals as it takes to tell them apart."""
    if cost_exact <= cap:
        return
    percents = (_percent(cost_exact), _percent(cap))
    if percents[0] == percents[1]:
        percents = (f"{cost_exact * 100:.6f}", f"{cap * 100:.6f}")
    raise CostCapExceeded(cost_percent=percents[0], cap_percent=percents[1], on_date=on_date)


def _percent(fraction: Decimal) -> str:
    return f"{fraction * 100:.2f}"
