"""What leaves the room: applications, their decisions and agreements, frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from connectors.e_sign.port import SealEvidence
from kernel.ids import public_id
from kernel.money import Money
from kernel.rates import AnnualRate
from lending.products.terms import ProductView


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationView:
    """An application and where it stands."""

    id: UUID
    scene_id: UUID
    enterprise_id: UUID
    external_id: str | None
    product: ProductView
    offer_id: UUID | None
    requested_amount: Money
    tenor_days: int
    purpose: str
    status: str
    outcome_reason: str
    created_at: datetime
    submitted_at: datetime
    submitted_date: date
    decision_id: UUID | None
    decided_by: str
    decided_at: datetime | None
    approved_amount: Money | None
    approved_rate: AnnualRate | None
    valid_until: date | None
    human_touch_count: int
    closed_at: datetime | None

    @property
    def product_code(self) -> str:
        """The product's code."""
        return self.product.code

    @property
    def is_counter_offer(self) -> bool:
        """Whether the bank approved less than was asked."""
        return self.approved_amount is not None and self.approved_amount < self.requested_amount

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("app", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A draft, with the members of an application; what only an application has is None."""

    id: UUID
    scene_id: UUID
    enterprise_id: UUID
    external_id: str | None
    product_code: str
    offer_id: UUID | None
    requested_amount: Money
    tenor_days: int | None
    purpose: str
    status: str
    created_at: datetime
    closed_at: datetime | None
    submitted_at: None = None
    approved_amount: None = None
    approved_rate: None = None
    valid_until: None = None
    decided_at: None = None

    @property
    def public_id(self) -> str:
        """The id the outside sees; the application it becomes has the same."""
        return public_id("app", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """One reason a borrower or a scene may be told (D-04)."""

    code: str
    rank: int
    text_en: str
    text_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeView:
    """The outcome of an assessment as the outside may see it: no score, no rule, only safe reasons."""

    application_id: UUID
    decision_id: UUID
    outcome: str  # approved, declined or in_review
    approved_amount: Money | None
    annual_rate: AnnualRate | None
    counter_offer: Money | None
    reasons: tuple[ReasonLine, ...]
    decided_by: str  # auto or manual
    decided_at: datetime | None
    strategy_version: str
    inputs_hash: str
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    """An agreement, its document and its seal."""

    id: UUID
    application_id: UUID
    scene_id: UUID
    enterprise_id: UUID
    template_version: str
    terms: dict[str, Any]
    document: str
    sha256: str
    sm3: str
    status: str
    prepared_at: datetime
    expires_date: date
    shown_at: datetime | None
    signed_at: datetime | None
    seal: SealEvidence | None
    credit_line_id: UUID | None
    signing_token: str

    @property
    def public_id(self) -> str:
        """The id the outside sees."""
        return public_id("agr", self.id)
