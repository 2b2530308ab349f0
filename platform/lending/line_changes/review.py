"""Re-evaluating a line when the merchant's figures move: today's facts, one decision (S0-21)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kernel.ids import public_id
from lending.applications import facts
from lending.applications.gathering import gather_known
from lending.applications.observed import Observed, ask_and_observe
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import LineView, any_open_line
from lending.line_changes.models import ReviewDue
from lending.line_changes.operations import Moved, move_line
from lending.loans.queries.record import payment_record
from openbanking.consents import queries as consents
from parties.enterprises import queries as enterprises
from plumbing.sql import in_transaction
from risk.decisions import operations as decisions
from risk.features.facts import FactValue
from risk.features.wanted import Wanted

REFUSED: Final = "review_declined"  # why a review froze a line; a later review thaws it


@in_transaction
def ask_review(*, enterprise_id: UUID, now: datetime) -> bool:
    """Note, with the news itself, that a merchant's lines are to be reviewed; False when it has none open."""
    if not any_open_line(enterprise_id=enterprise_id):
        return False
    ReviewDue.objects.update_or_create(enterprise_id=enterprise_id, defaults={"asked_at": now})
    return True


@in_transaction
def end_review(*, enterprise_id: UUID, begun_at: datetime) -> None:
    """Forget that a review was due, unless there was news after it began."""
    ReviewDue.objects.filter(enterprise_id=enterprise_id, asked_at__lte=begun_at).delete()


@in_transaction
def review_line(*, line_id: UUID, now: datetime, business_date: date) -> Moved:
    """Decide a line anew: cuts apply at once, rises wait for the borrower, a refusal stops new draws.

    What the strategy refers to a person moves nothing: nobody's limit falls because a rule is unsure. Without
    the consents the line was granted under nothing is read, and nothing moves (J3, revoked after the draw).
    """
    line = lines.lock_line(line_id=line_id)
    if line.status == "closed" or not _consented(line, now):
        return Moved(None, None)
    subject, borrower = public_id("lin", line.id), public_id("biz", line.enterprise_id)
    asking, observed = ask_and_observe(
        subject=subject,
        borrower=borrower,
        enterprise_id=line.enterprise_id,
        scene_id=line.scene_id,
        purpose=line.product.consent_purpose,
        as_of_date=business_date,
        now=now,
    )
    decision = decisions.decide(
        subject=subject,
        borrower=borrower,
        facts=_facts(line, observed, business_date, now, asking.wanted),
        on_date=business_date,
        now=now,
        asking=asking,
    )
    if decision.verdict == "refer":
        return Moved(None, None)
    if decision.verdict != "approve" or decision.limit is None:
        if line.status == "active":
            lines.freeze(line_id=line_id, reason=REFUSED, now=now)
        return Moved(None, None)
    if line.status == "frozen" and line.frozen_reason == REFUSED:
        lines.unfreeze(line_id=line_id, now=now)
    return move_line(
        line_id=line_id,
        limit=min(decision.limit, line.product.limit_max),
        reason_code=decision.binding_cap or "review",
        decision_id=decision.id,
        now=now,
        business_date=business_date,
    )


def _consented(line: LineView, now: datetime) -> bool:
    try:
        for data_class in line.product.data_classes:
            consents.require_consent(
                enterprise_id=line.enterprise_id,
                scene_id=line.scene_id,
                purpose=line.product.consent_purpose,
                data_class=data_class,
                now=now,
            )
    except (consents.ConsentRequired, consents.ConsentRevoked, consents.ConsentExpired):
        return False
    return True


def _facts(
    line: LineView, observed: Observed, business_date: date, now: datetime, wanted: Wanted
) -> dict[str, FactValue]:
    """Return what the bank knows today: as at the application, and how the borrower has paid since."""
    enterprise = enterprises.get_enterprise(enterprise_id=line.enterprise_id, scene_id=line.scene_id)
    known = gather_known(
        observed=observed,
        enterprise=enterprise,
        request=facts.Request(amount=line.product.limit_max, tenor_days=line.product.tenor_days_max),
        product=replace(line.product, annual_rate=line.annual_rate),
        on_date=business_date,
        now=now,
        wanted=wanted,
    )
    paid = payment_record(enterprise_id=line.enterprise_id)
    return known | {"bank.loans_settled": paid.settled_count, "bank.overdue_now": paid.overdue_now}
