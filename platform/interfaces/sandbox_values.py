"""Published values that make a sandbox bank answer in a known way: one table, read by doors and by the guide.

They mean something only in a bank that is not live. Nothing is decided here: a registration number stands for
facts, on which the bank's real strategy decides; an account's ending stands for what the simulated rail does
(`connectors.payment_rails.simulator`); a phone for what its owner answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from parties.enterprises.identifiers import org_check_digit, uscc_check_digit
from plumbing.schemas import current_schema, public_schema
from risk.features.facts import FactValue
from tenants.banks.queries import BankUnknown, get_bank

REVIEWER: Final = "reviewer@sandbox.example"
REVIEW_REASON: Final = "sandbox"

_GOOD: Final[Mapping[str, FactValue]] = {
    "receipts.history_days": 400,
    "receipts.active_days_90d": 88,
    "receipts.days_since_last": 1,
    "receipts.median_calendar_90d": Decimal("10000.00"),
    "receipts.median_calendar_prior_90d": Decimal("10000.00"),
    "receipts.credited_daily_90d": Decimal("10000.00"),
    "receipts.credited_daily_prior_90d": Decimal("10000.00"),
    "receipts.refund_rate_90d": Decimal("0.008000"),
    "receipts.growth_90d": Decimal("0.000000"),
    "receipts.payer_share_90d": Decimal("0.900000"),
    "enterprise.months_open": 60,
    "enterprise.area_ok": True,
    "representative.age": 35,
}


@dataclass(frozen=True, slots=True)
class MagicFirm:
    """A registration number and what becomes of its application; `facts` differ from those of a good firm.

    `reviewed`: a person approves it once the business date has moved on. `lost`: the first assessment gets no
    answer and is made up for some seconds later.
    """

    registration_no: str
    outcome: str
    told_en: str
    told_zh: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    reviewed: bool = False
    lost: bool = False


def _number(mark: str) -> str:
    """Return the credit code whose organisation ends in `mark`, with both of its check digits (GB 32100)."""
    org = f"MA000{mark}"
    body = f"91100000{org}{org_check_digit(org)}"
    return body + uscc_check_digit(body)


_SMALL: Final = dict.fromkeys(
    (name for name in _GOOD if name.startswith(("receipts.median", "receipts.credited"))), Decimal("300.00")
)
FIRMS: Final = (
    MagicFirm(
        _number("0A1"), "approved", "approved as asked, up to 200,000.00", "按申请额批准，最高 200,000.00"
    ),
    MagicFirm(
        _number("0A2"),
        "approved",
        "approved for a lower amount: `counter_offer`",
        "批准较低金额：见 `counter_offer`",
        _SMALL,
    ),
    MagicFirm(
        _number("0M1"),
        "in_review",
        "a person looks at it (`refunds_high`), and approves it when the clock has moved on a day",
        "转人工（`refunds_high`）；时钟前进一天后由人工批准",
        {"receipts.refund_rate_90d": Decimal("0.150000")},
        reviewed=True,
    ),
    MagicFirm(
        _number("0D1"),
        "declined",
        "declined: `history_short`",
        "拒绝：`history_short`",
        {"receipts.history_days": 30},
    ),
    MagicFirm(
        _number("0D2"),
        "declined",
        "declined: `refunds_high`",
        "拒绝：`refunds_high`",
        {"receipts.refund_rate_90d": Decimal("0.300000")},
    ),
    MagicFirm(
        _number("0D3"),
        "declined",
        "declined: `enterprise_young`",
        "拒绝：`enterprise_young`",
        {"enterprise.months_open": 2},
    ),
    MagicFirm(
        _number("0F1"),
        "in_review",
        "held on a suspicion; no reason is told, and nobody releases it but a person",
        "因疑点搁置：不告知原因，只能由人工放行",
        {"receipts.growth_90d": Decimal("3.000000")},
    ),
    MagicFirm(
        _number("0N1"),
        "in_review",
        "more information is needed: `receipts_missing`",
        "需要补充材料：`receipts_missing`",
        {"receipts.history_days": None},
    ),
    MagicFirm(
        _number("0T1"),
        "approved",
        "the bank does not answer at first: `submitted` for some seconds, then approved",
        "银行起初无应答：数秒内为 `submitted`，随后批准",
        lost=True,
    ),
)
FACTS: Final[Mapping[str, Mapping[str, FactValue]]] = {
    firm.registration_no: {**_GOOD, **firm.facts} for firm in FIRMS
}
LOST: Final = frozenset(firm.registration_no for firm in FIRMS if firm.lost)
REVIEWED: Final = frozenset(firm.registration_no for firm in FIRMS if firm.reviewed)

REJECTS, EXPIRES = "13800000001", "13800000002"
PHONES: Final = (
    ("13800000000", "the consent is given, as with any other phone", "同意授权，与其他号码相同"),
    (REJECTS, "its owner says no: `consents.rejected`", "机主拒绝：`consents.rejected`"),
    (EXPIRES, "the consent runs out at once: `expired`", "授权随即过期：`expired`"),
)

_known: Final[dict[str, bool]] = {}  # of what a schema is: that never changes


def is_sandbox(schema: str = "") -> bool:
    """Return whether a bank (the current one) is not live: only there do these values mean anything."""
    name = schema or current_schema()
    if name not in _known:
        with public_schema():
            try:
                _known[name] = not get_bank(schema_name=name).livemode
            except BankUnknown:
                return False
    return _known[name]


def forget_banks() -> None:
    """Look banks up afresh: what a test turned live, or a schema's name that another bank got."""
    _known.clear()
