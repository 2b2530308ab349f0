"""Reads of applications, their outcomes and agreements."""

import hmac
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from connectors.e_sign.port import SealEvidence
from kernel.ids import MalformedId, parse_id, public_id
from kernel.refusals import Kind, Refusal
from lending.applications.models import Agreement, Application, Draft
from lending.applications.states import ApplicationStatus, DraftStatus
from lending.applications.views import AgreementView, ApplicationView, DraftView, OutcomeView, ReasonLine
from lending.products import queries as products
from plumbing.crypto import blind_index
from plumbing.fields import rate_of
from plumbing.paging import newest
from regulation import queries as regulation
from risk.decisions import queries as decisions

AUTO: Final = "auto"
_TOKEN_DIGITS: Final = 40  # 160 bits of the HMAC: unguessable, and short enough for a text message


class ApplicationNotFound(Refusal):
    """No such application, or not one this scene may see."""

    code = "applications.not_found"
    kind = Kind.NOT_FOUND
    message = "There is no application {application}."


class AgreementNotFound(Refusal):
    """No such agreement, or not one this caller may see."""

    code = "applications.agreement_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no such agreement."


class DecisionPending(Refusal):
    """The application has not been assessed."""

    code = "applications.decision_pending"
    kind = Kind.CONFLICT
    message = "This application has not been decided."


def application_view(row: Application) -> ApplicationView:
    """Return the frozen view of a row."""
    product = products.view_of(row.product_version)
    rate = row.approved_rate
    return ApplicationView(
        id=row.id,
        scene_id=row.scene_id,
        enterprise_id=row.enterprise_id,
        external_id=row.external_id,
        product=product,
        offer_id=row.offer_id,
        requested_amount=row.requested_amount,
        tenor_days=row.tenor_days,
        purpose=row.purpose,
        status=str(row.status),
        outcome_reason=row.outcome_reason,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        submitted_date=row.submitted_date,
        decision_id=row.decision_id,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        approved_amount=row.approved_amount,
        approved_rate=None if rate is None else rate_of(rate, product.annual_rate.basis),
        valid_until=row.valid_until,
        human_touch_count=row.human_touch_count,
        closed_at=row.closed_at,
    )


