"""Who is in a scene's team, and what they did."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kernel.refusals import Kind, Refusal
from tenants.scenes.models import Scene
from tenants.teams.models import TeamAct, TeamMember
from tenants.teams.roles import Role


class MemberUnknown(Refusal):
    """The scene's team has no such person."""

    code = "teams.member_unknown"
    kind = Kind.NOT_FOUND
    message = "There is no such person in the team."


class InvitationInvalid(Refusal):
    """Nobody was invited by this link, or it was used, or it has run out; which is not said."""

    code = "teams.invitation_invalid"
    kind = Kind.NOT_FOUND
    message = "This invitation does not hold any more. Ask for another one."


@dataclass(frozen=True, slots=True)
class MemberView:
    """A person of a scene's team."""

    id: UUID
    scene_id: UUID
    scene_code: str
    email: str
    name: str
    role: str
    is_active: bool
    created_at: datetime
    joined_at: datetime | None
    invitation_ends_at: datetime | None

    @property
    def role_name(self) -> str:
        """The role in the reader's language."""
        return str(Role(self.role).label)


@dataclass(frozen=True, slots=True)
class ActView:
    """Something a person did: who, what, to which thing, where, from where, and whether it was refused."""

    position: int
    actor: str
    action: str
    subject: str
    bank: str
    detail: dict[str, Any]
    address: str
    refused_with: str
    recorded_at: datetime


def member_view(member: TeamMember) -> MemberView:
    """Return the frozen view of a person."""
    return MemberView(
        member.id,
        member.scene_id,
        member.scene.code,
        member.email,
        member.name,
        member.role,
        member.is_active,
        member.created_at,
        member.joined_at,
        member.invitation_ends_at,
    )


def team(*, scene_id: UUID) -> tuple[MemberView, ...]:
    """Return the people of a scene's team who were not removed, by address."""
    rows = TeamMember.objects.select_related("scene").filter(scene_id=scene_id, is_active=True)
    return tuple(member_view(row) for row in rows)


def acts(
    *,
    scene_id: UUID,
    actor: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before_position: int | None = None,
    limit: int = 50,
) -> tuple[ActView, ...]:
    """Return what a scene's people did in [`since`, `until`), newest first.

    `actor` is any part of an address, `action` the beginning of an act's name.
    """
    rows = TeamAct.objects.filter(scene_id=scene_id).order_by("-position")
    wanted = {
        "actor__icontains": actor or None,
        "action__startswith": action or None,
        "recorded_at__gte": since,
        "recorded_at__lt": until,
        "position__lt": before_position,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return tuple(ActView(*(getattr(row, name) for name in ActView.__slots__)) for row in rows[:limit])


def invited(*, invitation: str, now: datetime) -> MemberView:
    """Return whom a link invites; raises `InvitationInvalid`."""
    row = holders(invitation=invitation, now=now).first()
    if row is None:
        raise InvitationInvalid
    return member_view(row)


def holders(*, invitation: str, now: datetime) -> QuerySet[TeamMember]:
    """Return the one person whom a link invites, or nobody."""
    rows = TeamMember.objects.select_related("scene").exclude(scene__status=Scene.Status.CLOSED)
    return rows.filter(invitation_sha256=digest(invitation), invitation_ends_at__gt=now, is_active=True)


def digest(invitation: str) -> str:
    """Return what stands for an invitation in the table."""
    return sha256(invitation.encode()).hexdigest()
