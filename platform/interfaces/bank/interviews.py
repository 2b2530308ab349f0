"""The field interview of a referred application: questions raised, answered, and shown on the case (S2-32).

The form is kept of the enterprise, so that the next decision on it reads the answers as `interview.*`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from interfaces.bank.frame import actor_of
from interfaces.door import StaffView, now
from interfaces.pages import FieldInvalid, Form, act
from kernel.ids import public_id
from plumbing.clock.queries import business_date
from risk.cases.queries import CaseFile, get_case
from risk.cases.states import CaseKind, CaseStatus
from risk.cross_checks.interview import Answer
from risk.cross_checks.operations import Place, answer_question, raise_form
from risk.cross_checks.queries import FormView, last_form

_OPEN = (CaseStatus.OPEN, CaseStatus.ASSIGNED)


def interviewed(file: CaseFile) -> str:
    """Return who is visited about a case: the borrower of a referral's decision; empty for other cases."""
    is_referral = file.case.kind == CaseKind.REFERRAL and file.decision is not None
    return file.decision.borrower if is_referral and file.decision is not None else ""


def interview_parts(file: CaseFile) -> dict[str, Any]:
    """Return what the case's page shows of the interview."""
    subject = interviewed(file)
    form = last_form(subject=subject) if subject else None
    counting = {} if form is None else form.counting
    return {
        "interview_of": subject,
        "interview": form,
        "questions": [(one, counting.get(one["code"])) for one in (() if form is None else form.questions)],
        "answers": [answer.value for answer in Answer],
        "may_interview": bool(subject) and file.case.status in _OPEN,
    }


def interview_body(form: FormView | None) -> dict[str, Any] | None:
    """Return a form as JSON."""
    if form is None:
        return None
    return {
        "raised_date": form.raised_date,
        "questions": form.questions,
        "explained": form.explained,
        "unexplained": form.unexplained,
        "unanswered": form.unanswered,
        "answers": [
            {
                "question": one.question,
                "answer": one.answer,
                "figure": one.figure,
                "note": one.note,
                "interviewer": one.interviewer,
                "place": one.place,
                "photos": one.photos,
                "answered_date": one.answered_date,
            }
            for one in form.answers
        ],
    }


class _InterviewAct(StaffView, ABC):
    """What both acts share: they are of a case that waits and has somebody to visit."""

    capability = "case.work"

    def post(self, request: HttpRequest, case_id: UUID) -> HttpResponse:
        """Do it."""
        form, actor = Form(request), actor_of(request)

        def work() -> Mapping[str, Any] | None:
            file = get_case(case_id)
            if not interview_parts(file)["may_interview"]:
                raise FieldInvalid(field="case", given=file.case.public_id)
            return interview_body(self.work(file, form, actor))

        return act(request, work, to=f"/cases/{public_id('cas', case_id)}")

    @abstractmethod
    def work(self, file: CaseFile, form: Form, actor: str) -> FormView:
        """Do it in the open transaction; return the form as it stands then."""


class InterviewRaising(_InterviewAct):
    """Raises the form: what the cross-checks could not settle, and the photographs."""

    def work(self, file: CaseFile, form: Form, actor: str) -> FormView:
        """Raise it; the same questions again are the same form."""
        return raise_form(
            subject=interviewed(file),
            trace=file.stage("cross") or {},
            raised_by=actor,
            business_date=business_date(),
            now=now(),
        )


class InterviewAnswering(_InterviewAct):
    """Writes an answer down, given on the spot."""

    def work(self, file: CaseFile, form: Form, actor: str) -> FormView:
        """Write it; a later answer to the same question counts instead."""
        raised = last_form(subject=interviewed(file))
        if raised is None:
            raise FieldInvalid(field="question", given=form.text("question", "", longest=80)[:40])
        return answer_question(
            form_id=raised.id,
            question=form.text("question", longest=80),
            answer=form.text("answer", longest=20),
            note=form.text("note", longest=2000),
            interviewer=actor,
            business_date=business_date(),
            now=now(),
            figure=_signed(form, "figure"),
            place=_place(form),
            photos=form.text("photos", "", longest=4000).lower().split(),
        )


def _place(form: Form) -> Place | None:
    latitude, longitude = _signed(form, "latitude"), _signed(form, "longitude")
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        raise FieldInvalid(field="place", given=str(latitude if longitude is None else longitude))
    return Place(latitude, longitude)


def _signed(form: Form, name: str) -> Decimal | None:
    """Return a decimal of either sign, six decimals at most; None where nothing was typed."""
    text = form.text(name, "", longest=24)
    if not text:
        return None
    try:
        value = Decimal(text)
        return value if value.is_finite() and value == round(value, 6) else _refuse(name, text)
    except ArithmeticError:
        return _refuse(name, text)


def _refuse(name: str, text: str) -> Decimal:
    raise FieldInvalid(field=name, given=text[:40])