def draft_view(row: Draft) -> DraftView:
    """Return the frozen view of a row."""
    return DraftView(
        id=row.id,
        scene_id=row.scene_id,
        enterprise_id=row.enterprise_id,
        external_id=row.external_id,
        product_code=row.product_code,
        offer_id=row.offer_id,
        requested_amount=row.requested_amount,
        tenor_days=row.tenor_days,
        purpose=row.purpose,
        status=str(row.status),
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


def signing_token(agreement_id: UUID) -> str:
    """Return the token of an agreement's signing page: its id and a code only this bank can make.

    It is derived, not stored: a copy of the table signs nothing.
    """
    name = public_id("agr", agreement_id)
    return f"{name}-{blind_index(f'signing page of {name}')[:_TOKEN_DIGITS]}"


def agreement_view(row: Agreement) -> AgreementView:
    """Return the frozen view of a row."""
    return AgreementView(
        id=row.id,
        application_id=row.application_id,
        scene_id=row.scene_id,
        enterprise_id=row.enterprise_id,
        template_version=row.template_version,
        terms=row.terms,
        document=row.document,
        sha256=row.sha256,
        sm3=row.sm3,
        status=str(row.status),
        prepared_at=row.prepared_at,
        expires_date=row.expires_date,
        shown_at=row.shown_at,
        signed_at=row.signed_at,
        seal=None if row.seal is None else SealEvidence.from_json(row.seal),
        credit_line_id=row.credit_line_id,
        signing_token=signing_token(row.id),
    )


def get_application(*, application_id: UUID, scene_id: UUID | None) -> ApplicationView:
    """Return one application; a scene sees only its own."""
    rows = Application.objects.filter(id=application_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise ApplicationNotFound(application=public_id("app", application_id))
    return application_view(row)


def application_or_draft(*, application_id: UUID, scene_id: UUID) -> ApplicationView | DraftView:
    """Return what a scene knows by an application's id: the application, or the draft it is as yet."""
    row = _drafts(scene_id).filter(id=application_id).first()
    if row is not None:
        return draft_view(row)
    return get_application(application_id=application_id, scene_id=scene_id)


def applications_and_drafts(
    *,
    scene_id: UUID,
    enterprise_id: UUID | None = None,
    status: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    external_id: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[ApplicationView | DraftView, ...]:
    """Return a scene's applications and drafts, newest first, as `applications_page` does."""
    drafts = newest(
        _drafts(scene_id),
        enterprise_id=enterprise_id,
        status=status,
        created_at__gte=since,
        created_at__lt=before,
        external_id=external_id,
        after=after,
        limit=limit,
    )
    applications = applications_page(
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        status=status,
        since=since,
        before=before,
        external_id=external_id,
        after=after,
        limit=limit,
    )
    found: list[ApplicationView | DraftView] = [*map(draft_view, drafts), *applications]
    return tuple(sorted(found, key=lambda one: one.id, reverse=True)[:limit])


def _drafts(scene_id: UUID) -> QuerySet[Draft]:
    """Return a scene's drafts that have not become applications."""
    return Draft.objects.filter(scene_id=scene_id).exclude(status=DraftStatus.SUBMITTED)


def applications_page(
    *,
    scene_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    status: str | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    external_id: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[ApplicationView, ...]:
    """Return applications, newest first, `limit` at a time after the id of the last one seen.

    `since` and `before` bound the instant they were made, half-open.
    """
    rows = newest(
        Application.objects.select_related("product_version"),
        scene_id=scene_id,
        enterprise_id=enterprise_id,
        status=status,
        created_at__gte=since,
        created_at__lt=before,
        external_id=external_id,
        after=after,
        limit=limit,
    )
    return tuple(application_view(row) for row in rows)


def status_counts() -> dict[str, int]:
    """Return how many applications stand in each status; statuses without any are there with 0."""
    rows = Application.objects.order_by("status").values_list("status").annotate(count=Count("id"))
    counts = dict(rows)
    return {status.value: counts.get(status.value, 0) for status in ApplicationStatus}


def decision_seconds() -> tuple[float, ...]:
    """Return the seconds from submission to decision of each application no person touched (S0-15)."""
    rows = Application.objects.filter(decided_at__isnull=False, human_touch_count=0)
    return tuple(
        (decided - submitted).total_seconds()
        for submitted, decided in rows.order_by("id").values_list("submitted_at", "decided_at")
        if decided is not None
    )


def get_decision(*, application_id: UUID, scene_id: UUID | None) -> OutcomeView:
    """Return what the outside may know of the decision on an application; refuses while there is none."""
    try:
        application = get_application(application_id=application_id, scene_id=scene_id)
    except ApplicationNotFound:
        if scene_id and Draft.objects.filter(id=application_id, scene_id=scene_id).exists():
            raise DecisionPending(application=public_id("app", application_id)) from None
        raise
    if application.decision_id is None:
        raise DecisionPending(application=application.public_id)
    decision = decisions.get_decision(application.decision_id)
    return OutcomeView(
        application_id=application.id,
        decision_id=application.decision_id,
        outcome=_outcome(application),
        approved_amount=application.approved_amount,
        annual_rate=application.approved_rate,
        counter_offer=application.approved_amount if application.is_counter_offer else None,
        reasons=tuple(
            ReasonLine(
                code=reason.code, rank=reason.rank, text_en=reason.borrower_en, text_zh=reason.borrower_zh
            )
            for reason in decision.reasons
            if reason.borrower_safe
        ),
        decided_by=AUTO if application.human_touch_count == 0 else "manual",
        decided_at=application.decided_at,
        strategy_version=str(decision.strategy_version),
        inputs_hash=decision.sha256,
        valid_until=application.valid_until,
    )


def _outcome(application: ApplicationView) -> str:
    if application.approved_amount is not None:
        return "approved"
    return "declined" if application.status == ApplicationStatus.DECLINED else "in_review"


def get_agreement(*, agreement_id: UUID, scene_id: UUID | None) -> AgreementView:
    """Return one agreement; a scene sees only its own."""
    rows = Agreement.objects.filter(id=agreement_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise AgreementNotFound(agreement=public_id("agr", agreement_id))
    return agreement_view(row)


def agreements_of(*, application_id: UUID) -> tuple[AgreementView, ...]:
    """Return an application's agreements, newest first."""
    rows = Agreement.objects.filter(application_id=application_id).order_by("-id")
    return tuple(agreement_view(row) for row in rows)


def agreement_by_token(*, token: str) -> AgreementView:
    """Return the agreement whose signing page this token opens; every wrong token gets the same answer."""
    name, _, _ = token.partition("-")
    try:
        agreement_id = parse_id("agr", name)
    except MalformedId:
        raise AgreementNotFound(agreement="") from None
    if not hmac.compare_digest(signing_token(agreement_id).encode(), token.encode()):
        raise AgreementNotFound(agreement="")
    return get_agreement(agreement_id=agreement_id, scene_id=None)


def reading_seconds(on_date: date) -> int:
    """Return how long the disclosure must have been open on a day; 0 before the rule began (J1 d)."""
    if not regulation.in_force("P-03", on_date):
        return 0
    return int(regulation.rule("P-03", on_date).parameters["reading_seconds"])
