"""Roles: what an account is for, whatever a bank calls it. Rules name roles, a bank maps them to codes.

The codes are those of the field's list (assets A, liabilities L, income I, expense E, memo M); `DEFAULT_MAP`
is the map that a new bank starts with, to the chart of `seed.py` (rules 2.9).
"""

from enum import StrEnum
from typing import Final

from ledger.chart.models import Kind


class Role(StrEnum):
    """What an account is for."""

    LOANS = "A1"
    LOANS_OVERDUE = "A1.overdue"
    INTEREST_ACCRUED = "A2"
    INTEREST_DUE = "A3"
    FEE_RECEIVABLE = "A4"
    PENALTY_RECEIVABLE = "A5"
    ALLOWANCE_1 = "A6.1"
    ALLOWANCE_2 = "A6.2"
    ALLOWANCE_3 = "A6.3"
    DISBURSEMENT_CLEARING = "A7"
    COLLECTION_CLEARING = "A8"
    GUARANTOR_RECEIVABLE = "A9"
    FORECLOSED_ASSETS = "A10"
    SUBSIDY_RECEIVABLE = "A11"
    SETTLEMENT = "A12"
    NOSTRO = "A13"
    SERVICED_LOANS = "A14"
    CUSTOMER_CREDIT = "L1"
    SUSPENSE = "L2"
    DEFERRED = "L3"
    PARTNER_FUNDS = "L4"
    PROVISION = "L5"
    CLIENT_RESERVE = "L6"
    OUTPUT_VAT = "L7"
    SERVICED_FUNDS = "L8"
    DEPOSITS = "L9"
    SERVICE_FEE_PAYABLE = "L10"
    GUARANTOR_PAYABLE = "L11"
    CAPITAL = "Q1"
    INTEREST_EXEMPT = "I1.exempt"
    INTEREST_TAXABLE = "I1.taxable"
    FEE_INCOME = "I2"
    PENALTY_INCOME = "I3"
    SERVICING_INCOME = "I4"
    RECOVERY_INCOME = "I5"
    MODIFICATION_GAIN = "I6"
    IMPAIRMENT = "E1"
    MODIFICATION_LOSS = "E2"
    GUARANTEE_COST = "E3"
    WAIVERS = "E4"
    SERVICE_FEES = "E5"
    FUNDING_INTEREST = "E6"
    ASSET_IMPAIRMENT = "E7"
    MEMO_CONTRA = "M0"
    UNDRAWN_COMMITMENTS = "M1"
    SUSPENDED_INTEREST = "M2"
    WRITTEN_OFF = "M3"
    COLLATERAL_HELD = "M4"
    GUARANTEES_RECEIVED = "M5"
    SERVICED_FOR_OTHERS = "M6"
    ASSIGNED_RECEIVABLES = "M7"


DEFAULT_MAP: Final = {
    Role.LOANS: "1303.01",
    Role.LOANS_OVERDUE: "1303.04",
    Role.INTEREST_ACCRUED: "1303.02",
    Role.INTEREST_DUE: "1132",
    Role.FEE_RECEIVABLE: "1221.01",
    Role.PENALTY_RECEIVABLE: "1132",
    Role.ALLOWANCE_1: "1304.01",
    Role.ALLOWANCE_2: "1304.02",
    Role.ALLOWANCE_3: "1304.03",
    Role.DISBURSEMENT_CLEARING: "3001",
    Role.COLLECTION_CLEARING: "1003",
    Role.GUARANTOR_RECEIVABLE: "1221.02",
    Role.FORECLOSED_ASSETS: "1441",
    Role.SUBSIDY_RECEIVABLE: "1221.03",
    Role.SETTLEMENT: "1003",
    Role.NOSTRO: "1011",
    Role.SERVICED_LOANS: "1321",
    Role.CUSTOMER_CREDIT: "2241",
    Role.SUSPENSE: "2241.01",
    Role.DEFERRED: "1303.03",
    Role.PARTNER_FUNDS: "2012",
    Role.PROVISION: "2801",
    Role.CLIENT_RESERVE: "2241.02",
    Role.OUTPUT_VAT: "2221.01",
    Role.SERVICED_FUNDS: "2314",
    Role.DEPOSITS: "2011",
    Role.SERVICE_FEE_PAYABLE: "2241",
    Role.GUARANTOR_PAYABLE: "2241.03",
    Role.CAPITAL: "4001",
    Role.INTEREST_EXEMPT: "6011.01",
    Role.INTEREST_TAXABLE: "6011.02",
    Role.FEE_INCOME: "6021",
    Role.PENALTY_INCOME: "6011.03",
    Role.SERVICING_INCOME: "6021",
    Role.RECOVERY_INCOME: "6051.01",
    Role.MODIFICATION_GAIN: "6051.02",
    Role.IMPAIRMENT: "6702",
    Role.MODIFICATION_LOSS: "6402.01",
    Role.GUARANTEE_COST: "6421",
    Role.WAIVERS: "6711.01",
    Role.SERVICE_FEES: "6421",
    Role.FUNDING_INTEREST: "6411",
    Role.ASSET_IMPAIRMENT: "6701",
    Role.MEMO_CONTRA: "9999",
    Role.UNDRAWN_COMMITMENTS: "9001",
    Role.SUSPENDED_INTEREST: "9002",
    Role.WRITTEN_OFF: "9003",
    Role.COLLATERAL_HELD: "9004",
    Role.GUARANTEES_RECEIVED: "9006",
    Role.SERVICED_FOR_OTHERS: "9005",
    Role.ASSIGNED_RECEIVABLES: "9007",
}

# Clearing may run through a liability, deferred fees lie in the loan's carrying amount (CAS 22): both natures
# do.
_BOTH: Final = frozenset({Kind.ASSET, Kind.LIABILITY})
_KINDS: Final = {
    "A": frozenset({Kind.ASSET}),
    "L": frozenset({Kind.LIABILITY}),
    "Q": frozenset({Kind.EQUITY}),
    "I": frozenset({Kind.INCOME}),
    "E": frozenset({Kind.EXPENSE}),
    "M": frozenset({Kind.MEMO}),
}
_EITHER: Final = frozenset({Role.DISBURSEMENT_CLEARING, Role.COLLECTION_CLEARING, Role.DEFERRED})
ALLOWANCES: Final = (Role.ALLOWANCE_1, Role.ALLOWANCE_2, Role.ALLOWANCE_3)


def kinds_of(role: Role) -> frozenset[Kind]:
    """Return which kinds of account may play a role."""
    return _BOTH if role in _EITHER else _KINDS[role.value[0]]
