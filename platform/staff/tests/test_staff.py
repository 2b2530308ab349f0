"""People, roles and what each may do."""

import pytest

from staff.models import StaffMember
from staff.operations import MemberExists, RolesInvalid, add_member, deactivate_member, seed_team
from staff.queries import MemberUnknown, get_member, members
from staff.roles import CAPABILITIES, Role, capabilities_of
from testkit.banks import TEAM_PASSWORD
from testkit.clock import NOON


def test_the_first_team_has_every_role_and_two_who_can_sign_a_strategy(qinglan: str) -> None:
    team = members()
    assert {role for member in team for role in member.roles} == set(Role.values)
    assert sum("strategy.sign" in member.capabilities for member in team) >= 2


def test_who_drafts_a_product_can_be_somebody_else_than_who_publishes_it(qinglan: str) -> None:
    drafters = {member.email for member in members() if "product.draft" in member.capabilities}
    publishers = {member.email for member in members() if "product.publish" in member.capabilities}
    assert drafters
    assert publishers - drafters


def test_nobody_who_reads_for_the_auditor_can_change_anything() -> None:
    changing = {
        "product.draft",
        "product.publish",
        "strategy.sign",
        "period.close",
        "receipt.record",
        "staff.manage",
    }
    assert not CAPABILITIES[Role.AUDITOR] & changing


def test_the_it_administrator_cannot_approve_credit() -> None:
    assert not any(
        name.startswith(("application.", "strategy.", "product.")) for name in CAPABILITIES[Role.IT_ADMIN]
    )


def test_several_roles_add_up() -> None:
    both = capabilities_of(["accountant", "auditor"])
    assert both == CAPABILITIES[Role.ACCOUNTANT] | CAPABILITIES[Role.AUDITOR]
    assert capabilities_of([]) == frozenset()


def test_adding_a_person(qinglan: str) -> None:
    view = add_member(
        email="New@Qinglan.example", name="新人", roles=["credit_officer"], password=TEAM_PASSWORD, now=NOON
    )
    assert view == get_member("new@qinglan.example")
    assert "application.review" in view.capabilities
    person = StaffMember.objects.get(id=view.id)
    assert person.check_password(TEAM_PASSWORD)
    assert person.can("application.review")
    assert not person.can("product.publish")


def test_somebody_without_a_password_cannot_sign_in(qinglan: str) -> None:
    view = add_member(email="x@qinglan.example", name="x", roles=["auditor"], password=None, now=NOON)
    assert not StaffMember.objects.get(id=view.id).has_usable_password()


@pytest.mark.parametrize("roles", [[], ["operator"], ["auditor", "root"]])
def test_roles_that_are_none_are_refused(qinglan: str, roles: list[str]) -> None:
    before = StaffMember.objects.count()
    with pytest.raises(RolesInvalid):
        add_member(email="x@qinglan.example", name="x", roles=roles, password=None, now=NOON)
    assert StaffMember.objects.count() == before


def test_an_address_is_one_persons(qinglan: str) -> None:
    before = StaffMember.objects.count()
    with pytest.raises(MemberExists):
        add_member(email="IT@qinglan.example", name="x", roles=["auditor"], password=None, now=NOON)
    assert StaffMember.objects.count() == before


def test_somebody_who_left_may_do_nothing(qinglan: str) -> None:
    deactivate_member(email="it@qinglan.example")
    assert not get_member("it@qinglan.example").is_active
    assert not StaffMember.objects.get(email="it@qinglan.example").can("staff.view")


@pytest.mark.parametrize("email", ["nobody@qinglan.example", "it@lian.example"])
def test_strangers_are_unknown(qinglan: str, email: str) -> None:
    for ask in (get_member, lambda email: deactivate_member(email=email)):
        with pytest.raises(MemberUnknown):
            ask(email)


def test_seeding_twice_leaves_the_first_team_alone(qinglan: str) -> None:
    hashed = StaffMember.objects.get(email="it@qinglan.example").password
    assert len(seed_team(bank_name="青澜农商银行", password="another password", now=NOON)) == 7
    assert StaffMember.objects.get(email="it@qinglan.example").password == hashed
