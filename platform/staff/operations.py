"""Inviting people and giving them roles."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password

from kernel.refusals import Kind, Refusal
from plumbing.schemas import current_schema
from plumbing.sql import in_transaction
from staff.models import StaffMember
from staff.queries import MemberUnknown, MemberView, member_view
from staff.roles import Role

# One person a role, and a second risk manager because a strategy needs two signatures.
TEAM: Final = (
    ("product", "产品经理", Role.PRODUCT_MANAGER),
    ("risk", "风险经理", Role.RISK_MANAGER),
    ("risk.checker", "风险复核", Role.RISK_MANAGER),
    ("credit", "信贷员", Role.CREDIT_OFFICER),
    ("accounts", "财务会计", Role.ACCOUNTANT),
    ("audit", "审计", Role.AUDITOR),
    ("it", "IT 管理员", Role.IT_ADMIN),
)


class MemberExists(Refusal):
    """Somebody already has this address."""

    code = "staff.member_exists"
    kind = Kind.CONFLICT
    message = "Somebody already has the address {email}."


class RolesInvalid(Refusal):
    """A person needs at least one role, and only roles that exist."""

    code = "staff.roles_invalid"
    kind = Kind.INVALID
    message = "{roles} are not roles of this bank."


@in_transaction
def add_member(
    *,
    email: str,
    name: str,
    roles: Sequence[str],
    password: str | None,
    language: str = "zh-hans",
    now: datetime,
) -> MemberView:
    """Add a person; without a password the person cannot sign in until one is set."""
    if not roles or any(role not in Role.values for role in roles):
        raise RolesInvalid(roles=", ".join(roles) or "-")
    if StaffMember.objects.filter(email__iexact=email).exists():
        raise MemberExists(email=email)
    member = StaffMember.objects.create(
        email=email.lower(),
        name=name,
        roles=list(roles),
        language=language,
        password=make_password(password),
        created_at=now,
    )
    return member_view(member)


@in_transaction
def deactivate_member(*, email: str) -> MemberView:
    """Take a person's access away; the person's acts stay in the audit trail. Raises `MemberUnknown`."""
    member = StaffMember.objects.select_for_update().filter(email__iexact=email).first()
    if member is None:
        raise MemberUnknown(email=email)
    member.is_active = False
    member.save(update_fields=["is_active"])
    return member_view(member)


@in_transaction
def seed_team(*, bank_name: str, password: str, now: datetime) -> tuple[MemberView, ...]:
    """Add one person for each role to a new bank; people who are already there stay as they are.

    Addresses are `<role>@<schema>.example`; `bank_name` is shown beside the role's name.
    """
    domain = f"{current_schema()}.example"
    present = set(StaffMember.objects.values_list("email", flat=True))
    hashed = make_password(password)
    StaffMember.objects.bulk_create(
        StaffMember(
            email=f"{local}@{domain}",
            name=f"{bank_name} {title}",
            roles=[role.value],
            password=hashed,
            created_at=now,
        )
        for local, title, role in TEAM
        if f"{local}@{domain}" not in present
    )
    return tuple(member_view(member) for member in StaffMember.objects.filter(email__endswith=f"@{domain}"))
