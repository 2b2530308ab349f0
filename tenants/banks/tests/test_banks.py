"""The register of banks: names, hosts, the steps of a creation, suspension."""

import pytest
from django.db import IntegrityError, transaction

from kernel.money import Money
from tenants.banks import operations
from tenants.banks.models import Bank, BankMigration, Domain
from tenants.banks.operations import BankNotReady, HostTaken
from tenants.banks.queries import BankUnknown, bank_at, banks, get_bank, hosts, ready_schemas, setup_steps
from testkit.clock import NOON, after

pytestmark = pytest.mark.usefixtures("banks")


def register(schema: str = "third", host: str = "third.localhost") -> None:
    operations.register_bank(
        schema=schema,
        name_zh="示例村镇银行",
        name_en="Third Bank",
        kind="rural_commercial",
        area_prefixes=["3301"],
        tier1_capital=Money.parse("900000000.00"),
        brand={},
        hosts=[host],
        now=NOON,
    )


def test_the_two_banks() -> None:
    lian, qinglan = banks()
    assert (qinglan.name("zh-hans"), qinglan.name("en")) == ("青澜农商银行", "Qinglan Rural Commercial Bank")
    assert qinglan.tier1_capital == Money.parse("2400000000.00")
    assert (qinglan.kind, lian.kind) == ("rural_commercial", "city_commercial")
    assert (qinglan.area_prefixes, lian.area_prefixes) == (("3310",), ("4503",))
    assert ready_schemas() == ("lian", "qinglan")
    assert bank_at("qinglan.localhost") == qinglan
    assert bank_at("nobody.localhost") is None
    assert get_bank(bank_id=lian.id) == lian


def test_a_bank_that_is_not_there() -> None:
    with pytest.raises(BankUnknown):
        get_bank(schema_name="third")
    with pytest.raises(BankUnknown):
        operations.suspend_bank(schema="third")


def test_a_registered_bank_is_not_ready_until_every_step_is_done() -> None:
    register()
    assert get_bank(schema_name="third").status == "creating"
    assert "third" not in ready_schemas()
    with pytest.raises(BankNotReady):
        operations.mark_ready(schema="third", now=NOON)
    assert operations.plan_setup(schema="third", names=["schema", "people"]) == frozenset()
    operations.begin_step(schema="third", name="schema", now=NOON)
    operations.finish_step(schema="third", name="schema", milliseconds=12, now=NOON)
    assert operations.plan_setup(schema="third", names=["schema", "people"]) == {"schema"}
    operations.fail_step(schema="third", name="people", error="Died: people")
    assert [(step.name, step.error) for step in setup_steps(schema_name="third")] == [
        ("schema", ""),
        ("people", "Died: people"),
    ]
    with pytest.raises(BankNotReady):
        operations.mark_ready(schema="third", now=NOON)
    with pytest.raises(BankNotReady):
        operations.suspend_bank(schema="third")
    assert get_bank(schema_name="third").ready_at is None
    operations.finish_step(schema="third", name="people", milliseconds=1, now=NOON)
    assert operations.mark_ready(schema="third", now=NOON).status == "active"
    assert operations.mark_ready(schema="third", now=after(hours=1)).ready_at == NOON


def test_suspending_and_resuming() -> None:
    assert operations.suspend_bank(schema="lian").status == "suspended"
    assert "lian" in ready_schemas()
    assert operations.resume_bank(schema="lian").status == "active"


def test_registering_again_returns_the_bank_and_adds_new_hosts() -> None:
    register()
    register(host="www2.third.localhost")
    assert Bank.objects.filter(schema_name="third").count() == 1
    assert hosts(schema_name="third") == ("www2.third.localhost", "third.localhost")


def test_a_host_of_another_bank_is_refused() -> None:
    before = Bank.objects.count(), Domain.objects.count()
    with pytest.raises(HostTaken), transaction.atomic():
        register(host="qinglan.localhost")
    assert (Bank.objects.count(), Domain.objects.count()) == before


@pytest.mark.parametrize("change", [{"kind": "shop"}, {"status": "gone"}, {"tier1_capital": Money(0)}])
def test_the_table_refuses_what_is_no_bank(change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Bank.objects.filter(schema_name="lian").update(**change)


def test_the_last_migration_of_a_schema_is_noted() -> None:
    for error in ("", "x" * 400):
        operations.record_migration(schema="lian", applied_count=1, milliseconds=7, error=error, now=NOON)
    note = BankMigration.objects.get(schema_name="lian")
    assert (note.milliseconds, len(note.error)) == (7, 300)
