"""Assessing applications: once each, and again when the job that should have done it was lost."""

from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from interfaces.door import now
from interfaces.jobs.guarding import guarded
from interfaces.sandbox_values import FACTS, is_sandbox
from lending.applications import operations as applications
from lending.applications.queries import applications_page
from plumbing.clock.queries import business_date

LOST_AFTER: Final = timedelta(seconds=5)
GIVEN_UP_AFTER: Final = timedelta(hours=1)  # what fails for an hour needs people, not another try


def assess(application_id: UUID) -> str:
    """Assess one application; return its status."""
    with transaction.atomic(durable=True):
        return applications.assess_application(
            application_id=application_id,
            now=now(),
            business_date=business_date(),
            stand_ins=FACTS if is_sandbox() else {},
        ).status


def assess_lost() -> int:
    """Assess the applications whose job never came; return how many were found."""
    instant = now()
    lost = [
        application.id
        for application in applications_page(status="submitted", limit=100)
        if LOST_AFTER <= instant - application.submitted_at <= GIVEN_UP_AFTER
    ]
    for application_id in lost:
        guarded("assess", str(application_id), partial(assess, application_id))
    return len(lost)
