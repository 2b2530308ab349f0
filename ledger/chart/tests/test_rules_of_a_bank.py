from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel.money import Money
from ledger.chart import operations as chart
from ledger.chart.composing import RuleInvalid, RuleMissing, rule_set
from ledger.chart.lines import Line
from ledger.chart.models import AccountRole, PostingRule, PostingRuleLine, ReferenceProduct
from ledger.chart.posting_rules import RuleOrder, adopt_rules, compose, rule_versions, rules_of
from ledger.chart.queries import AccountUnknown, RoleUnmapped, account_of, accounts_of
from ledger.chart.roles import DEFAULT_MAP, Role

DAY = date(2026, 11, 10)
NEXT_YEAR = date(2027, 1, 1)
TEN = {"principal": Money(1000)}
GROWING = (AccountRole, PostingRule, PostingRuleLine, ReferenceProduct)


def counts() -> list[int]:
    return [model.objects.count() for model in GROWING]


def test_a_new_bank_has_every_role_and_rule(qinglan: str) -> None:
    assert {role: account_of(role, on_date=DAY) for role in Role} == DEFAULT_MAP
    assert compose("loan.drawn", TEN, on_date=DAY) == (
        Line.debit("1303.01", Money(1000)),
        Line.credit("3001", Money(1000)),
    )
    assert {row.version for row in rule_versions()} == {1}
    before = counts()
    assert chart.seed_chart(opened_date=NEXT_YEAR) == 0
    assert counts() == before


def test_a_role_changes_hands_from_a_date_and_reports_know_both(qinglan: str) -> None:
    chart.map_role(role=Role.COLLECTION_CLEARING, account="3001", effective_date=NEXT_YEAR)
    assert account_of(Role.COLLECTION_CLEARING, on_date=NEXT_YEAR - timedelta(days=1)) == "1003"
    assert account_of(Role.COLLECTION_CLEARING, on_date=NEXT_YEAR) == "3001"
    assert accounts_of(Role.COLLECTION_CLEARING) == ("1003", "3001")
    before = counts()
    chart.map_role(role=Role.COLLECTION_CLEARING, account="3001", effective_date=NEXT_YEAR)
    for account, effective_date, refusal in (
        ("1003", NEXT_YEAR, chart.RoleOrder),
        ("1003", DAY, chart.RoleOrder),
        ("6021", NEXT_YEAR + timedelta(days=1), chart.RoleNature),
        ("none", NEXT_YEAR + timedelta(days=1), AccountUnknown),
    ):
        with pytest.raises(refusal):
            chart.map_role(role=Role.COLLECTION_CLEARING, account=account, effective_date=effective_date)
    assert counts() == before


def test_a_role_nobody_plays_yet_is_refused(qinglan: str) -> None:
    with pytest.raises(RoleUnmapped):
        account_of(Role.LOANS, on_date=date(2020, 1, 1))
    with pytest.raises(RuleMissing):
        compose("loan.drawn", TEN, on_date=date(2020, 1, 1))
    with pytest.raises(RuleMissing):
        compose("loan.dreamt", TEN, on_date=DAY)


def test_rules_change_from_a_date_on(qinglan: str) -> None:
    own = rule_set("loan.drawn", "Dr A1 principal", "Cr L9 principal")
    assert adopt_rules(rule_sets=[own], effective_date=NEXT_YEAR, adopted_by="ann") == ("loan.drawn",)
    assert compose("loan.drawn", TEN, on_date=DAY)[1].account == "3001"
    assert compose("loan.drawn", TEN, on_date=NEXT_YEAR)[1].account == "2011"
    before = counts()
    assert adopt_rules(rule_sets=[own], effective_date=NEXT_YEAR, adopted_by="ann") == ()
    back = rules_of("loan.drawn", on_date=DAY)
    for rules, effective_date, refusal in (
        (back, DAY, RuleOrder),
        (rule_set("loan.drawn", "Dr A1 principal", "Cr L9 amount"), NEXT_YEAR, RuleInvalid),
    ):
        with pytest.raises(refusal):
            adopt_rules(rule_sets=[rules], effective_date=effective_date, adopted_by="ann")
    assert counts() == before


def test_a_transaction_reads_its_map_and_rules_once(qinglan: str) -> None:
    with transaction.atomic():
        compose("loan.drawn", TEN, on_date=DAY)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            compose("loan.drawn", TEN, on_date=DAY)
    assert len(asked) == 0
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        chart.map_role(role=Role.LOANS, account="1303.04", effective_date=NEXT_YEAR)
        assert account_of(Role.LOANS, on_date=NEXT_YEAR) == "1303.04"
        1 / 0  # noqa: B018
    assert account_of(Role.LOANS, on_date=NEXT_YEAR) == "1303.01"


def test_a_reference_belongs_to_one_product(qinglan: str) -> None:
    assert chart.tag_references(products={"lon_1": "revolving", "lon_2": "term"}) == 2
    assert chart.tag_references(products={"lon_1": "revolving"}) == 0
    before = counts()
    with pytest.raises(chart.ReferenceTagged):
        chart.tag_references(products={"lon_3": "term", "lon_1": "term"})
    assert counts() == before


def test_the_database_keeps_what_was_adopted(qinglan: str) -> None:
    chart.tag_references(products={"lon_1": "revolving"})
    for model in GROWING:
        table = model._meta.db_table
        refused = pytest.raises(IntegrityError, match="may only grow")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
