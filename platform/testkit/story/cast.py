"""Who plays: two banks' people, an operator, two scenes, and the merchants each scene brings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from testkit.identities import card_number
from testkit.receipts import AREAS, GUILIN_AREAS, Merchant, Shape, retail_shop, synthetic_merchants

START: Final = date(2026, 8, 3)
DAYS: Final = 90
LEAST_OF_A_SCENE: Final = 6  # among the last six of the smaller scene is who draws the sample loan
LEAST_MERCHANTS: Final = 10
SEED: Final = 20260803
PASSWORD: Final = "sluice-demo-2026"
OPERATOR: Final = "operator@sluice.example"
SCOPES: Final = (
    "banks:read businesses:read businesses:write consents:read consents:write data:write "
    "offers:read offers:write applications:read applications:write decisions:read "
    "agreements:read agreements:write loans:read drawdowns:write repayments:write "
    "events:read webhooks:read webhooks:write"
)
PURPOSE: Final = "working_capital"
TERM_PRODUCT: Final = "term_level"
TERM_EVERY: Final = 6  # one merchant in so many takes a term loan in instalments


@dataclass(frozen=True, slots=True)
class Part:
    """One scene's part in the story with one bank; the bank pays `fee_rate` of drawn amounts (R-10)."""

    bank: str
    scene_code: str
    name_zh: str
    name_en: str
    provider_name: str
    uscc: str
    fee_rate: str
    product_code: str
    merchant_count: int
    areas: tuple[str, ...]
    settlement_funds: str
    told_count: int | None = None

    @property
    def owner(self) -> str:
        """Who signs in to the scene's portal."""
        return f"owner@{self.scene_code}.example"

    def merchants(self) -> Iterator[Merchant]:
        """Yield the scene's merchants, the same each time; a shorter telling has the last of them."""
        everybody = synthetic_merchants(
            count=self.merchant_count,
            seed=SEED + len(self.bank),
            end_date=START,
            days=400,
            areas=self.areas,
        )
        skipped = 0 if self.told_count is None else self.merchant_count - self.told_count
        return islice(everybody, skipped, None)


PARTS: Final = (
    Part(
        bank="qinglan",
        scene_code="lamianbang",
        name_zh="拉面帮收银",
        name_en="Lamianbang POS",
        provider_name="拉面帮（示例）科技有限公司",
        uscc="91330106MA0000T79R",
        fee_rate="0.006000",
        product_code="receipts_revolving",
        merchant_count=150,
        areas=AREAS,
        settlement_funds="30000000.00",
    ),
    Part(
        bank="lian",
        scene_code="xianlianyun",
        name_zh="鲜链云",
        name_en="Xianlian Cloud",
        provider_name="鲜链云（示例）网络有限公司",
        uscc="91331002MA0000X15M",
        fee_rate="0.005000",
        product_code="receipts_revolving",
        merchant_count=50,
        areas=GUILIN_AREAS,
        settlement_funds="12000000.00",
    ),
)


def cast_of(merchants: int | None, parts: Sequence[Part] = PARTS) -> tuple[Part, ...]:
    """Return the parts with so many merchants in all, shared out as the cast is; None means everybody."""
    if merchants is None:
        return tuple(parts)
    everybody = sum(part.merchant_count for part in parts)
    first, *others = parts
    shares = [max(LEAST_OF_A_SCENE, merchants * part.merchant_count // everybody) for part in others]
    told = (merchants - sum(shares), *shares)
    return tuple(replace(part, told_count=count) for part, count in zip((first, *others), told, strict=True))


def shop(part: Part) -> Merchant:
    """Return the real shop, in the region of the part's bank."""
    return retail_shop(end_date=START)


def day(offset: int) -> date:
    """Return a business date of the story, counted from its start."""
    return START + timedelta(days=offset)


def takes_term_loan(merchant: Merchant) -> bool:
    """Tell whether a merchant asks for a term loan in instalments; the others draw and repay any day."""
    return merchant.shape is not Shape.REAL and merchant.number % TERM_EVERY == 1


def account_number(merchant: Merchant, ending: str) -> str:
    """Return another card of a merchant; its ending tells the rail simulator what to do."""
    return card_number(merchant.number or 9_000, ending=ending)


def affordable(limit: Decimal, share: str) -> str:
    """Return a share of a limit in whole hundreds of yuan, never less than a hundred."""
    hundreds = max(1, int(limit * Decimal(share) / 100))
    return f"{hundreds * 100}.00"
