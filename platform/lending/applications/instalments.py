"""What an agreement says of instalments, in both languages: how and when they are paid, and each of them.

Pure: plain values for the sealed terms, and the lines of the document made of nothing but them (L-06, P-03).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lending.products.quotes import Quote, QuoteRow
from lending.products.terms import ProductView

METHODS: Final[Mapping[str, tuple[str, str]]] = {
    "level_instalment": ("level instalments", "等额本息"),
    "level_principal": ("level principal", "等额本金"),
    "interest_first": ("interest first, the principal at the end", "先息后本"),
    "bullet": ("all at the end", "到期一次还本付息"),
}
EVERY: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "month": ("every month", "every {} months", "每月", "每 {} 个月"),
    "week": ("every week", "every {} weeks", "每周", "每 {} 周"),
    "day": ("every day", "every {} days", "每日", "每 {} 日"),
}
PREPAYMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "keep_term": (
        "the borrower chooses smaller instalments or fewer of them; without a choice they become smaller",
        "由借款人选择“期数不变、每期减少”或“每期不变、期数减少”，未作选择的每期减少",
    ),
    "keep_instalment": (
        "the borrower chooses smaller instalments or fewer of them; without a choice they become fewer",
        "由借款人选择“期数不变、每期减少”或“每期不变、期数减少”，未作选择的期数减少",
    ),
    "next": ("what is paid early pays the next instalments", "提前归还的款项用于归还其后各期"),
    "hold": ("what is paid early waits for the next instalments", "提前归还的款项留待其后各期"),
}
CONVENTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "simple_365": ("simple, 365 days", "按 365 天单利折算"),
    "irr_months": ("twelve times the monthly internal rate of return", "按月内部收益率乘以 12 折算"),
    "irr_days": ("365 times the daily internal rate of return", "按日内部收益率乘以 365 折算"),
}


def both(texts: tuple[str, str]) -> dict[str, str]:
    """Return a pair of texts by language."""
    return {"en": texts[0], "zh": texts[1]}


def repayment_terms(product: ProductView) -> dict[str, Any]:
    """Return how a product with instalments is repaid, early and late."""
    return {
        "method": {"code": product.repayment_method, **both(METHODS[product.repayment_method])},
        "count": product.instalment_count,
        "period": {"unit": product.period_unit, "every": product.period_every, **both(_period(product))},
        "day_count": product.day_count,
        "roll": both(_roll(product)),
        "prepayment": {"code": product.prepayment, **both(PREPAYMENTS[product.prepayment])},
        "prepayment_fee": both(_fee(product)),
        "compounds": product.compounds,
        "compound": both(_compound(product)),
    }


def _period(product: ProductView) -> tuple[str, str]:
    one_en, many_en, one_zh, many_zh = EVERY[product.period_unit]
    if product.period_every == 1:
        return one_en, one_zh
    return many_en.format(product.period_every), many_zh.format(product.period_every)


def _roll(product: ProductView) -> tuple[str, str]:
    if product.due_date_roll == "none":
        return "payable on its due date, whatever day that is", "到期日遇节假日不顺延"
    return (
        "payable on its due date, or on the next workday at no cost",
        "到期日遇节假日顺延至下一工作日，顺延期间不计罚息",
    )


def _fee(product: ProductView) -> tuple[str, str]:
    if not product.prepayment_fee:
        return "Repaying early costs nothing.", "提前还款不收取任何费用。"
    share = f"{product.prepayment_fee * 100:.2f}"
    return (
        f"Repaying early costs {share}% of what is repaid.",
        f"提前还款按提前归还本金的 {share}% 收取费用。",
    )


def _compound(product: ProductView) -> tuple[str, str]:
    if not product.compounds:
        return "Overdue interest bears no interest.", "对逾期利息不计复利。"
    return "Overdue interest bears compound interest at the same rate.", "对逾期利息按同一利率计收复利。"


def rows_of(quote: Quote) -> list[dict[str, Any]]:
    """Return the instalments of a quote, as plain values."""
    return [_row(row) for row in quote.rows]


def _row(row: QuoteRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "due_date": row.due_date.isoformat(),
        "principal": str(row.principal),
        "interest": str(row.interest),
        "total": str(row.total),
        "balance": str(row.balance),
    }


def schedule_lines(rows: Sequence[Mapping[str, Any]], language: str) -> str:
    """Return a line an instalment, in one language."""
    said = _CHINESE if language == "zh" else _ENGLISH
    return "\n".join(said.format_map(row) for row in rows)


_CHINESE: Final = (
    "  第 {number} 期：{due_date} 还 {total} 元（本金 {principal}，利息 {interest}），剩余本金 {balance} 元"
)
_ENGLISH: Final = (
    "  {number}. on {due_date} CNY {total} (principal {principal}, interest {interest}); {balance} left"
)
