"""Moving an application or an agreement along its table of states; telling the scene, keeping the case."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from lending.applications.models import Agreement, Application
from lending.applications.queries import AgreementNotFound, ApplicationNotFound
from lending.applications.states import (
    AGREEMENT_MOVES,
    APPLICATION_MOVES,
    AgreementStatus,
    ApplicationStatus,
    require_move,
)
from plumbing.outbox import operations as outbox
from risk.cases import operations as cases
from risk.cases.states import CaseKind

_OUTCOMES: Final = {ApplicationStatus.APPROVED: "approved", ApplicationStatus.DECLINED: "declined"}


def locked_application(application_id: UUID, scene_id: UUID | None = None) -> Application:
    """Return the application, locked; a scene finds only its own."""
    rows = Application.objects.select_for_update().filter(id=application_id)
    row = (rows if scene_id is None else rows.filter(scene_id=scene_id)).first()
    if row is None:
        raise ApplicationNotFound(application=public_id("app", application_id))
    return row


def locked_agreement(agreement_id: UUID) -> tuple[Application, Agreement]:
    """Return the agreement and its application, locked in that order: application, then agreement."""
    owner = Agreement.objects.filter(id=agreement_id).values_list("application_id", flat=True).first()
    if owner is None:
        raise AgreementNotFound(agreement=public_id("agr", agreement_id))
    application = locked_application(owner)
    return application, Agreement.objects.select_for_update().get(id=agreement_id)


def move_application(row: Application, wanted: ApplicationStatus) -> None:
    """Set the next status, if the table has that move."""
    require_move(APPLICATION_MOVES, current=row.status, wanted=wanted)
    row.status = wanted


def move_agreement(row: Agreement, wanted: AgreementStatus) -> None:
    """Set the next status, if the table has that move."""
    require_move(AGREEMENT_MOVES, current=row.status, wanted=wanted)
    row.status = wanted


def _keep_case(row: Application, now: datetime) -> None:
    """Open a case for an application that a person must decide, and settle it once that is over (S0-12)."""
    subject = public_id("app", row.id)
    if row.status == ApplicationStatus.IN_REVIEW:
        asked = {"product": row.product_code, "asked": str(row.requested_amount), "purpose": row.purpose}
        cases.open_case(
            kind=CaseKind.REFERRAL,
            subject=subject,
            reason="referred",
            evidence={"application": {**asked, "business": public_id("biz", row.enterprise_id)}},
            decision_id=row.decision_id,
            now=now,
        )
    elif row.status == ApplicationStatus.WITHDRAWN or row.human_touch_count:
        cases.settle_case(
            kind=CaseKind.REFERRAL,
            subject=subject,
            outcome=_OUTCOMES.get(ApplicationStatus(row.status), "ended"),
            reason=row.outcome_reason,
            settled_by=row.decided_by,
            now=now,
        )


def tell_application(row: Application, event: str, now: datetime) -> None:
    """Write the event of an application for its scene: ids and status, nothing of the decision.

    An application that waits for a person has a case, which follows its status.
    """
    _keep_case(row, now)
    outbox.emit(
        type=f"application.{event}",
        subject=public_id("app", row.id),
        data={
            "object": {
                "id": public_id("app", row.id),
                "object": "application",
                "status": str(row.status),
                "external_id": row.external_id,
                "business": public_id("biz", row.enterprise_id),
            },
            "changed": ["status"],
        },
        scene_id=row.scene_id,
        now=now,
    )


def tell_agreement(row: Agreement, event: str, now: datetime) -> None:
    """Write the event of an agreement for its scene."""
    outbox.emit(
        type=f"agreement.{event}",
        subject=public_id("agr", row.id),
        data={
            "object": {
                "id": public_id("agr", row.id),
                "object": "agreement",
                "status": str(row.status),
                "application": public_id("app", row.application_id),
                "credit_line": None if row.credit_line_id is None else public_id("lin", row.credit_line_id),
            },
            "changed": ["status"],
        },
        scene_id=row.scene_id,
        now=now,
    )
