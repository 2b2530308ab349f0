"""Reviewing credit lines when new receipts come in (S0-21)."""

from uuid import UUID

from django.db import transaction

from interfaces.door import now
from lending.credit_lines.queries import lines_page
from lending.line_changes.review import review_line
from plumbing.clock.queries import business_date


def review_lines(enterprise_id: UUID) -> int:
    """Review a merchant's open lines, each in its own transaction; return how many moved or were offered."""
    moved = 0
    for line in lines_page(enterprise_id=enterprise_id, limit=100):
        if line.status == "closed":
            continue
        with transaction.atomic(durable=True):
            result = review_line(line_id=line.id, now=now(), business_date=business_date())
        moved += result.version is not None or result.proposal is not None
    return moved
