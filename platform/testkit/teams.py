"""People in a scene's team, by the real invitation: for tests that sign in to the scenes' portal."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from plumbing.schemas import public_schema
from tenants.teams import operations as teams
from tenants.teams.queries import MemberView
from testkit.banks import TEAM_PASSWORD
from testkit.clock import NOON


def add_person(scene_id: UUID, role: str, *, scene: str = "scene", now: datetime = NOON) -> MemberView:
    """Invite somebody to a scene's team and let the person join; the address is `<role>@<scene>.example`."""
    with public_schema(), transaction.atomic():
        _, invitation = teams.invite(
            scene_id=scene_id, email=f"{role}@{scene}.example", name=role.title(), role=role, now=now
        )
        return teams.join(invitation=invitation, password=TEAM_PASSWORD, now=now)
