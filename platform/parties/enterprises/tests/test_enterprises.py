"""Introducing enterprises and giving them accounts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction

from kernel.refusals import Refusal
from parties.enterprises import operations, queries
from parties.enterprises.identifiers import AccountNumberInvalid, IdNumberInvalid
from parties.enterprises.models import BankAccount, Enterprise, EnterpriseScene, Person
from parties.enterprises.views import EnterpriseView, PersonDraft
from plumbing.schemas import bank_schema

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
OWNER = PersonDraft("示例店主", "632127199003140005", "13800001234")
CARD = "6222000000000009"


def noodle_shop(**changes: Any) -> EnterpriseView:
    particulars = {
        "scene_id": uuid4(),
        "external_id": "shop-1",
        "legal_name": "示例拉面馆",
        "registration_no": "92331002MA00000QX0",
        "industry": "H6210",
        "area_code": "331002",
        "opened_date": date(2021, 3, 1),
        "representative": OWNER,
        "now": NOW,
    }
    return operations.register_enterprise(**{**particulars, **changes})


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Enterprise, Person, EnterpriseScene, BankAccount))


def test_an_enterprise_is_introduced_and_masked(qinglan: str) -> None:
    view = noodle_shop()
    assert (view.kind, view.external_id, view.registration_no) == (
        "individual",
        "shop-1",
        "92331002MA00000QX0",
    )
    assert view.representative.id_number_masked == "632127********0005"
    assert view.representative.phone_masked == "138****1234"
    assert counts() == (1, 1, 1, 0)


def test_the_table_holds_neither_number_in_clear(qinglan: str) -> None:
    view = noodle_shop()
    operations.add_bank_account(
        enterprise_id=view.id, account_number=CARD, bank_name="示例银行", holder_name="示例拉面馆", now=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text || a::text FROM enterprises_person p, enterprises_bankaccount a")
        (row,) = cursor.fetchone()
    for number in (OWNER.id_number, OWNER.phone, CARD):
        assert number not in row


def test_the_same_call_twice_is_one_enterprise(qinglan: str) -> None:
    scene = uuid4()
    assert noodle_shop(scene_id=scene) == noodle_shop(scene_id=scene)
    assert counts() == (1, 1, 1, 0)


def test_another_scene_links_to_the_same_enterprise_and_sees_its_own_id(qinglan: str) -> None:
    first_scene, second_scene = uuid4(), uuid4()
    first = noodle_shop(scene_id=first_scene)
    second = noodle_shop(scene_id=second_scene, external_id="M-77", representative=None)
    assert (second.id, second.external_id) == (first.id, "M-77")
    assert counts() == (1, 1, 2, 0)
    assert set(queries.scenes_of(enterprise_id=first.id)) == {first_scene, second_scene}
    found = queries.get_enterprise(enterprise_id=first.id, scene_id=second_scene)
    assert found.external_id == "M-77"


def test_a_representative_may_come_later(qinglan: str) -> None:
    scene = uuid4()
    shop = noodle_shop(scene_id=scene, representative=None)
    assert shop.representative is None
    assert queries.representative_birth_date(enterprise_id=shop.id) is None
    assert noodle_shop(scene_id=scene).representative.name == "示例店主"
    assert queries.representative_birth_date(enterprise_id=shop.id) == date(1990, 3, 14)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"legal_name": "示例面馆"}, "enterprises.identity_conflict"),
        ({"industry": "F5212"}, "enterprises.identity_conflict"),
        ({"area_code": "331003"}, "enterprises.identity_conflict"),
        ({"opened_date": date(2020, 3, 1)}, "enterprises.identity_conflict"),
        ({"representative": replace(OWNER, name="示例别人")}, "enterprises.identity_conflict"),
        ({"representative": replace(OWNER, phone="13900001234")}, "enterprises.identity_conflict"),
        (
            {"representative": replace(OWNER, id_number="331002199507220004")},
            "enterprises.identity_conflict",
        ),
        ({"external_id": "shop-2"}, "enterprises.already_introduced"),
        ({"registration_no": "91331002MA0000X15M"}, "enterprises.duplicate_external_id"),
        ({"registration_no": "92331002MA00000QX1"}, "enterprises.registration_no_invalid"),
        ({"representative": replace(OWNER, id_number="1")}, "enterprises.id_number_invalid"),
        ({"representative": replace(OWNER, phone="1")}, "enterprises.phone_invalid"),
        ({"legal_name": "  "}, "enterprises.particulars_invalid"),
        ({"external_id": "x" * 101}, "enterprises.particulars_invalid"),
        ({"area_code": "3310"}, "enterprises.area_code_invalid"),
        ({"industry": "noodles"}, "enterprises.industry_invalid"),
        ({"opened_date": date(2026, 11, 3)}, "enterprises.opened_in_future"),
    ],
)
def test_a_refused_introduction_leaves_no_row(qinglan: str, changes: Any, code: str) -> None:
    scene = uuid4()
    noodle_shop(scene_id=scene)
    before = counts()
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        noodle_shop(scene_id=scene, **changes)
    assert refusal.value.code == code
    assert counts() == before


def test_a_scene_does_not_see_what_it_did_not_introduce(qinglan: str) -> None:
    view = noodle_shop()
    with pytest.raises(queries.EnterpriseNotFound):
        queries.get_enterprise(enterprise_id=view.id, scene_id=uuid4())
    with pytest.raises(queries.EnterpriseNotFound):
        queries.get_enterprise(enterprise_id=uuid4(), scene_id=None)
    assert queries.get_enterprise(enterprise_id=view.id, scene_id=None).external_id == ""


def test_pages_and_search(qinglan: str) -> None:
    scene = uuid4()
    shop = noodle_shop(scene_id=scene)
    firm = noodle_shop(
        scene_id=scene, external_id="s2", registration_no="91331002MA0000X15M", legal_name="示例食品有限公司"
    )
    page = queries.enterprises_page(scene_id=scene, limit=1)
    assert ([row.id for row in page.rows], page.next_after) == ([firm.id], firm.id)
    rest = queries.enterprises_page(scene_id=scene, after=page.next_after, limit=1)
    assert ([row.external_id for row in rest.rows], rest.next_after) == (["shop-1"], None)
    assert [row.id for row in queries.enterprises_page(search="拉面").rows] == [shop.id]
    assert [row.id for row in queries.enterprises_page(search="91331002").rows] == [firm.id]
    assert queries.enterprises_page(scene_id=uuid4()).rows == ()


def test_an_account_is_kept_masked_and_paid_in_clear(qinglan: str) -> None:
    shop = noodle_shop()
    given = {"account_number": CARD, "bank_name": "示例银行", "holder_name": "示例拉面馆", "now": NOW}
    account = operations.add_bank_account(enterprise_id=shop.id, **given)
    assert account.account_number_masked == "****0009"
    assert operations.add_bank_account(enterprise_id=shop.id, **given) == account
    assert queries.bank_accounts(enterprise_id=shop.id) == (account,)
    payable = queries.payable_account(bank_account_id=account.id, enterprise_id=shop.id)
    assert payable.account_number == CARD
    with pytest.raises(queries.BankAccountNotFound):
        queries.get_bank_account(bank_account_id=account.id, enterprise_id=uuid4())
    with pytest.raises(operations.IdentityConflict):
        operations.add_bank_account(enterprise_id=shop.id, **{**given, "holder_name": "示例别人"})


def test_a_refused_account_leaves_no_row(qinglan: str) -> None:
    shop = noodle_shop()
    given = {"bank_name": "示例银行", "holder_name": "示例拉面馆", "now": NOW}
    with pytest.raises(AccountNumberInvalid):
        operations.add_bank_account(enterprise_id=shop.id, account_number="6222000000000008", **given)
    with pytest.raises(queries.EnterpriseNotFound):
        operations.add_bank_account(enterprise_id=uuid4(), account_number=CARD, **given)
    assert counts() == (1, 1, 1, 0)


def test_banks_do_not_share_enterprises(banks: tuple[str, str]) -> None:
    with bank_schema("qinglan"):
        view = noodle_shop()
    with bank_schema("lian"):
        assert counts() == (0, 0, 0, 0)
        with pytest.raises(queries.EnterpriseNotFound):
            queries.get_enterprise(enterprise_id=view.id, scene_id=None)


def test_eight_scenes_at_once_introduce_one_enterprise(committed_qinglan: str) -> None:
    def introduce(number: Any) -> UUID:
        try:
            with bank_schema("qinglan"), transaction.atomic():
                return noodle_shop(external_id=f"shop-{number}").id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(introduce, range(8)))
    assert len(ids) == 1
    assert counts() == (1, 1, 8, 0)


def test_a_wrong_identity_number_is_refused_before_anything_is_written(qinglan: str) -> None:
    with pytest.raises(IdNumberInvalid):
        noodle_shop(representative=replace(OWNER, id_number="632127199003140006"))
    assert counts() == (0, 0, 0, 0)
