"""Reads: interview forms with their answers, and the facts that follow."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.refusals import Kind, Refusal
from risk.cross_checks.interview import outcome_of
from risk.cross_checks.models import InterviewAnswer, InterviewForm
from risk.features.facts import FactValue


class FormNotFound(Refusal):
    """There is no such form."""

    code = "cross_checks.form_not_found"
    kind = Kind.NOT_FOUND
    message = "There is no interview form {form}."


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer."""

    question: str
    answer: str
    figure: Decimal | None
    note: str
    interviewer: str
    place: tuple[Decimal, Decimal] | None
    photos: tuple[str, ...]
    answered_date: date
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class FormView:
    """A form: its questions in order, every answer oldest first, and where the conflicts stand."""

    id: UUID
    subject: str
    questions: tuple[dict[str, Any], ...]
    answers: tuple[AnswerView, ...]
    raised_date: date
    explained: int
    unexplained: int
    unanswered: int

    @property
    def counting(self) -> dict[str, AnswerView]:
        """The answers that count: the last to each question."""
        return {answer.question: answer for answer in self.answers}


def form_view(row: InterviewForm) -> FormView:
    """Return a form as others see it."""
    answers = tuple(_answer_view(answer) for answer in row.answers.order_by("answered_at", "id"))
    last = {answer.question: answer.answer for answer in answers}
    explained, unexplained, unanswered = outcome_of(row.questions, last)
    return FormView(
        row.id,
        row.subject,
        tuple(row.questions),
        answers,
        row.raised_date,
        explained,
        unexplained,
        unanswered,
    )


def _answer_view(row: InterviewAnswer) -> AnswerView:
    place = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    return AnswerView(
        row.question,
        row.answer,
        row.figure,
        row.note,
        row.interviewer,
        place,
        tuple(row.photos),
        row.answered_date,
        row.answered_at,
    )


def get_form(*, form_id: UUID) -> FormView:
    """Return a form."""
    row = InterviewForm.objects.filter(id=form_id).first()
    if row is None:
        raise FormNotFound(form=form_id)
    return form_view(row)


def last_form(*, subject: str) -> FormView | None:
    """Return the last form raised of a subject."""
    row = InterviewForm.objects.filter(subject=subject).order_by("-created_at", "-id").first()
    return None if row is None else form_view(row)


def interview_facts(*, subject: str, on_date: date) -> dict[str, FactValue]:
    """Return the facts `interview.*` of a subject's last form; none at all where nobody was asked."""
    form = last_form(subject=subject)
    if form is None:
        return {}
    counting = list(form.counting.values())
    last_date = max((answer.answered_date for answer in counting), default=None)
    return {
        "interview.done": form.unanswered == 0,
        "interview.explained": form.explained,
        "interview.unexplained": form.unexplained,
        "interview.unanswered": form.unanswered,
        "interview.photos": len({photo for answer in form.answers for photo in answer.photos}),
        "interview.geotagged": all(answer.place is not None for answer in counting) if counting else None,
        "interview.age_days": None if last_date is None else (on_date - last_date).days,
    }
