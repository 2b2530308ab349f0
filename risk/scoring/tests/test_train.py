import gzip
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk.scoring.binning import bin_numbers, bin_values
from risk.scoring.metrics import area_under_curve, quality
from risk.scoring.model_card import model_card
from risk.scoring.sba import (
    KEPT_COLUMNS,
    REFUSED,
    USED,
    ColumnRefused,
    Loan,
    read_loans,
    refuse_columns,
    trim,
)
from risk.scoring.train import HERE, LeakSuspected, SignWrong, card_text, fit, main, train

DATA = HERE / "data" / "sba_trimmed.csv.gz"


@pytest.fixture(scope="module")
def loans() -> list[Loan]:
    return read_loans(DATA)


@pytest.fixture(scope="module")
def trained(loans: list[Loan]) -> dict[str, Any]:
    return train(loans)


def test_training_again_gives_the_committed_card_to_the_byte(trained: dict[str, Any]) -> None:
    document = trained
    assert card_text(document) == (HERE / "cards" / "sba_card_v1.json").read_text(encoding="utf-8")
    assert model_card(document) == (HERE / "cards" / "sba_card_v1.md").read_text(encoding="utf-8")


def test_the_command_writes_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card, report = tmp_path / "card.json", tmp_path / "card.md"

    assert main(["--data", str(DATA), "--out", str(card), "--report", str(report)]) == 0

    assert card.read_bytes() == (HERE / "cards" / "sba_card_v1.json").read_bytes()
    assert "out_of_time_2004_09" in capsys.readouterr().out
    assert report.read_text(encoding="utf-8").startswith("# sba_card_v1")


def test_out_of_time_it_ranks_as_well_as_an_honest_card_can(trained: dict[str, Any]) -> None:
    """The anchor without leaks is an AUC of .666; figures near .98 elsewhere sit on `Term`."""
    figures = trained["figures"]["out_of_time_2004_09"]

    assert 0.666 <= float(figures["auc"]) <= 0.75
    assert float(figures["ks"]) >= 0.25


@pytest.mark.parametrize("column", [*REFUSED, "Anything"])
def test_columns_that_leak_or_do_not_transfer_are_refused(column: str, loans: list[Loan]) -> None:
    with pytest.raises(ColumnRefused, match=column):
        train(loans, columns=(*USED, column))


def test_every_kept_column_is_used_or_refused() -> None:
    refuse_columns(USED)
    assert set(KEPT_COLUMNS) <= set(USED) | set(REFUSED)
    assert not set(USED) & set(REFUSED)


def test_term_under_another_name_is_still_refused(loans: list[Loan]) -> None:
    """Planted: what Term does (odd months when the loan failed) behind an innocent fact's name."""
    planted = [
        replace(
            loan, facts={**loan.facts, "enterprise.area_kind": "odd" if loan.bad and at % 10 else "whole"}
        )
        for at, loan in enumerate(loans)
    ]

    with pytest.raises(LeakSuspected, match=r"enterprise\.area_kind"):
        train(planted)


def test_a_characteristic_that_pulls_the_wrong_way_is_refused() -> None:
    """Alone, area_ok looks safe; beside revolving, which it follows, it is not."""
    cells = {
        (False, False): (900, 270),
        (False, True): (100, 40),
        (True, False): (100, 5),
        (True, True): (900, 90),
    }
    loans = [
        Loan(
            date(2004, 1, 1),
            {"application.revolving": revolving, "enterprise.area_ok": area},
            None,
            at < bads,
        )
        for (revolving, area), (count, bads) in cells.items()
        for at in range(count)
    ]

    assert fit(loans, ["enterprise.area_ok"]).card.characteristics[0].best > 0
    with pytest.raises(SignWrong, match="area_ok"):
        fit(loans, ["application.revolving", "enterprise.area_ok"])


def test_the_trimmed_copy_holds_no_names_and_is_small() -> None:
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        head = lines.readline().strip()
    assert head == ",".join(KEPT_COLUMNS)
    assert DATA.stat().st_size < 400_000


def test_trimming_keeps_only_what_is_listed(tmp_path: Path) -> None:
    source, target = tmp_path / "full.csv.gz", tmp_path / "trimmed.csv.gz"
    with gzip.open(source, "wt", encoding="utf-8") as full:
        full.write(
            "Name,State,BankState,ApprovalDate,NAICS,NoEmp,NewExist,UrbanRural,RevLineCr,Term,MIS_Status\n"
        )
        full.write('"A, B",IN,OH,2/28/2004,451120,4,2,1,Y,84,P I F\n')
        full.write("C,IN,IN,3/1/2004,722410,0,1,0,T,61,CHGOFF\n")
        full.write("D,IN,,3/1/2004,722410,2,1,2,N,61,\n")

    assert trim(source, target) == 2

    with gzip.open(target, "rt", encoding="utf-8") as lines:
        text = lines.read()
    assert "451120" not in text
    assert text.splitlines()[1] == "2/28/2004,45,4,2,1,Y,N,P I F"
    first, second = read_loans(target)
    assert first.facts == {
        "enterprise.employees": 4,
        "enterprise.industry_sector": "retail",
        "enterprise.area_kind": "urban",
        "application.revolving": True,
        "enterprise.area_ok": False,
    }
    assert (second.bad, second.facts["application.revolving"], second.facts["enterprise.employees"]) == (
        True,
        None,
        None,
    )
    assert read_loans(source) == [first, second]


def test_bins_of_numbers_are_monotone_and_cover_everything() -> None:
    values = [value for value in range(1, 11) for _ in range(100)]
    bad = [at % 10 < (5 - value // 3 + (2 if value == 5 else 0)) for at, value in enumerate(values)]

    binning = bin_numbers("x", values, bad, falling=True)

    rates = [group.bad / (group.good + group.bad) for group in binning.groups]
    assert rates == sorted(rates, reverse=True)
    assert len(set(rates)) == len(rates) > 1
    assert sum(group.good + group.bad for group in binning.groups) == len(values)
    assert binning.groups[-1].up_to is None
    assert binning.weight(None) == 0.0


def test_unknown_never_helps() -> None:
    values = ["a"] * 400 + [None] * 400
    bad = [at % 2 == 0 for at in range(400)] + [False] * 400

    assert bin_values("x", values, bad).unknown_weight == 0.0
    assert bin_values("x", values, [not gone for gone in bad]).unknown_weight > 0


def test_rare_values_have_no_bin_of_their_own() -> None:
    binning = bin_values("x", ["a"] * 500 + ["b"] * 99, [at % 3 == 0 for at in range(599)])

    assert [group.values for group in binning.groups] == [("a",)]
    assert binning.unknown_rows == 99


def test_figures_of_known_answers() -> None:
    assert area_under_curve([1, 2, 3, 4], [False, False, True, True]) == 1.0
    assert area_under_curve([1, 1, 1, 1], [False, True, False, True]) == 0.5
    perfect = quality([1, 2, 3, 4], [False, False, True, True], [0.0, 0.0, 1.0, 1.0])
    assert (perfect.auc, perfect.ks, perfect.brier, perfect.ece) == (1.0, 1.0, 0.0, 0.0)
    assert quality([1] * 400, [True, False, False, False] * 100, [0.5] * 400).ece == 0.25
