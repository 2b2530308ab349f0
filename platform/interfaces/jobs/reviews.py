"""Reviewing credit lines when new receipts come in (S0-21), also when the job that should have was lost."""

from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from interfaces.door import now
from interfaces.jobs.guarding import guarded
from lending.credit_lines.queries import lines_page
from lending.line_changes.queries import reviews_due
from lending.line_changes.review import end_review, review_line
from plumbing.clock.queries import business_date

LOST_AFTER: Final = timedelta(seconds=20)
GIVEN_UP_AFTER: Final = timedelta(hours=1)  # what fails for an hour needs people, not another try


def review_lines(enterprise_id: UUID) -> int:
    """Review a merchant's open lines, each in its own transaction; return how many moved or were offered."""
    moved, begun_at = 0, now()
    for line in lines_page(enterprise_id=enterprise_id, limit=100):
        if line.status == "closed":
            continue
        with transaction.atomic(durable=True):
            result = review_line(line_id=line.id, now=now(), business_date=business_date())
        moved += result.version is not None or result.proposal is not None
    with transaction.atomic(durable=True):
        end_review(enterprise_id=enterprise_id, begun_at=begun_at)
    return moved


def review_lost() -> int:
    """Review the merchants whose job never came; return how many were found."""
    instant = now()
    lost = reviews_due(from_instant=instant - GIVEN_UP_AFTER, to_instant=instant - LOST_AFTER)
    for enterprise_id in lost:
        guarded("review", str(enterprise_id), partial(review_lines, enterprise_id))
    return len(lost)
