"""Facts of applicants who do not exist, for measuring decisions in bulk. Pure."""

import random
from decimal import Decimal
from typing import Final

from risk.features.facts import FactValue

SECTORS: Final = ("retail", "wholesale", "accommodation_food", "health", None)


def applicant(rng: random.Random) -> dict[str, FactValue]:
    """Return the facts of a made-up applicant; one in ten has a fact missing."""
    daily = Decimal(rng.randint(10_000, 300_000)) / 100
    facts: dict[str, FactValue] = {
        "receipts.median_daily_90d": daily,
        "receipts.median_calendar_90d": daily,
        "receipts.median_calendar_prior_90d": daily,
        "receipts.credited_daily_90d": (daily * 9 / 10).quantize(Decimal("0.01")),
        "receipts.credited_daily_prior_90d": (daily * 8 / 10).quantize(Decimal("0.01")),
        "receipts.active_days_90d": rng.randint(50, 90),
        "receipts.refund_rate_90d": Decimal(rng.randint(0, 120_000)) / 1_000_000,
        "receipts.growth_90d": Decimal(rng.randint(-600_000, 600_000)) / 1_000_000,
        "receipts.payer_share_90d": Decimal(rng.randint(250_000, 1_000_000)) / 1_000_000,
        "receipts.history_days": rng.randint(150, 400),
        "receipts.days_since_last": rng.randint(1, 9),
        "enterprise.months_open": rng.randint(3, 90),
        "enterprise.employees": rng.choice([None, 1, 3, 12]),
        "enterprise.industry_sector": rng.choice(SECTORS),
        "enterprise.area_ok": True,
        "application.amount": Decimal(rng.randint(5, 300) * 1000),
        "application.tenor_days": 180,
        "application.revolving": True,
        "product.limit_max": Decimal(300_000),
    }
    if rng.random() < 0.1:
        facts[rng.choice(sorted(facts))] = None
    return facts
