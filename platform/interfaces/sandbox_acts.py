"""What a developer, or a moving test clock, has a sandbox's world do: people decide, the rail answers.

Each is one call of the real operations; the door opens the transaction. Only at banks that are not live.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from connectors.e_sign.simulator import service
from connectors.payment_rails import simulator
from connectors.payment_rails.port import Outcome, RailAnswer
from connectors.payment_rails.queries import get_instruction, instruction_of
from interfaces.sandbox_values import REVIEW_REASON, REVIEWED, REVIEWER
from kernel.ids import parse_id
from kernel.refusals import Kind, Refusal
from lending.applications import operations as applications
from lending.applications.document import Lender
from lending.applications.queries import applications_page, reading_seconds
from lending.applications.views import AgreementView, ApplicationView
from lending.repayments import operations as repayments
from lending.repayments.queries import RepaymentView, get_repayment
from parties.enterprises.queries import get_enterprise
from risk.cases import operations as cases
from risk.cases.queries import find_open
from risk.cases.states import CaseKind

RETURNED: Final = "returned_by_rail"
REFUSED: Final = "refused_by_rail"
_MOST: Final = 1000  # applications in review that one move of a clock looks at


class SandboxBankOnly(Refusal):
    """At a live bank people and rails act by themselves."""

    code = "sandboxes.test_bank_only"
    kind = Kind.FORBIDDEN
    message = "Test helpers act at a sandbox bank only."


class NothingOnTheRail(Refusal):
    """There is no payment whose outcome could be said."""

    code = "sandboxes.nothing_on_the_rail"
    kind = Kind.CONFLICT
    message = "No payment of this is with the rail."


def review(application: ApplicationView, *, approve: bool, now: datetime, today: date) -> ApplicationView:
    """Decide a referred application as the bank's reviewer would; refuses one that is not in review."""
    case = find_open(kind=CaseKind.REFERRAL, subject=application.public_id)
    if case is not None:
        cases.assign_case(case_id=case.id, assigned_to=REVIEWER, assigned_by=REVIEWER, now=now)
    return applications.resolve_review(
        application_id=application.id,
        approved_amount=application.requested_amount if approve else None,
        reason=REVIEW_REASON,
        resolved_by=REVIEWER,
        now=now,
        business_date=today,
    )


def reviews_due(today: date) -> tuple[ApplicationView, ...]:
    """Return what waits for a person since an earlier day, of the firms that are approved then."""
    waiting = [
        one for one in applications_page(status="in_review", limit=_MOST) if one.submitted_date < today
    ]
    return tuple(
        one
        for one in waiting
        if get_enterprise(enterprise_id=one.enterprise_id, scene_id=one.scene_id).registration_no in REVIEWED
    )


def awaited(today: date) -> date | None:
    """Return the next day on which a sandbox's people or its rail act by themselves, if there is one."""
    tomorrow = today + timedelta(days=1)
    return tomorrow if reviews_due(tomorrow) else simulator.next_return(today)


def sign(application_id: UUID, *, lender: Lender, now: datetime, today: date) -> AgreementView:
    """Prepare, show, read and seal an approved application's agreement; its line is open afterwards.

    The time that reading takes lies before `now`.
    """
    agreement = applications.prepare_agreement(
        application_id=application_id, lender=lender, now=now, business_date=today
    )
    opened_at = now - timedelta(seconds=reading_seconds(today))
    shown = applications.show_agreement(agreement_id=agreement.id, now=opened_at)
    seal = service().seal(
        document=shown.document.encode(), signer=shown.terms["borrower"]["signer"], sealed_at=now
    )
    return applications.sign_agreement(agreement_id=agreement.id, evidence=seal, now=now, business_date=today)


def answer_of(instruction_id: UUID | None, *, failure_code: str, today: date) -> RailAnswer:
    """Have the simulated rail make up its mind about a payment, and return what it says.

    Raises `NothingOnTheRail` where no message was written or the rail never got it.
    """
    if instruction_id is None:
        raise NothingOnTheRail
    message = get_instruction(instruction_id=instruction_id).message_id
    if not simulator.decide(message_id=message, failure_code=failure_code, day=today):
        raise NothingOnTheRail
    if failure_code:
        return RailAnswer(Outcome.REFUSED, failure_code)
    return simulator.SimulatedRail().enquire(message_id=message)


def returned(repayment_id: UUID, *, now: datetime, today: date) -> RepaymentView:
    """Take a collected payment back, as a rail does that returns it."""
    return repayments.return_repayment(
        repayment_id=repayment_id, reason=RETURNED, now=now, business_date=today
    )


def returns_due(today: date) -> tuple[UUID, ...]:
    """Return the repayments whose money the rail takes back today."""
    found = []
    for message in simulator.returns_due(today):
        instruction = instruction_of(message_id=message)
        if instruction is not None and instruction.subject.startswith("rpy_"):
            repayment_id = parse_id("rpy", instruction.subject)
            if get_repayment(repayment_id=repayment_id, scene_id=None).status == "succeeded":
                found.append(repayment_id)
    return tuple(found)
