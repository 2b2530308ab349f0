"""What the signing page shows, from the agreement's own terms: page and sealed document cannot differ."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext

from kernel.ids import public_id
from kernel.money import Money
from lending.applications.document import collector_name
from lending.applications.views import AgreementView


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """One line of the all-in cost table (P-03)."""

    name: str
    standard: str
    collector: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentRow:
    """One instalment of the example."""

    number: int
    due_date: str
    total: str
    principal: str
    interest: str
    balance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalments:
    """How a loan with instalments is repaid, early and late, in the reader's language."""

    method: str
    count: int
    period: str
    prepayment: str
    prepayment_fee: str
    compound: str
    rows: tuple[InstalmentRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The signing page in one language."""

    status: str
    lender: str
    scene: str
    borrower: str
    signer: str
    product: str
    purpose: str
    limit: str
    annual_rate_percent: str
    all_in_cost_percent: str
    convention: str
    overdue_rate_percent: str
    draw_min: str
    line_days: int
    example: dict[str, str]
    costs: tuple[CostRow, ...]
    instalments: Instalments | None
    document: str
    document_url: str
    verify_url: str
    sha256: str
    sm3: str
    certificate_id: str
    signed_at: datetime | None
    seconds_left: int


def _yuan(text: str) -> str:
    return f"{Money.parse(text):,}"


def page_of(
    agreement: AgreementView, *, scene_name: str, language: str, reading_seconds: int, now: datetime
) -> Page:
    """Return the page of an agreement in a language.

    `scene_name` is the scene's in that language; in English the one that is sealed stands beside it.
    """
    terms, tongue = agreement.terms, "zh" if language.startswith("zh") else "en"
    scene = terms["scene"] if tongue == "zh" else _both(scene_name, terms["scene"])
    disclosure = terms["disclosure"]
    example = disclosure["example"]
    return Page(
        status=agreement.status,
        lender=terms["lender"][tongue],
        scene=scene,
        borrower=terms["borrower"]["name"],
        signer=terms["borrower"]["signer"],
        product=terms["product"][tongue],
        purpose=terms["purpose"][tongue],
        limit=_yuan(terms["limit"]),
        annual_rate_percent=terms["annual_rate_percent"],
        all_in_cost_percent=disclosure["all_in_cost_percent"],
        convention=_convention(disclosure["method"]),
        overdue_rate_percent=disclosure["contingent"]["overdue_rate_percent"],
        draw_min=_yuan(terms["draw_min"]),
        line_days=terms["line_days"],
        example={
            "amount": _yuan(example["amount"]),
            "days": str(example["days"]),
            "due_date": example["due_date"],
            "interest": _yuan(example["interest"]),
            "total_repayable": _yuan(example["total_repayable"]),
        },
        costs=_costs(terms, tongue, scene),
        instalments=_instalments(terms, tongue),
        document=agreement.document,
        document_url=f"/sign/{agreement.signing_token}/document",
        verify_url=f"/sign/{agreement.signing_token}/verify",
        sha256=agreement.sha256,
        sm3=agreement.sm3,
        certificate_id="" if agreement.seal is None else agreement.seal.certificate_id,
        signed_at=agreement.signed_at,
        seconds_left=_seconds_left(agreement, reading_seconds, now),
    )


def _convention(method: str) -> str:
    """Return what the annual figure means, said shortly (P-02, ADR 0010)."""
    if method == "irr_months":
        return gettext("twelve times the monthly internal rate, every fee included")
    if method == "irr_days":
        return gettext("365 times the daily internal rate, every fee included")
    return gettext("simple interest, 365 days, every fee included")


def _instalments(terms: dict[str, Any], tongue: str) -> Instalments | None:
    """Return the instalments that the sealed document lists; None where it has none."""
    repayment = terms.get("repayment")
    if repayment is None:
        return None
    return Instalments(
        method=repayment["method"][tongue],
        count=repayment["count"],
        period=repayment["period"][tongue],
        prepayment=repayment["prepayment"][tongue],
        prepayment_fee=repayment["prepayment_fee"][tongue],
        compound=repayment["compound"][tongue],
        rows=tuple(
            InstalmentRow(
                number=row["number"],
                due_date=row["due_date"],
                **{name: _yuan(row[name]) for name in ("total", "principal", "interest", "balance")},
            )
            for row in terms["disclosure"]["example"]["schedule"]
        ),
    )


def _both(name: str, sealed: str) -> str:
    return name if name == sealed else f"{name} ({sealed})"


def _costs(terms: dict[str, Any], tongue: str, scene: str) -> tuple[CostRow, ...]:
    """Return each item with who collects it, and what is due only when something goes wrong."""
    disclosure = terms["disclosure"]
    rows = [
        CostRow(
            name=item[tongue],
            standard=item["standard"],
            collector=collector_name({**terms, "scene": scene}, item["collector"], tongue),
            amount=_yuan(item["amount"]),
        )
        for item in disclosure["items"]
    ]
    overdue = CostRow(
        name=gettext("Penalty interest, only on what is overdue"),
        standard=f"{disclosure['contingent']['overdue_rate_percent']}%",
        collector=terms["lender"][tongue],
        amount="—",
    )
    return (*rows, overdue)


def _seconds_left(agreement: AgreementView, reading_seconds: int, now: datetime) -> int:
    if agreement.shown_at is None:
        return reading_seconds
    return max(0, reading_seconds - int((now - agreement.shown_at).total_seconds()))


def wire_of(agreement: AgreementView, *, reading_seconds: int) -> dict[str, Any]:
    """Return the agreement for a machine that signs for a borrower: the sandbox, the demo, a test."""
    return {
        "id": agreement.public_id,
        "object": "agreement",
        "status": agreement.status,
        "application": public_id("app", agreement.application_id),
        "credit_line": (
            None if agreement.credit_line_id is None else public_id("lin", agreement.credit_line_id)
        ),
        "template_version": agreement.template_version,
        "terms": agreement.terms,
        "sha256": agreement.sha256,
        "sm3": agreement.sm3,
        "reading_seconds": reading_seconds,
        "shown_at": _instant(agreement.shown_at),
        "signed_at": _instant(agreement.signed_at),
        "expires_date": agreement.expires_date.isoformat(),
        "seal": None if agreement.seal is None else agreement.seal.as_json(),
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
