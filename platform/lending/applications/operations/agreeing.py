"""The agreement: prepared on approval, read, sealed by the borrower, and followed by the credit line."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from connectors.e_sign.port import SealEvidence, SealInvalid, SignatureService
from connectors.e_sign.simulator import service
from kernel.ids import new_id
from kernel.refusals import Refusal
from lending.applications.document import (
    Lender,
    Parties,
    build_terms,
    digests,
    render,
)
from lending.applications.models import Agreement, Application
from lending.applications.operations.assessment import require_consents
from lending.applications.operations.ending import withdraw
from lending.applications.operations.moves import (
    locked_agreement,
    locked_application,
    move_agreement,
    move_application,
    tell_agreement,
)
from lending.applications.queries import agreement_view, reading_seconds
from lending.applications.states import AgreementStatus, ApplicationStatus, StateConflict
from lending.applications.views import AgreementView
from lending.credit_lines import operations as credit_lines
from lending.products import queries as products
from lending.products.cost_cap import require_product_within_cap
from lending.products.terms import ProductView
from openbanking.partners import queries as partners
from parties.enterprises import queries as enterprises
from plumbing.fields import rate_of
from plumbing.sql import in_transaction

ONE_DAY: Final = timedelta(days=1)


class ApprovalExpired(Refusal):
    """The approval's last day has passed."""

    code = "applications.approval_expired"
    message = "The approval was valid until {valid_until}."


class AgreementExpired(Refusal):
    """The agreement can no longer be signed."""

    code = "applications.agreement_expired"
    message = "The agreement could be signed before {expires_date}."


class DisclosureUnread(Refusal):
    """The disclosure of the all-in cost was not open long enough to be read (P-03)."""

    code = "applications.disclosure_unread"
    message = "The cost disclosure must be open for {reading_seconds} seconds before signing."


@in_transaction
def prepare_agreement(
    *, application_id: UUID, lender: Lender, now: datetime, business_date: date
) -> AgreementView:
    """Return the agreement of an approved application: made on the first call, the same on later ones."""
    row = locked_application(application_id)
    live = row.agreements.filter(status__in=[AgreementStatus.PENDING, AgreementStatus.SIGNED]).first()
    if live is not None:
        return agreement_view(live)
    if row.status != ApplicationStatus.APPROVED:
        raise StateConflict(current=str(row.status), wanted="agreed", allowed=["approved"])
    if row.approved_amount is None or row.valid_until is None or business_date > row.valid_until:
        raise ApprovalExpired(valid_until=row.valid_until)
    product = products.get_product(product_version_id=row.product_version_id)
    agreement_id = new_id()
    terms = build_terms(
        agreement_id=agreement_id,
        parties=_parties(row, lender, business_date),
        product=product,
        limit=row.approved_amount,
        purpose=row.purpose,
        quote=products.quote(
            product=product,
            amount=row.approved_amount,
            tenor_days=row.tenor_days,
            draw_date=business_date,
        ),
        agreed_date=business_date,
    )
    document = render(terms)
    sha256, sm3 = digests(document)
    agreement = Agreement.objects.create(
        id=agreement_id,
        application=row,
        scene_id=row.scene_id,
        enterprise_id=row.enterprise_id,
        template_version=terms["template_version"],
        terms=terms,
        document=document,
        sha256=sha256,
        sm3=sm3,
        prepared_at=now,
        expires_date=row.valid_until + ONE_DAY,
    )
    tell_agreement(agreement, "ready", now)
    return agreement_view(agreement)


def _parties(row: Application, lender: Lender, business_date: date) -> Parties:
    enterprise = enterprises.get_enterprise(enterprise_id=row.enterprise_id, scene_id=row.scene_id)
    partner = partners.require_listed(scene_id=row.scene_id, on_date=business_date)
    person = enterprise.representative
    return Parties(
        lender=lender,
        borrower_name=enterprise.legal_name,
        registration_no=enterprise.registration_no,
        signer_name=enterprise.legal_name if person is None else person.name,
        scene_name=partner.scene_name,
    )


