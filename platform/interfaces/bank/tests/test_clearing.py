"""The reconciliation page: a file read in, a break owned, proposed by one and approved by another."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from interfaces.jobs import tasks
from interfaces.middleware import BankFromHostMiddleware
from interfaces.tests.portal import HOST, PEOPLE, signed_in
from kernel.money import Money
from ledger.journal.tests.books import counts
from ledger.reconciliation.csv_file import write_csv
from ledger.reconciliation.models import Statement
from ledger.reconciliation.statement import StatementRow
from plumbing.clock.queries import business_date
from plumbing.schemas import bank_schema

PATH = "/accounting/clearing"


@pytest.fixture(scope="module")
def accountant(module_database: str) -> Iterator[Client]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    yield signed_in(HOST, PEOPLE["accounts"])
    BankFromHostMiddleware.forget_hosts()


def upload(client: Client, content: bytes) -> int:
    return client.post(
        f"{PATH}/statements", {"statement": SimpleUploadedFile("rail.csv", content)}
    ).status_code


def test_a_break_goes_from_the_file_to_a_posting_by_two_hands(accountant: Client) -> None:
    script = signed_in(HOST, PEOPLE["accounts"], json=True)
    checker = signed_in(HOST, PEOPLE["risk"], json=True)
    with bank_schema("qinglan"), transaction.atomic():
        today = business_date()
    row = StatementRow(1, "=E1", "", Money.parse("9.00"), today, today)
    content = write_csv(reference="S-1", statement_date=today, rows=[row])
    assert upload(signed_in(HOST, PEOPLE["audit"], json=True), content) == 403
    assert upload(script, b"") == upload(script, b"what") == 400
    assert [upload(script, content), upload(script, content)] == [201, 201]  # the same file is one file
    with bank_schema("qinglan"):
        assert Statement.objects.count() == 1
    assert tasks.reconcile(schema="qinglan", through_date=today.isoformat()) == 1
    [one] = script.get(PATH).json()["breaks"]
    assert (one["code"], one["difference"]["amount"], one["age_days"]) == ("LONG_THEIRS", "9.00", 0)

    def act(client: Client, name: str, **fields: object) -> int:
        return client.post(f"{PATH}/breaks/{one['id']}/{name}", fields).status_code

    assert act(script, "assign", owner="treasury@qinglan.example") == 200
    assert act(script, "propose", account="2241", note="不明来账") == 200
    proposal = script.get(PATH).json()["breaks"][0]["proposal"]
    text = checker.get(PATH, headers={"accept": "text/html"}).content.decode()
    assert "treasury@qinglan.example" in text
    assert "不明来账" in text
    with bank_schema("qinglan"):
        before = counts()
    assert act(script, "approve", proposal=proposal) == 403  # its own proposal
    assert act(checker, "approve", proposal=proposal + 1) == 409  # not what was looked at
    assert act(checker, "propose", account="2241", note="x") == 403  # only decides
    with bank_schema("qinglan"):
        assert counts() == before
    assert act(checker, "reject", note="查") == 200
    assert act(script, "propose", account="2241", note="再议") == 200
    proposal = script.get(PATH).json()["breaks"][0]["proposal"]
    assert act(checker, "approve", proposal=proposal) == 200
    assert script.get(PATH).json() == {"breaks": []}
    assert "rail.csv" in accountant.get(PATH).content.decode()
