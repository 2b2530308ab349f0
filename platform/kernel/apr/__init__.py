"""The annual cost of credit from its cash flows, under a named convention (P-01, P-02, R-11; ADR 0010).

Flows are seen by the borrower: what is received is positive, what is paid (principal, interest, every party's
fee) is negative. Conventions: `annual_by_months` (twelve times the monthly rate), `annual_by_days`,
`effective_by_months`, `effective_by_days` (XIRR), `simple_by_days`, `appendix_j` (Regulation Z) and `eu_rate`
(the European Union's equation); `annual_cost` takes one by its code, and `all_in_cost` puts every party's
charges beside a schedule. Flows without a rate, or with more than one, are refused.
"""

from kernel.apr.appendix_j import AppendixJ, appendix_j, unit_period_of
from kernel.apr.conventions import AllInCost, Charge, Convention, all_in_cost, annual_cost
from kernel.apr.eu import EuInterval, eu_rate, eu_rate_shown, eu_years
from kernel.apr.flows import CashFlow, CashFlowsInvalid
from kernel.apr.internal import (
    annual_by_days,
    annual_by_months,
    daily_rate,
    effective_by_days,
    effective_by_months,
    exact_daily_rate,
    monthly_rate,
    simple_by_days,
)
from kernel.apr.unit_periods import Unit, UnitPeriod, unit_period

__all__ = [
    "AllInCost",
    "AppendixJ",
    "CashFlow",
    "CashFlowsInvalid",
    "Charge",
    "Convention",
    "EuInterval",
    "Unit",
    "UnitPeriod",
    "all_in_cost",
    "annual_by_days",
    "annual_by_months",
    "annual_cost",
    "appendix_j",
    "daily_rate",
    "effective_by_days",
    "effective_by_months",
    "eu_rate",
    "eu_rate_shown",
    "eu_years",
    "exact_daily_rate",
    "monthly_rate",
    "simple_by_days",
    "unit_period",
    "unit_period_of",
]
