"""The audit proves every bank, and says which one does not prove."""

from collections.abc import Iterable

import pytest

from sluice import audit
from sluice.audit import Line


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
