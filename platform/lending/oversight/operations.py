"""Judging borrowers, handing in outcomes, and acting on a warning."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import connection

from kernel.ids import parse_id
from kernel.money import Money, Rounding, round_minor
from kernel.refusals import Kind, Refusal
from lending.applications.queries import get_application
from lending.credit_lines import operations as lines
from lending.credit_lines.queries import LineView, lines_page
from lending.line_changes import review
from lending.line_changes.operations import move_line
from lending.loans.queries import loans_page
from plumbing.sql import in_transaction
from risk.cases import operations as cases
from risk.cases.queries import CaseView, get_case
from risk.cases.states import CaseKind
from risk.classification.operations import flag_exposure
from risk.decisions.queries import Search, decisions_page, get_decision
from risk.monitoring.horizons import FIRST_PAYMENT_DAYS, HORIZONS
from risk.monitoring.operations import OutcomeGiven, record_outcomes
from risk.warnings import operations as warnings
from risk.warnings.policy import Action
from risk.warnings.queries import last_sighting

_SQL: Final = Path(__file__).parent / "sql"
_FIGURES: Final = {  # a loan written off is overdue for a year; fewer ratings or trips say nothing
    "written_off_days": 360,
    "ratings_least": 10,
    "trips_least": 10,
}
BATCH: Final = 5000
OUTCOME: Final[Mapping[Action, str]] = {  # how a warning's case ends by what two people did
    Action.FREEZE: "frozen",
    Action.CUT: "cut",
    Action.COLLECT: "collected",
}
LEVELS: Final = "grant.levels_broken"
WARNED: Final = "early_warning"  # why a line was frozen or cut; people thaw it


def _statement(name: str) -> str:
    text = (_SQL / name).read_text(encoding="utf-8")
    for place, figure in _FIGURES.items():
        text = text.replace(f"{{{place}}}", str(figure))
    return text


_MEASURES: Final = _statement("measures.sql")
_OUTCOMES: Final = _statement("outcomes.sql")


class NotAWarning(Refusal):
    """The case is no early warning, or is closed."""

    code = "oversight.not_a_warning"
    kind = Kind.CONFLICT
    message = "The case {case} is not an open early warning."


class FactorInvalid(Refusal):
    """A cut leaves a part of the limit."""

    code = "oversight.factor_invalid"
    kind = Kind.INVALID
    message = "A cut takes a factor between 0 and 1, not {factor}."


class ActionNotProposed(Refusal):
    """A review needs no second person."""

    code = "oversight.action_not_proposed"
    kind = Kind.INVALID
    message = "{action} is nothing that one person proposes and another signs."


class NothingToAct(Refusal):
    """The borrower has nothing that the act would change."""

    code = "oversight.nothing_to_act"
    kind = Kind.CONFLICT
    message = "There is no line or loan left that {action} would change."


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """What an action touched."""

    action: str
    line_count: int
    loan_count: int


@in_transaction
def watch_borrowers(
    *, enterprise_id: UUID | None = None, business_date: date, now: datetime
) -> tuple[warnings.Moved, ...]:
    """Judge every borrower by the day's measures in one statement, or one borrower on an event.

    What scenes send is read only where the consent to do so is in force (J3). Cases open where a level rises.
    """
    one = None if enterprise_id is None else f"'{enterprise_id}'::uuid"
    measures = _MEASURES
    for place, text in {
        "day": f"DATE '{business_date.isoformat()}'",
        "now": f"TIMESTAMPTZ '{now.isoformat()}'",
        "only_line": "" if one is None else f"AND l.enterprise_id = {one}",
        "only_warned": "" if one is None else f"AND w.subject_id = {one}",
    }.items():
        measures = measures.replace(f"{{{place}}}", text)
    return warnings.judge_subjects(
        measures=measures, subject_id=enterprise_id, on_date=business_date, now=now
    )


@in_transaction
def compare_with_grant(*, enterprise_id: UUID, business_date: date, now: datetime) -> int | None:
    """Record how many watch levels set at the grant the newest review found broken; None: none is known.

    The grant's decision says of each signal below what it is set off; the facts are those that the last
    decision on the line has stored. Written only when it changed.
    """
    broken = None
    for line in lines_page(enterprise_id=enterprise_id, limit=1000):
        if line.status == "closed":
            continue
        granted = get_application(application_id=line.application_id, scene_id=None).decision_id
        facts = _newest_facts(line.public_id)
        for row in _watched(granted):
            today = facts.get(row["fact"])
            if row["below"] is not None and isinstance(today, str):
                broken = (broken or 0) + (Decimal(today) < Decimal(row["below"]))
    last = last_sighting(subject_id=enterprise_id, measure=LEVELS)
    if broken is not None and last != broken:
        warnings.record_sighting(
            subject_id=enterprise_id,
            measure=LEVELS,
            value=Decimal(broken),
            as_of_date=business_date,
            source="review",
            now=now,
        )
    return broken


def _watched(decision_id: UUID | None) -> list[dict[str, Any]]:
    trace = () if decision_id is None else get_decision(decision_id).trace
    return [row for stage in trace if stage["stage"] == "watch" for row in stage["signals"]]


def _newest_facts(subject: str) -> Mapping[str, Any]:
    newest = decisions_page(Search(subject=subject), limit=1)
    return get_decision(newest[0].id).facts if newest else {}


@in_transaction
def hand_in_outcomes(*, business_date: date, now: datetime, limit: int = BATCH) -> int:
    """Hand in how decisions stood when their horizon came, `limit` at a time; return how many.

    A horizon is judged by the first run on or after its day, so a bank that runs daily judges it on its day.
    """
    parameters: dict[str, Any] = {
        "horizons": json.dumps(
            [
                {"code": row.code, "months": row.months, "after_days": FIRST_PAYMENT_DAYS}
                for row in HORIZONS.values()
            ]
        ),
        "on_date": business_date,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, parameters)
        rows = cursor.fetchall()
    found = [
        OutcomeGiven(decision, code, dpd, Money(loss), matured_on)
        for decision, code, matured_on, dpd, loss in rows
    ]
    return record_outcomes(outcomes=found, on_date=business_date, now=now)


@in_transaction
def act_on_warning(
    *,
    case_id: UUID,
    action: Action,
    reason: str,
    taken_by: str,
    checked_by: str = "",
    factor: Decimal | None = None,
    business_date: date,
    now: datetime,
) -> ActionTaken:
    """Do what people decided about a warned borrower, and write it into the case.

    `review` decides its lines anew; `freeze` stops new draws; `cut` takes lines to `factor` of their limit,
    never what is drawn; `collect` marks its loans as warned of, so that they are watched as stage 2 (E-02)
    and collection takes them up. All but a review take two people.
    """
    case = _open_warning(case_id)
    _require_factor(action, factor)
    enterprise_id = parse_id("biz", case.subject)
    warnings.record_action(
        subject_id=enterprise_id,
        action=action,
        reason=reason,
        taken_by=taken_by,
        checked_by=checked_by,
        now=now,
    )
    line_count = loan_count = 0
    if action is Action.COLLECT:
        loan_count = _flag_loans(
            enterprise_id, reason, (taken_by, checked_by), business_date=business_date, now=now
        )
    else:
        line_count = _each_line(enterprise_id, _line_act(action, factor, business_date, now))
    text = f"{action.value}: {reason}"
    cases.note_case(case_id=case_id, text=text, written_by=taken_by, now=now)
    return ActionTaken(action.value, line_count, loan_count)


@in_transaction
def propose_action(
    *, case_id: UUID, action: Action, factor: Decimal | None, reason: str, proposed_by: str, now: datetime
) -> None:
    """Propose to freeze, cut or hand over, by the person who has the warning's case; another person signs.

    Nothing happens to the lines before. A newer proposal replaces the one that waits.
    """
    _open_warning(case_id)
    _require_factor(action, factor)
    if action not in OUTCOME:
        raise ActionNotProposed(action=action.value)
    act = {"action": action.value, "factor": str(factor) if action is Action.CUT else None}
    cases.propose_act(case_id=case_id, act=act, reason=reason, proposed_by=proposed_by, now=now)


@in_transaction
def sign_action(
    *, case_id: UUID, proposal_id: UUID, signed_by: str, business_date: date, now: datetime
) -> ActionTaken:
    """Sign what another person proposed: it is done, and the case is settled by it.

    Refuses the person who proposed, a proposal that waits no longer, and an act that would change nothing.
    """
    proposal = cases.require_proposal(case_id=case_id, proposal_id=proposal_id)
    action, factor = Action(proposal.act["action"]), proposal.act["factor"]
    done = act_on_warning(
        case_id=case_id,
        action=action,
        reason=proposal.reason,
        taken_by=proposal.proposed_by,
        checked_by=signed_by,
        factor=None if factor is None else Decimal(factor),
        business_date=business_date,
        now=now,
    )
    if done.line_count + done.loan_count == 0:
        raise NothingToAct(action=action.value)
    cases.settle_case(
        kind=CaseKind.WARNING,
        subject=_open_warning(case_id).subject,
        outcome=OUTCOME[action],
        reason=proposal.reason,
        settled_by=signed_by,
        now=now,
    )
    return done


def _open_warning(case_id: UUID) -> CaseView:
    case = get_case(case_id).case
    if case.kind != CaseKind.WARNING or case.closed_at is not None:
        raise NotAWarning(case=case.public_id)
    return case


def _require_factor(action: Action, factor: Decimal | None) -> None:
    if action is Action.CUT and (factor is None or not factor.is_finite() or not 0 < factor < 1):
        raise FactorInvalid(factor=str(factor)[:40])


def _line_act(
    action: Action, factor: Decimal | None, business_date: date, now: datetime
) -> Callable[[LineView], bool]:
    def review_one(line: LineView) -> bool:
        review.review_line(line_id=line.id, now=now, business_date=business_date)
        return True

    def freeze_one(line: LineView) -> bool:
        if line.status != "active":
            return False
        lines.freeze(line_id=line.id, reason=WARNED, now=now)
        return True

    def cut_one(line: LineView) -> bool:
        before = line.target_limit or line.limit
        wanted = Money(max(1, round_minor((factor or Decimal(1)) * before.minor, Rounding.DOWN)))
        move_line(line_id=line.id, limit=wanted, reason_code=WARNED, now=now, business_date=business_date)
        return True

    return {Action.REVIEW: review_one, Action.FREEZE: freeze_one, Action.CUT: cut_one}[action]


def _each_line(enterprise_id: UUID, act: Callable[[LineView], bool]) -> int:
    """Act on each of a borrower's open lines, locked in the order of their ids; return how many moved."""
    found = lines_page(enterprise_id=enterprise_id, limit=1000)
    open_ids = sorted(line.id for line in found if line.status != "closed")
    return sum(act(lines.lock_line(line_id=line_id)) for line_id in open_ids)


def _flag_loans(
    enterprise_id: UUID, reason: str, people: tuple[str, str], *, business_date: date, now: datetime
) -> int:
    loans = [loan for loan in loans_page(enterprise_id=enterprise_id, limit=1000) if loan.status == "active"]
    for loan in sorted(loans, key=lambda loan: loan.id):
        flag_exposure(
            exposure_id=loan.id,
            debtor_id=enterprise_id,
            flag="has_early_warning",
            value=True,
            reason=reason,
            maker=people[0],
            checker=people[1],
            on_date=business_date,
            now=now,
        )
    return len(loans)