@in_transaction
def show_agreement(*, agreement_id: UUID, now: datetime) -> AgreementView:
    """Note when the borrower first saw the agreement and its disclosure (P-03: shown, read, confirmed)."""
    _, agreement = locked_agreement(agreement_id)
    if agreement.status == AgreementStatus.PENDING and agreement.shown_at is None:
        agreement.shown_at = now
        agreement.save(update_fields=["shown_at"])
    return agreement_view(agreement)


@in_transaction
def confirm_disclosure(*, agreement_id: UUID, now: datetime, business_date: date) -> AgreementView:
    """Take the borrower's word that the costs were read; refuses one given too soon (P-03) or too late."""
    _, agreement = locked_agreement(agreement_id)
    if agreement.status != AgreementStatus.PENDING:
        raise StateConflict(current=str(agreement.status), wanted="confirmed", allowed=["pending"])
    _require_read(agreement, now=now, business_date=business_date)
    return agreement_view(agreement)


@in_transaction
def sign_agreement(
    *,
    agreement_id: UUID,
    evidence: SealEvidence,
    now: datetime,
    business_date: date,
    signatures: SignatureService | None = None,
) -> AgreementView:
    """Accept the borrower's seal and open the credit line, together or not at all (L-09).

    Refuses an agreement that is not pending or has run out, a disclosure not read, a seal that is not of this
    document, a consent that has ended (J3: the door then withdraws the application), a scene not listed now,
    a cost above the cap of the day (R-11): from then on the contract is bound, and older ones run off (R-16).
    """
    application, agreement = locked_agreement(agreement_id)
    if agreement.status != AgreementStatus.PENDING or application.status != ApplicationStatus.APPROVED:
        raise StateConflict(current=str(agreement.status), wanted="signed", allowed=["pending"])
    if business_date >= agreement.expires_date:
        raise AgreementExpired(expires_date=agreement.expires_date)
    product = products.get_product(product_version_id=application.product_version_id)
    require_consents(application, product, now=now)
    partners.require_listed(scene_id=application.scene_id, on_date=business_date)
    require_product_within_cap(product=product, on_date=business_date)
    _require_read(agreement, now=now, business_date=business_date)
    if not (signatures or service()).verify(document=agreement.document.encode(), evidence=evidence):
        raise SealInvalid
    move_application(application, ApplicationStatus.CONTRACTED)
    application.closed_at = now
    application.save(update_fields=["status", "closed_at"])
    move_agreement(agreement, AgreementStatus.SIGNED)
    agreement.signed_at, agreement.seal = now, evidence.as_json()
    agreement.credit_line_id = _open_line(
        application, agreement, product, now=now, business_date=business_date
    )
    agreement.save()
    tell_agreement(agreement, "signed", now)
    return agreement_view(agreement)


def _require_read(agreement: Agreement, *, now: datetime, business_date: date) -> None:
    seconds = reading_seconds(business_date)
    if seconds and (agreement.shown_at is None or now - agreement.shown_at < timedelta(seconds=seconds)):
        raise DisclosureUnread(reading_seconds=seconds)


def _open_line(
    application: Application,
    agreement: Agreement,
    product: ProductView,
    *,
    now: datetime,
    business_date: date,
) -> UUID:
    limit, rate = application.approved_amount, application.approved_rate
    if limit is None or rate is None:  # the table's CHECK forbids it
        raise StateConflict(current=str(application.status), wanted="signed", allowed=["approved"])
    line = credit_lines.grant_line(
        enterprise_id=application.enterprise_id,
        scene_id=application.scene_id,
        application_id=application.id,
        agreement_id=agreement.id,
        product=product,
        limit=limit,
        annual_rate=rate_of(rate, product.annual_rate.basis),
        now=now,
        business_date=business_date,
    )
    return line.id


@in_transaction
def decline_agreement(*, agreement_id: UUID, now: datetime) -> AgreementView:
    """Close the application of an agreement the borrower will not sign."""
    application, agreement = locked_agreement(agreement_id)
    if agreement.status != AgreementStatus.PENDING:
        raise StateConflict(current=str(agreement.status), wanted="declined", allowed=["pending"])
    withdraw(application, reason="agreement_declined", now=now)
    agreement.refresh_from_db()
    return agreement_view(agreement)
