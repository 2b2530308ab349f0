"""The agreement's text: built from its terms alone, so that the same terms give the same digest (L-06).

The lender comes first; then who the scene is, the limit, the annual rate (P-01), the disclosure of the
all-in cost (P-03), an example of what is repaid, purpose and what default costs. A product with instalments
has its own text, which lists each of them. A version of a text is a file in `texts/` and is never edited once
a bank has signed under it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from connectors.e_sign.port import sm3_hex
from kernel.ids import public_id
from kernel.money import Money
from lending.applications import instalments
from lending.products.purposes import PURPOSES
from lending.products.quotes import Quote
from lending.products.terms import Payer, ProductView

TEMPLATE_VERSION: Final = "2026-11-01"
TERM_TEMPLATE_VERSION: Final = "2026-11-01-term"
TEXTS: Final = Path(__file__).with_name("texts")


@dataclass(frozen=True, slots=True)
class Lender:
    """The bank that lends, as it is named to the borrower."""

    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who signs, and through whom."""

    lender: Lender
    borrower_name: str
    registration_no: str
    signer_name: str
    scene_name: str


def build_terms(
    *,
    agreement_id: UUID,
    parties: Parties,
    product: ProductView,
    limit: Money,
    purpose: str,
    quote: Quote,
    agreed_date: date,
) -> dict[str, Any]:
    """Return everything the agreement says, as plain values: what the page shows is what is sealed."""
    purpose_en, purpose_zh = PURPOSES[purpose]
    repayment = {"repayment": instalments.repayment_terms(product)} if product.is_scheduled else {}
    return {
        "agreement": public_id("agr", agreement_id),
        "template_version": TERM_TEMPLATE_VERSION if product.is_scheduled else TEMPLATE_VERSION,
        "agreed_date": agreed_date.isoformat(),
        "lender": {"zh": parties.lender.name_zh, "en": parties.lender.name_en},
        "borrower": {
            "name": parties.borrower_name,
            "registration_no": parties.registration_no,
            "signer": parties.signer_name,
        },
        "scene": parties.scene_name,
        "product": {
            "code": product.code,
            "version": product.version,
            "zh": product.name_zh,
            "en": product.name_en,
        },
        "purpose": {"code": purpose, "en": purpose_en, "zh": purpose_zh},
        "limit": str(limit),
        "draw_min": str(product.draw_min),
        "line_days": product.line_days,
        "tenor_days_max": product.tenor_days_max,
        "annual_rate_percent": percent(product.annual_rate.fraction),
        "day_basis": product.annual_rate.basis,
        "disclosure": _disclosure(product, limit, quote),
        **repayment,
    }


def _disclosure(product: ProductView, limit: Money, quote: Quote) -> dict[str, Any]:
    """Return the table of the all-in cost: each item, its standard and who collects it (P-03)."""
    items = [
        {
            "code": "interest",
            "zh": "利息",
            "en": "Interest",
            "standard": f"{percent(product.annual_rate.fraction)}% / {product.annual_rate.basis}",
            "collector": "lender",
            "amount": str(quote.interest),
        }
    ]
    items += [
        {
            "code": fee.code,
            "zh": fee.name_zh,
            "en": fee.name_en,
            "standard": f"{percent(fee.rate)}%",
            "collector": "lender" if fee.collector == "bank" else fee.collector.value,
            "amount": str(amount),
        }
        for fee, amount in quote.fees
        if fee.payer is Payer.BORROWER
    ]
    return {
        "principal": str(limit),
        "all_in_cost_percent": percent(quote.all_in_cost),
        "nominal_360_percent": percent(quote.nominal_360),
        "nominal_365_percent": percent(quote.nominal_365),
        "method": quote.apr_method,
        "convention": instalments.both(instalments.CONVENTIONS[quote.apr_method]),
        "items": items,
        "contingent": {
            "overdue_rate_percent": percent(product.overdue_rate.fraction),
            "compounds": product.compounds,
        },
        "example": {
            "amount": str(quote.amount),
            "tenor_days": quote.tenor_days,
            "days": quote.days,
            "due_date": quote.due_date.isoformat(),
            "interest": str(quote.interest),
            "total_repayable": str(quote.total_repayable),
            "schedule": instalments.rows_of(quote),
        },
    }


def percent(fraction: Decimal) -> str:
    """Return a fraction in percent with at least two decimals and no idle zeros after them: 10.80, 12.375."""
    text = f"{fraction * 100:.4f}"
    return text[:-2] if text.endswith("00") else text.rstrip("0")


def render(terms: Mapping[str, Any]) -> str:
    """Return the document, Chinese first, then English; the Chinese text is the one that binds."""
    return f"{_text(terms, 'zh', _chinese_item)}\n{_text(terms, 'en', _english_item)}"


def _text(terms: Mapping[str, Any], language: str, item: Callable[[Mapping[str, Any], str], str]) -> str:
    template = (TEXTS / f"{terms['template_version']}.{language}.txt").read_text(encoding="utf-8")
    items = "\n".join(
        item(row, collector_name(terms, row["collector"], language)) for row in terms["disclosure"]["items"]
    )
    rows = instalments.schedule_lines(terms["disclosure"]["example"].get("schedule", ()), language)
    return template.format_map({**terms, "items": items, "rows": rows})


def collector_name(terms: Mapping[str, Any], collector: str, language: str) -> str:
    """Return who collects an item, by name where the name is known."""
    if collector == "lender":
        return str(terms["lender"][language])
    if collector == "scene":
        return str(terms["scene"])
    return "担保机构" if language == "zh" else "the guarantor"


def _chinese_item(row: Mapping[str, Any], collector: str) -> str:
    return f"  {row['zh']}：标准 {row['standard']}，收取方 {collector}，示例金额 {row['amount']} 元"


def _english_item(row: Mapping[str, Any], collector: str) -> str:
    return f"  {row['en']}: {row['standard']}, collected by {collector}, CNY {row['amount']} in the example"


def digests(document: str) -> tuple[str, str]:
    """Return the SHA-256 and the SM3 of a document."""
    raw = document.encode()
    return hashlib.sha256(raw).hexdigest(), sm3_hex(raw)
