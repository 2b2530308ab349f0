"""Who works here."""

from dataclasses import dataclass
from uuid import UUID

from kernel.refusals import Kind, Refusal
from staff.models import StaffMember


class MemberUnknown(Refusal):
    """Nobody here has this address."""

    code = "staff.member_unknown"
    kind = Kind.NOT_FOUND
    message = "Nobody here has the address {email}."


@dataclass(frozen=True, slots=True)
class MemberView:
    """A person as other rooms see it."""

    id: UUID
    email: str
    name: str
    roles: tuple[str, ...]
    capabilities: frozenset[str]
    language: str
    is_active: bool


def member_view(member: StaffMember) -> MemberView:
    """Return the frozen view of a person."""
    return MemberView(
        member.id,
        member.email,
        member.name,
        tuple(member.roles),
        member.capabilities,
        member.language,
        member.is_active,
    )


def get_member(email: str) -> MemberView:
    """Return the person with this address; raises `MemberUnknown`."""
    member = StaffMember.objects.filter(email__iexact=email).first()
    if member is None:
        raise MemberUnknown(email=email)
    return member_view(member)


def members() -> tuple[MemberView, ...]:
    """Return everybody, by address."""
    return tuple(member_view(member) for member in StaffMember.objects.all())
