"""Inviting people to a scene's team, letting them join, changing their roles; writing down what they do."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password

from kernel.refusals import Kind, Refusal
from plumbing.sql import hold_name, in_transaction
from tenants.scenes.models import Scene
from tenants.scenes.queries import SceneUnknown
from tenants.teams.models import TeamAct, TeamMember
from tenants.teams.queries import (
    InvitationInvalid,
    MemberUnknown,
    MemberView,
    digest,
    holders,
    member_view,
)
from tenants.teams.roles import Role

INVITATION_LIFE: Final = timedelta(days=3)
PASSWORD_LENGTH_MIN: Final = 12
TEAM_MAX: Final = 100


class MemberExists(Refusal):
    """Somebody with this address is in the team already."""

    code = "teams.member_exists"
    kind = Kind.CONFLICT
    message = "{email} is in the team already."


class RoleUnknown(Refusal):
    """There is no such role."""

    code = "teams.role_unknown"
    kind = Kind.INVALID
    message = "{role} is not a role of the team."


class PasswordWeak(Refusal):
    """A password is long enough, or it is none."""

    code = "teams.password_weak"
    kind = Kind.INVALID
    message = "A password has at least {minimum} characters."


class LastOwner(Refusal):
    """A team without an owner could let nobody in any more."""

    code = "teams.last_owner"
    kind = Kind.CONFLICT
    message = "The team needs an owner: make somebody else one first."


class TeamFull(Refusal):
    """A team has so many people at most."""

    code = "teams.team_full"
    kind = Kind.CONFLICT
    message = "A team has at most {maximum} people."


@in_transaction
def invite(*, scene_id: UUID, email: str, name: str, role: str, now: datetime) -> tuple[MemberView, str]:
    """Invite somebody; return the person and the invitation, which is shown only this once.

    Inviting somebody who has not joined yet, or was removed, makes a new invitation and ends the one before.
    Raises `MemberExists`, `RoleUnknown`, `SceneUnknown` and `TeamFull`.
    """
    if role not in Role.values:
        raise RoleUnknown(role=role[:40])
    if not Scene.objects.filter(id=scene_id).exists():
        raise SceneUnknown
    hold_name("team", scene_id)
    rows, address = TeamMember.objects.filter(scene_id=scene_id), email.strip().lower()
    known = rows.filter(email=address).first()
    if known is not None and known.is_active and known.joined_at is not None:
        raise MemberExists(email=address[:80])
    if (known is None or not known.is_active) and rows.filter(is_active=True).count() >= TEAM_MAX:
        raise TeamFull(maximum=TEAM_MAX)
    invitation = secrets.token_urlsafe(32)
    person = known or TeamMember(scene_id=scene_id, email=address, created_at=now)
    person.name, person.role, person.is_active, person.joined_at = name, role, True, None
    person.password = make_password(None)
    person.invitation_sha256, person.invitation_ends_at = digest(invitation), now + INVITATION_LIFE
    person.save()
    return member_view(person), invitation


@in_transaction
def join(*, invitation: str, password: str, now: datetime) -> MemberView:
    """Let an invited person in with a password of their own; the invitation is used up.

    Raises `InvitationInvalid` and `PasswordWeak`.
    """
    person = holders(invitation=invitation, now=now).select_for_update(of=("self",)).first()
    if person is None:
        raise InvitationInvalid
    if len(password) < PASSWORD_LENGTH_MIN:
        raise PasswordWeak(minimum=PASSWORD_LENGTH_MIN)
    person.password, person.joined_at = make_password(password), now
    person.invitation_sha256, person.invitation_ends_at = "", None
    person.save()
    return member_view(person)


@in_transaction
def give_role(*, member_id: UUID, scene_id: UUID, role: str) -> MemberView:
    """Let a person do something else in the team; raises `RoleUnknown`, `MemberUnknown`, `LastOwner`."""
    if role not in Role.values:
        raise RoleUnknown(role=role[:40])
    person = _locked(member_id, scene_id)
    if role != Role.OWNER:
        _require_other_owner(person)
    person.role = role
    person.save(update_fields=["role"])
    return member_view(person)


@in_transaction
def remove(*, member_id: UUID, scene_id: UUID) -> MemberView:
    """Take a person out of the team: sessions and invitations end at once.

    Raises `MemberUnknown` and `LastOwner`.
    """
    person = _locked(member_id, scene_id)
    _require_other_owner(person)
    person.is_active, person.invitation_sha256, person.invitation_ends_at = False, "", None
    person.password = make_password(None)
    person.save()
    return member_view(person)


@in_transaction
def record_act(
    *,
    scene_id: UUID,
    actor: str,
    action: str,
    subject: str = "",
    bank: str = "",
    detail: Mapping[str, object] | None = None,
    address: str = "",
    refused_with: str = "",
    now: datetime,
) -> None:
    """Write down what somebody did; the row is never changed again."""
    TeamAct.objects.create(
        scene_id=scene_id,
        actor=actor[:254],
        action=action,
        subject=subject[:200],
        bank=bank,
        detail=dict(detail or {}),
        address=address[:45],
        refused_with=refused_with[:60],
        recorded_at=now,
    )


def _locked(member_id: UUID, scene_id: UUID) -> TeamMember:
    hold_name("team", scene_id)
    rows = TeamMember.objects.select_for_update(of=("self",)).select_related("scene")
    person: TeamMember | None = rows.filter(id=member_id, scene_id=scene_id, is_active=True).first()
    if person is None:
        raise MemberUnknown
    return person


def _require_other_owner(person: TeamMember) -> None:
    if person.role != Role.OWNER or person.joined_at is None:
        return
    owners = TeamMember.objects.filter(
        scene_id=person.scene_id, role=Role.OWNER, is_active=True, joined_at__isnull=False
    )
    if not owners.exclude(id=person.id).exists():
        raise LastOwner
