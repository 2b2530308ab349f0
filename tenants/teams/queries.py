"""Who is in a scene's team."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet

from kernel.refusals import Kind, Refusal
from tenants.scenes.models import Scene
from tenants.teams.models import TeamMember
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
