"""Verbs: raise an interview form, answer it, finance an invoice once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from kernel.refusals import Kind, Refusal
from plumbing.sql import in_transaction
from risk.cross_checks.authenticity import Invoice
from risk.cross_checks.interview import Answer, questions_for
from risk.cross_checks.models import FinancedInvoice, InterviewAnswer, InterviewForm
from risk.cross_checks.queries import FormNotFound, FormView, form_view

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_FIGURE_LESS_THAN: Final = 10**18  # what the column keeps before the point


class AnswerInvalid(Refusal):
    """The answer is to no question of the form, or not of its shape."""

    code = "cross_checks.answer_invalid"
    kind = Kind.INVALID
    message = "The {field} of this answer cannot be used."


class InvoiceFinanced(Refusal):
    """One invoice is financed once, through whichever scene it comes (S2-38)."""

    code = "cross_checks.invoice_financed"
    kind = Kind.CONFLICT
    message = "This invoice was financed on {financed_date} already."


class InvoiceInvalid(Refusal):
    """An invoice has a number, two parties and an amount."""

    code = "cross_checks.invoice_invalid"
    kind = Kind.INVALID
    message = "The {field} of this invoice cannot be used."


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer was given, in degrees, to six decimals."""

    latitude: Decimal
    longitude: Decimal

    @property
    def is_on_earth(self) -> bool:
        """Whether there is such a place."""
        return abs(self.latitude) <= 90 and abs(self.longitude) <= 180


@in_transaction
def raise_form(
    *, subject: str, trace: Mapping[str, Any], raised_by: str, business_date: date, now: datetime
) -> FormView:
    """Write the form that a cross stage's trace raises; the same questions again are the same form."""
    questions = [question.as_json() for question in questions_for(trace)]
    last = InterviewForm.objects.filter(subject=subject).order_by("-created_at", "-id").first()
    if last is not None and last.questions == questions:
        return form_view(last)
    row = InterviewForm.objects.create(
        subject=subject, questions=questions, raised_by=raised_by, raised_date=business_date, created_at=now
    )
    return form_view(row)


@in_transaction
def answer_question(
    *,
    form_id: UUID,
    question: str,
    answer: str,
    note: str,
    interviewer: str,
    business_date: date,
    now: datetime,
    figure: Decimal | None = None,
    place: Place | None = None,
    photos: Sequence[str] = (),
) -> FormView:
    """Write an answer down; a later one counts instead, and both stay.

    A correction states the right figure; photographs are named by their SHA-256.
    """
    row = InterviewForm.objects.select_for_update().filter(id=form_id).first()
    if row is None:
        raise FormNotFound(form=form_id)
    asked = {asked["code"] for asked in row.questions}
    corrects = answer == Answer.CORRECTED
    for field, wrong in {
        "question": question not in asked,
        "answer": answer not in set(Answer),
        "figure": corrects != (figure is not None)
        or (figure is not None and not (figure.is_finite() and abs(figure) < _FIGURE_LESS_THAN)),
        "interviewer": not interviewer,
        "place": place is not None and not place.is_on_earth,
        "photos": any(not _DIGEST.fullmatch(photo) for photo in photos),
    }.items():
        if wrong:
            raise AnswerInvalid(field=field)
    InterviewAnswer.objects.create(
        form=row,
        question=question,
        answer=answer,
        figure=figure,
        note=note,
        interviewer=interviewer,
        latitude=None if place is None else place.latitude,
        longitude=None if place is None else place.longitude,
        photos=list(photos),
        answered_date=business_date,
        answered_at=now,
    )
    return form_view(row)


@in_transaction
def finance_invoice(*, invoice: Invoice, subject: str, business_date: date, now: datetime) -> str:
    """Enter an invoice into the bank's register and return its digest; one that is there is refused.

    Of two callers at once the second waits for the first, and is refused.
    """
    for field, wrong in {
        "number": not invoice.number.strip(),
        "seller": not invoice.seller.strip(),
        "buyer": not invoice.buyer.strip(),
        "amount": invoice.amount.minor <= 0,
        "date": invoice.issued_date > business_date,
    }.items():
        if wrong:
            raise InvoiceInvalid(field=field)
    row = FinancedInvoice(
        digest=invoice.digest(),
        subject=subject,
        amount=invoice.amount,
        financed_date=business_date,
        recorded_at=now,
    )
    FinancedInvoice.objects.bulk_create([row], ignore_conflicts=True)  # waits for a rival transaction
    kept = FinancedInvoice.objects.get(digest=row.digest)
    if kept.id != row.id:
        raise InvoiceFinanced(financed_date=kept.financed_date)
    return row.digest
