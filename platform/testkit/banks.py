"""The two banks of every test and demo, created by the real operation. All names are fictitious."""

from dataclasses import replace
from datetime import date
from typing import Final

from interfaces.ops.bank_setup import BankOrder, Progress, create_bank
from kernel.money import Money
from tenants.banks.queries import BankView

FIRST_BUSINESS_DATE: Final = date(2026, 11, 2)
TEAM_PASSWORD: Final = "sluice-demo-2026"

QINGLAN: Final = BankOrder(
    schema="qinglan",
    name_zh="青澜农商银行",
    name_en="Qinglan Rural Commercial Bank",
    kind="rural_commercial",
    hosts=("qinglan.localhost",),
    area_prefixes=("3310",),
    tier1_capital=Money.parse("2400000000.00"),
    first_business_date=FIRST_BUSINESS_DATE,
    team_password=TEAM_PASSWORD,
    brand={"primary": "#0f6b5c", "letter": "青", "phone": "0576-00000000"},
)
LIAN: Final = BankOrder(
    schema="lian",
    name_zh="漓岸城商银行",
    name_en="Lian City Commercial Bank",
    kind="city_commercial",
    hosts=("lian.localhost",),
    area_prefixes=("4503",),
    tier1_capital=Money.parse("5100000000.00"),
    first_business_date=FIRST_BUSINESS_DATE,
    team_password=TEAM_PASSWORD,
    annual_rate="0.072000",
    brand={"primary": "#1d4f91", "letter": "漓", "phone": "0773-00000000"},
)


def create_banks(
    *, first_business_date: date = FIRST_BUSINESS_DATE, progress: Progress = lambda step: None
) -> tuple[BankView, BankView]:
    """Create 青澜 and 漓岸, or finish what an earlier run began; return both."""
    orders = (replace(order, first_business_date=first_business_date) for order in (QINGLAN, LIAN))
    qinglan, lian = (create_bank(order, progress=progress) for order in orders)
    return qinglan, lian
