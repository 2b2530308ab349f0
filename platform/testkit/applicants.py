"""Merchants ready to apply, for tests: registered, consented and with receipts, built through operations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kernel.ids import new_id
from kernel.money import Money
from lending.applications import operations as applications
from lending.applications.document import Lender
from lending.applications.views import AgreementView, ApplicationView
from openbanking.consents import operations as consents
from openbanking.consents.queries import ConsentView
from openbanking.partners import operations as partners
from openbanking.receipts import operations as receipts
from openbanking.receipts.rows import ReceiptRow
from parties.enterprises import operations as enterprises
from parties.enterprises.views import EnterpriseView, PersonDraft
from risk.cases.operations import assign_case
from risk.cases.queries import find_open
from risk.cases.states import CaseKind
from testkit.identities import credit_code, mobile_number, resident_number

LENDER: Final = Lender("青澜农商银行", "Qinglan Rural Commercial Bank")
TEXT_SHA256: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Takings:
    """A merchant's receipts: the same each day, every `refund_every`-th sale taken back (0: never)."""

    days: int = 200
    sales_a_day: int = 5
    sale: str = "292.00"
    refund_every: int = 125

    def rows(self, *, end_date: date, number: int) -> Iterator[ReceiptRow]:
        """Yield the receipts of the `days` before `end_date`, oldest first."""
        count = 0
        for offset in range(self.days, 0, -1):
            day = end_date - timedelta(days=offset)
            for sale in range(self.sales_a_day):
                count += 1
                name = f"T{number}-{count}"
                paid_at = f"{day.isoformat()}T{8 + sale % 12:02d}:00:{sale // 12:02d}+08:00"
                payer = f"payer{number:04d}{count:08d}"
                yield ReceiptRow(name, paid_at, self.sale, "sale", payer, "merchant_code")
                if self.refund_every and count % self.refund_every == 0:
                    yield ReceiptRow(name, paid_at, self.sale, "refund", payer, "merchant_code")


@dataclass(frozen=True, slots=True)
class Applicant:
    """A merchant a bank may be asked to lend to."""

    scene_id: UUID
    enterprise: EnterpriseView
    consent: ConsentView

    @property
    def enterprise_id(self) -> UUID:
        """The merchant's id."""
        return self.enterprise.id


def list_scene(*, now: datetime, listed_from: date, scene_id: UUID | None = None) -> UUID:
    """Put a scene on the current bank's list and return its id."""
    chosen = scene_id or new_id()
    partners.list_scene(
        scene_id=chosen,
        scene_name="拉面帮收银",
        fee_rate="0.006",
        approved_by="risk@qinglan.example",
        listed_from=listed_from,
        now=now,
    )
    return chosen


def admit(
    *,
    now: datetime,
    business_date: date,
    scene_id: UUID,
    number: int = 1,
    area_code: str = "331002",
    takings: Takings | None = None,
    opened_days: int = 900,
) -> Applicant:
    """Register a merchant of a scene, take its consent and its receipts."""
    enterprise = enterprises.register_enterprise(
        scene_id=scene_id,
        external_id=f"applicant-{number}",
        legal_name=f"示例拉面馆{number}",
        registration_no=credit_code(number, area_code=area_code),
        industry="H6210",
        area_code=area_code,
        opened_date=business_date - timedelta(days=opened_days),
        representative=PersonDraft(
            f"示例店主{number}",
            resident_number(area_code="330106", born=date(1990, 1, 1) + timedelta(days=number)),
            mobile_number(number),
        ),
        now=now,
    )
    consent = consents.grant_consent(
        enterprise_id=enterprise.id,
        scene_id=scene_id,
        purpose="credit_assessment",
        data_classes=("receipts",),
        recipient="qinglan",
        text_version="2026-11",
        text_sha256=TEXT_SHA256,
        expires_at=now + timedelta(days=400),
        evidence={"channel": "test"},
        now=now,
    )
    receipts.ingest_batch(
        enterprise_id=enterprise.id,
        scene_id=scene_id,
        consent_id=consent.id,
        rows=(takings or Takings()).rows(end_date=business_date, number=number),
        now=now,
    )
    return Applicant(scene_id, enterprise, consent)


def apply(
    applicant: Applicant,
    *,
    now: datetime,
    business_date: date,
    amount: str = "12000",
    tenor_days: int | None = 30,
    purpose: str = "working_capital",
    external_id: str | None = None,
    product_code: str = "receipts_revolving",
) -> ApplicationView:
    """Submit an application for the merchant."""
    return applications.submit_application(
        scene_id=applicant.scene_id,
        enterprise_id=applicant.enterprise_id,
        product_code=product_code,
        amount=Money.parse(amount),
        tenor_days=tenor_days,
        purpose=purpose,
        offer_id=None,
        external_id=external_id,
        now=now,
        business_date=business_date,
    )


def take_case(application: ApplicationView, *, person: str, now: datetime) -> None:
    """Give the case of a referred application to the person who will decide it."""
    case = find_open(kind=CaseKind.REFERRAL, subject=application.public_id)
    assert case is not None
    assign_case(case_id=case.id, assigned_to=person, assigned_by=person, now=now)


def agree(
    applicant: Applicant,
    *,
    now: datetime,
    business_date: date,
    amount: str = "12000",
    tenor_days: int | None = 30,
    product_code: str = "receipts_revolving",
) -> AgreementView:
    """Take the merchant from application to an agreement that waits for its signature."""
    application = apply(
        applicant,
        now=now,
        business_date=business_date,
        amount=amount,
        tenor_days=tenor_days,
        product_code=product_code,
    )
    applications.assess_application(application_id=application.id, now=now, business_date=business_date)
    return applications.prepare_agreement(
        application_id=application.id, lender=LENDER, now=now, business_date=business_date
    )
