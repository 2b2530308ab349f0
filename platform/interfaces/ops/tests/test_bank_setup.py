"""A bank is created in steps, in under a minute, and a creation that died is finished by the next run."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from interfaces.ops import bank_setup
from interfaces.ops.bank_setup import STEPS, BankOrder, StepDone, create_bank
from interfaces.ops.migrations import MigrationRunning, one_at_a_time
from kernel.money import Money
from ledger.balances.queries import trial_balance
from lending.products.queries import current_product
from plumbing.audit.models import AuditRecord
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema, current_schema, schema_exists
from regulation.models import AdoptedRule
from regulation.queries import calendar, rule
from risk.strategies.queries import strategy_in_force
from staff.models import StaffMember
from staff.queries import members
from tenants.banks.models import Bank, BankSetupStep, Domain
from tenants.banks.operations import BankDiffers, HostTaken, SchemaNameInvalid
from tenants.banks.queries import get_bank, hosts, setup_steps
from tenants.reference.queries import published_rules
from testkit.banks import FIRST_BUSINESS_DATE, TEAM_PASSWORD

ORDER = BankOrder(
    schema="third",
    name_zh="示例村镇银行",
    name_en="Third Bank",
    kind="rural_commercial",
    hosts=("third.localhost", "www2.third.localhost"),
    area_prefixes=("3301",),
    tier1_capital=Money.parse("900000000.00"),
    first_business_date=FIRST_BUSINESS_DATE,
    team_password=TEAM_PASSWORD,
)
NAMES = [name for name, _ in STEPS]


class Died(Exception):
    """The machine went away."""


def contents() -> dict[str, object]:
    """Return what a finished bank has, in comparable form."""
    with bank_schema("third"):
        return {
            "people": sorted((member.email, member.roles) for member in members()),
            "rules": AdoptedRule.objects.count(),
            "signatures": AuditRecord.objects.filter(action="regulation.adopt_pack").count(),
            "product": current_product(code="receipts_revolving", on_date=FIRST_BUSINESS_DATE).version,
            "strategy": strategy_in_force(FIRST_BUSINESS_DATE).sha256,
            "clock": business_date(),
            "accounts": len(trial_balance(as_of_date=FIRST_BUSINESS_DATE).rows),
            "workday": calendar().is_workday(FIRST_BUSINESS_DATE),
        }


def test_the_two_banks_are_ready_and_took_less_than_a_minute(banks: tuple[str, str]) -> None:
    for schema in banks:
        steps = setup_steps(schema_name=schema)
        assert [step.name for step in steps] == NAMES
        assert all(step.finished_at and not step.error for step in steps)
        assert sum(step.milliseconds or 0 for step in steps) < 60_000
        assert get_bank(schema_name=schema).status == "active"
        with bank_schema(schema):
            assert business_date() == FIRST_BUSINESS_DATE
            assert len(members()) == 7
            assert rule("R-11", FIRST_BUSINESS_DATE).parameters["annual_cost_cap"] == "0.240000"
            assert trial_balance(as_of_date=FIRST_BUSINESS_DATE).debits == Money(0)


def test_a_creation_that_died_after_each_step_is_finished_by_the_next_run(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    def dying(step: bank_setup.Step) -> bank_setup.Step:
        """Do the step and die before it is noted, once."""

        def run(order: BankOrder, instant: object) -> None:
            step[1](order, instant)
            if step[0] not in ended:
                ended.append(step[0])
                raise Died(step[0])

        return step[0], run

    monkeypatch.setattr(bank_setup, "STEPS", tuple(dying(step) for step in STEPS))
    for name in NAMES:
        with pytest.raises(Died, match=name):
            create_bank(ORDER)
        assert get_bank(schema_name="third").status == "creating"
        assert current_schema() == "public"
        noted = {step.name: step for step in setup_steps(schema_name="third")}
        assert noted[name].error == f"Died: {name}"
        assert noted[name].finished_at is None
    skipped: list[str] = []
    bank = create_bank(ORDER, progress=lambda step: skipped.append(step.name) if step.skipped else None)
    assert bank.status == "active"
    assert skipped == NAMES[:-1]
    found = contents()
    assert found == {**found, "rules": len(published_rules()), "signatures": 1, "product": 1, "workday": True}
    assert len(found["people"]) == 7  # type: ignore[arg-type]
    assert found["clock"] == FIRST_BUSINESS_DATE


def test_creating_a_bank_again_changes_nothing(fresh_database: str) -> None:
    seen: list[StepDone] = []
    first = create_bank(ORDER, progress=seen.append)
    before = contents()
    assert [step.name for step in seen] == NAMES
    assert not any(step.skipped for step in seen)
    again: list[StepDone] = []
    assert create_bank(ORDER, progress=again.append) == first
    assert all(step.skipped for step in again)
    assert contents() == before
    assert hosts(schema_name="third") == ("third.localhost", "www2.third.localhost")


def counts() -> tuple[int, int, int]:
    return Bank.objects.count(), Domain.objects.count(), BankSetupStep.objects.count()


@pytest.mark.parametrize(
    "schema", ["public", "pg_bank", "Third", "third bank", "x", "t" * 32, 'third";--', "1st"]
)
def test_a_schema_name_that_cannot_be_one_is_refused(banks: tuple[str, str], schema: str) -> None:
    before = counts()
    with pytest.raises(SchemaNameInvalid):
        create_bank(replace(ORDER, schema=schema))
    assert counts() == before
    assert not schema_exists("third")


def test_another_bank_under_the_same_schema_or_host_is_refused(banks: tuple[str, str]) -> None:
    before = counts()
    with pytest.raises(BankDiffers):
        create_bank(replace(ORDER, schema="qinglan"))
    with pytest.raises(HostTaken):
        create_bank(replace(ORDER, hosts=("qinglan.localhost",)))
    assert counts() == before


def test_two_creations_at_once_are_refused(fresh_database: str) -> None:
    name = connection.settings_dict["NAME"]
    other = connection.copy()
    other.settings_dict["NAME"] = name
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended('sluice.migrations', 0))")
        with pytest.raises(MigrationRunning):
            create_bank(ORDER)
        assert not schema_exists("third")
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('sluice.migrations', 0))")
    finally:
        other.close()
    with one_at_a_time():
        assert True


def test_the_command_creates_a_bank_and_says_how_far_it_is(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_TEAM_PASSWORD", TEAM_PASSWORD)
    arguments = [
        "third",
        "--name-zh",
        "示例村镇银行",
        "--name-en",
        "Third Bank",
        "--kind",
        "rural_commercial",
    ]
    arguments += ["--host", "third.localhost", "--area", "3301", "--tier1", "900000000.00"]
    arguments += ["--first-business-date", "2026-11-02"]
    out = StringIO()
    call_command("create_bank", *arguments, stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(NAMES) + 1
    assert lines[0].startswith("[1/7] schema")
    assert lines[-1].startswith("示例村镇银行 is open for business")
    again = StringIO()
    call_command("create_bank", *arguments, stdout=again)
    assert again.getvalue().count("done before") == len(NAMES)
    listed = StringIO()
    call_command("list_banks", stdout=listed)
    assert "third            active     示例村镇银行  third.localhost" in listed.getvalue()


def test_the_command_wants_a_password_that_is_one(
    banks: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLUICE_TEAM_PASSWORD", raising=False)
    arguments = [
        "third",
        "--name-zh",
        "三",
        "--name-en",
        "T",
        "--kind",
        "rural_commercial",
        "--host",
        "t.localhost",
    ]
    arguments += ["--area", "3301", "--tier1", "1.00", "--first-business-date", "2026-11-02"]
    with pytest.raises(CommandError, match="at least 8 characters"):
        call_command("create_bank", *arguments)
    assert not Bank.objects.filter(schema_name="third").exists()


def test_the_team_can_sign_in_and_its_password_is_nowhere_in_plain(qinglan: str) -> None:
    member = StaffMember.objects.get(email="it@qinglan.example")
    assert member.check_password(TEAM_PASSWORD)
    assert TEAM_PASSWORD not in member.password
    assert TEAM_PASSWORD not in repr(ORDER)
