"""The audit proves every bank, and says which one does not prove."""

import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from kernel.money import Money
from ledger.balances import operations as balances
from ledger.chart.queries import accounts
from ledger.journal import operations as journal
from ledger.seals import operations as seals
from plumbing.schemas import bank_schema
from sluice import audit
from sluice.audit import Line

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


def test_two_new_banks_prove(banks: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main([]) == 0
    told = capsys.readouterr().out
    assert all(f"({schema})" in told for schema in banks)
    assert "FAILED" not in told
    assert "the books of 2 banks prove" in told


def test_one_bank_is_proved_when_asked_for(
    banks: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.main(["lian"]) == 0
    assert "(qinglan)" not in capsys.readouterr().out


def test_a_bank_that_is_not_there_is_no_proof(banks: tuple[str, str]) -> None:
    assert audit.main(["nobank"]) == 1


@pytest.mark.parametrize("fault", ["broken", "crashed"])
def test_a_broken_invariant_names_its_bank(
    fault: str, banks: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def proof() -> Iterable[Line]:
        if fault == "crashed":
            raise ArithmeticError("cannot be computed")
        return [Line("balances equal the postings", ok=False, detail="1 differs")]

    monkeypatch.setattr(audit, "sub_ledgers", proof)

    assert audit.main(["qinglan"]) == 1

    told = capsys.readouterr().out
    assert "FAILED: the books of qinglan do not prove" in told
    assert told.count("  FAILED ") == 1


def test_one_posting_edited_by_sql_is_named_with_its_bank_and_date(
    banks: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with bank_schema("lian"):
        day = accounts()[0].opened_date
        posted = journal.fund_settlement_account(
            amount=Money(100), booking_date=day, idempotency_key="edited", now=NOON
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                "UPDATE ledger_posting SET amount = 101 WHERE line_no = 1 AND entry_id = %s", [posted.id]
            )
            cursor.execute("SET LOCAL session_replication_role = origin")
    assert audit.main(["lian"]) == 1
    told = capsys.readouterr().out
    assert "FAILED: the books of lian do not prove" in told
    assert f"{day} entry {posted.id}" in told


def test_a_sealed_journal_is_handed_over_with_what_proves_it_offline(
    banks: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with bank_schema("lian"):
        day = accounts()[0].opened_date
        journal.fund_settlement_account(
            amount=Money(100), booking_date=day, idempotency_key="sealed", now=NOON
        )
        balances.fold(now=NOON)
        root = seals.seal_day(business_date=day, now=NOON).root.hex()
    assert audit.main(["--export", str(tmp_path)]) == 0
    assert f"root of {day}: {root}" in capsys.readouterr().out
    assert root in (tmp_path / "lian" / "README.txt").read_text(encoding="utf-8")
    assert "nothing has been sealed yet" in (tmp_path / "qinglan" / "README.txt").read_text(encoding="utf-8")

    def verified() -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-I", "verify_journal.py", "journal.ndjson", "--root", root]
        return subprocess.run(command, cwd=tmp_path / "lian", capture_output=True, text=True, check=False)

    assert (verified().returncode, verified().stdout[:6]) == (0, "intact")
    exported = tmp_path / "lian" / "journal.ndjson"
    text = exported.read_text(encoding="utf-8")
    exported.write_text(text.replace('"amount":"100"', '"amount":"101"', 1), encoding="utf-8")
    assert verified().returncode == 1
    assert "debit 101 1003) was altered" in verified().stdout
