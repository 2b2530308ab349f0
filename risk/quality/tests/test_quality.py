"""The command end to end on small planted folders: recognised by columns, unseen kept out of training."""

import csv
import gzip
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from risk.quality import run, small_firms
from risk.quality.experts import EXPERT, chosen_mix, chosen_signs, expert_score, hashed_folds, parts
from risk.quality.invoices import features, invoices_of, is_sales
from risk.quality.sets import SETS, DataSet, recognise
from risk.quality.small_firms import SIGNS, told
from risk.quality.tables import Table, TableUnreadable, files_in, header_of, read_table
from risk.quality.trial import Material, held_rows
from risk.scoring.challenger import Recipe
from risk.scoring.figures import ranking
from risk.scoring.frame import Frame

HMEQ = ["row", "BAD", "LOAN", "MORTDUE", "VALUE", "REASON", "JOB", "YOJ", "DEROG", "DELINQ", "CLAGE", "NINQ"]
HMEQ += ["CLNO", "DEBTINC"]


def hmeq_rows(first: int, count: int) -> list[list[Any]]:
    dice = np.random.default_rng(first)
    rows = []
    for at in range(first, first + count):
        delinquent, debt = int(dice.integers(0, 4)), round(float(dice.normal(35, 8)), 3)
        bad = int(dice.random() < 1 / (1 + np.exp(3 - delinquent - (debt - 35) / 8)))
        rest = [round(float(x), 2) for x in dice.random(7) * 1000 + 0.005]
        silent = "" if dice.random() < 0.1 else debt
        rows.append([at, bad, *rest[:3], "HomeImp", ["Mgr", "Other"][at % 2], rest[3], 0, delinquent])
        rows[-1] += [*rest[4:], silent]
    return rows


def write(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    small = Recipe(seeds=1, rounds=20, leaves=4, least=10)
    monkeypatch.setattr(run, "SETS", tuple(replace(item, recipe=small) for item in SETS))
    known, unseen = tmp_path / "known", tmp_path / "unseen"
    known.mkdir()
    (unseen / "deeper").mkdir(parents=True)
    write(known / "a.csv.gz", HMEQ, hmeq_rows(0, 500))
    write(unseen / "deeper" / "whatever.txt", HMEQ, hmeq_rows(0, 40) + hmeq_rows(9000, 300))
    return known, unseen


def test_unseen_rows_are_scored_by_models_that_never_saw_them(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known, unseen = folders
    (known / "notes.md").write_text("# not a table\n", encoding="utf-8")
    write(known / "other.csv", ["x", "y"], [[1, 2]])
    target = tmp_path / "figures.json"

    assert run.main(["--data", str(known), "--unseen", str(unseen), "--json", str(target)]) == 0

    found = json.loads(target.read_text(encoding="utf-8"))
    assert found["skipped"] == ["notes.md", "other.csv"]
    assert [(row["scored_on"], row["model"]) for row in found["figures"]] == [
        ("own split, 30 % by hash", "champion"),
        ("own split, 30 % by hash", "challenger"),
        ("unseen whatever.txt", "champion"),
        ("unseen whatever.txt", "challenger"),
    ]
    later = found["figures"][2]
    assert later["rows"] == 300  # the 40 rows trained on are left out
    assert later["auc"] > 0.65
    assert later["auc_low"] <= later["auc"] <= later["auc_high"]
    assert any("40 rows of whatever.txt are in the training files" in text for text in found["said"])
    assert "hmeq" in capsys.readouterr().out


def test_a_missing_column_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.csv", HMEQ[:-1], [row[:-1] for row in hmeq_rows(0, 50)])

    assert run.main(["--data", str(tmp_path)]) == 1

    assert "a.csv looks like the set hmeq and lacks: DEBTINC" in capsys.readouterr().out


def test_outcomes_of_one_kind_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.csv", HMEQ, [[row[0], 0, *row[2:]] for row in hmeq_rows(0, 50)])

    assert run.main(["--data", str(tmp_path)]) == 1

    assert "0 bad and 50 good rows in BAD" in capsys.readouterr().out


def test_files_are_read_by_what_they_hold(tmp_path: Path) -> None:
    write(tmp_path / "packed.gz", ["a", "b"], [["1", "x"]])
    (tmp_path / "packed.gz").rename(tmp_path / "plain.csv")  # gzip under another name
    (tmp_path / "broken.csv").write_text("a,b\n1,2\n3\n", encoding="utf-8")
    (tmp_path / "bytes.bin").write_bytes(b"\xff\xfe\x00")

    assert read_table(tmp_path / "plain.csv").columns["b"].tolist() == ["x"]
    assert header_of(tmp_path / "bytes.bin") == []
    assert [path.name for path in files_in(tmp_path)] == ["broken.csv", "bytes.bin", "plain.csv"]
    with pytest.raises(TableUnreadable, match="line 3"):
        read_table(tmp_path / "broken.csv")


def test_every_set_is_known_by_its_own_columns() -> None:
    for item in SETS:
        found, missing = recognise([*item.needs, "another"])
        assert (found.name if found else None, missing) == (item.name, [])
    assert recognise(["a", "b"]) == (None, [])


def test_protected_columns_reach_no_model() -> None:
    words = ("sex", "marri", "age", "race", "black", "hispan", "white", "male", "foreign", "dependents")
    for item in SETS:
        open_columns = set(item.needs) - set(item.protected) - set(item.withheld) - {item.target}
        named = {name for name in open_columns if name.lower() in words or name.lower().startswith("marri")}
        assert not named, item.name


INVOICE = ["enterprise", "invoice_no", "date", "counterparty", "amount", "tax", "total", "void"]


def invoice_tables(firms: int, months: int) -> tuple[Table, Table]:
    """Firms that invoice weekly; every fifth stops for good at some month, the smaller ones default."""
    dice = np.random.default_rng(11)
    rows: dict[str, list[list[str]]] = {"B": [], "A": []}
    for firm in range(firms):
        stops = int(dice.integers(10, months + 6)) if firm % 5 == 0 else months
        size = float(np.exp(dice.normal(8 if firm % 5 else 6, 0.5)))
        for week in range(int(min(stops, months) * 4.3)):
            day = date(2016, 10, 3) + timedelta(days=7 * week)
            for side in "BA":
                total = round(size * float(dice.random() + 0.5), 2)
                rows[side].append(
                    [
                        f"E{firm}",
                        str(len(rows[side])),
                        day.isoformat(),
                        f"{side}{week % 7}",
                        str(total / 1.1),
                        str(total / 11),
                        str(total),
                        "0",
                    ]
                )
    sold, bought = (np.array(rows[side], dtype=object) for side in "BA")
    tables = [Table("x", {name: part[:, at] for at, name in enumerate(INVOICE)}) for part in (sold, bought)]
    return tables[0], tables[1]


def test_invoices_after_the_day_never_reach_a_feature() -> None:
    sold, bought = invoice_tables(20, 20)
    firms = {f"E{at}": at for at in range(20)}
    day = float(date(2017, 10, 1).toordinal())
    early = np.array([cell < "2017-10-01" for cell in sold.columns["date"]])
    before = np.array([cell < "2017-10-01" for cell in bought.columns["date"]])

    whole = features(invoices_of([sold], firms), invoices_of([bought], firms), day, 20)
    known = features(
        invoices_of([sold.take(early)], firms), invoices_of([bought.take(before)], firms), day, 20
    )

    assert is_sales(sold)
    assert not is_sales(bought)
    for name, column in whole.items():
        assert np.array_equal(column, known[name]), name


def test_an_invoice_that_two_files_hold_counts_once() -> None:
    sold, _ = invoice_tables(5, 6)
    firms = {f"E{at}": at for at in range(5)}
    again = Table("y", {**sold.columns, "total": np.array([c + "0" for c in sold.columns["total"]], object)})
    unnumbered = Table("z", {k: v for k, v in sold.columns.items() if k != "invoice_no"})

    once = invoices_of([sold], firms)

    assert len(invoices_of([sold, again], firms).day) == len(once.day) == len(sold)
    assert len(invoices_of([unnumbered], firms).day) == len(sold)  # without numbers nothing is a repeat
    assert len(invoices_of([], firms).day) == 0


def test_the_experts_compare_firms_of_one_day() -> None:
    sold, bought = invoice_tables(20, 12)
    firms = {f"E{at}": at for at in range(20)}
    whole = [invoices_of([part], firms) for part in (sold, bought)]
    day = float(date(2017, 9, 1).toordinal())
    found = features(*whole, day, 20)

    later = {**found, "sales_days_since": found["sales_days_since"] + 14}  # a holiday for everybody

    assert np.array_equal(expert_score(found), expert_score(later))
    alone = features(whole[0], invoices_of([], firms), day, 20)
    assert np.isfinite(expert_score(alone)).all()  # nobody's purchases are known


def test_a_firm_is_also_ranked_among_those_of_its_vat_status() -> None:
    dice = np.random.default_rng(3)
    found = {name: dice.random(40) for name in EXPERT}
    found["sales_tax_rate"] = np.where(np.arange(40) < 15, 0.029, 0.115)
    few = np.arange(15)

    grown = {**found, "turnover": found["turnover"] + 9 * (np.arange(40) >= 15)}  # of the general rates alone

    before, after = parts(found), parts(grown)
    assert before.shape == (40, 4)
    assert np.array_equal(before[few, 2], after[few, 2])
    assert (before[few, 0] < after[few, 0]).all()  # smaller among all
    assert before[few[np.argmin(found["turnover"][few])], 2] == before[few, 2].max()


def test_folds_are_dealt_by_name_and_outcome_alone() -> None:
    names, bad = [f"E{at}" for at in range(82)], np.array([1.0] * 18 + [0.0] * 64)
    turned = np.random.default_rng(1).permutation(82)

    of = hashed_folds(names, bad, 5, "a")
    again = hashed_folds([names[at] for at in turned], bad[turned], 5, "a")

    assert np.array_equal(of[turned], again)
    assert not np.array_equal(of, hashed_folds(names, bad, 5, "b"))
    assert sorted(np.bincount(of)) == [16, 16, 16, 17, 17]
    assert sorted(np.bincount(of[bad == 1])) == [3, 3, 4, 4, 4]


def test_what_the_folds_choose_finds_nothing_in_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_firms, "DEFAULT_RECIPE", Recipe(seeds=1, rounds=5, leaves=4, least=5))
    dice = np.random.default_rng(8)
    found = {name: dice.random(200) for name in (*EXPERT, "sales_tax_rate", *map(str, range(70)))}
    rows, bad = np.arange(200), (np.arange(200) % 4 == 0).astype(float)
    of = hashed_folds([str(at) for at in rows], bad, 5, "noise")
    by_fold, peeked = np.zeros(200), chosen_mix(parts(found, chosen_signs(found, rows, bad)), rows, bad)

    for fold in range(5):
        seen, held = rows[of != fold], rows[of == fold]
        by_fold[held] = told(found, seen, bad[seen], held)[SIGNS]

    assert ranking(peeked, bad) > 0.7  # twelve of eighty figures, chosen with every outcome in sight
    assert ranking(by_fold, bad) < 0.6


def test_too_few_labels_and_half_invoices_are_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sold, _ = invoice_tables(5, 6)
    write(tmp_path / "s.csv", INVOICE, np.column_stack(list(sold.columns.values())).tolist())
    write(tmp_path / "p.csv", INVOICE[:-1], [["E1", "1", "2017-01-01", "A1", 1, 1, 1]])
    write(tmp_path / "e.csv", ["enterprise", "default"], [["E0", 1], ["E1", 0], ["E2", ""]])

    assert run.main(["--data", str(tmp_path)]) == 1

    shown, told_us = capsys.readouterr()
    assert "p.csv looks like invoices of the set cumcm and lacks: void" in shown
    assert "1 bad and 1 good firms: at least 5 of each are needed" in shown
    assert "too few labels of a kind to hold three tenths out" in told_us


def test_an_error_in_one_set_leaves_the_others_standing(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known, _ = folders
    header = ["Status", "Seniority", "Home", "Time", "Age", "Marital", "Records", "Job", "Income", "Price"]
    write(known / "b.csv", header, [[("bad", "good")[at % 2], *range(9)] for at in range(40)])
    sound = run.own_split

    def breaks(item: DataSet, *rest: Any, **more: Any) -> Any:
        if item.name == "credit_data":
            raise KeyError("planted")
        return sound(item, *rest, **more)

    monkeypatch.setattr(run, "own_split", breaks)

    assert run.main(["--data", str(known)]) == 1

    shown = capsys.readouterr().out
    assert "REFUSED credit_data: KeyError: 'planted'" in shown
    assert "2 lines in" in shown  # the other set's figures stand


def test_files_that_end_before_the_tested_day_are_cut_at_their_newest_fifth() -> None:
    item = next(one for one in SETS if one.tested_from)
    days, bad = np.arange(100.0), np.tile([0.0, 1.0], 50)
    nobody = Material(Frame({"x": days}, {}, bad), days, np.zeros(100, dtype=bool))

    held, on = held_rows(item, nobody)
    given, from_day = held_rows(item, replace(nobody, held=days >= 90))

    assert (held.sum(), days[held].min(), on) == (20, 80, "own split, newest fifth")
    assert (given.sum(), from_day) == (10, f"own split, from {item.tested_from}")


def test_small_firms_unseen_months_continue_the_known_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_firms, "REPEATS", 1)
    for name in ("DEFAULT_RECIPE", "WARNING_RECIPE"):
        monkeypatch.setattr(small_firms, name, Recipe(seeds=1, rounds=10, leaves=4, least=5))
    known, unseen, target = tmp_path / "known", tmp_path / "unseen", tmp_path / "figures.json"
    known.mkdir()
    unseen.mkdir()
    for name, whole in zip(("s", "p"), invoice_tables(60, 38), strict=True):
        late = np.array([cell >= "2019-01-01" for cell in whole.columns["date"]])
        for folder, part in ((known, whole.take(~late)), (unseen, whole.take(late))):
            write(folder / f"{name}.csv", INVOICE, np.column_stack(list(part.columns.values())).tolist())
    labels = [[f"E{at}", "D" if at % 5 == 0 else "A", int(at % 5 == 0)] for at in range(60)]
    hidden = [[name, "", ""] if at % 3 == 0 else [name, *rest] for at, (name, *rest) in enumerate(labels)]
    write(known / "e.csv", ["enterprise", "rating", "default"], hidden)
    write(unseen / "z.csv", ["enterprise", "rating", "default"], labels)

    code = run.main(["--data", str(known), "--unseen", str(unseen), "--json", str(target)])

    found = json.loads(target.read_text(encoding="utf-8"))
    assert code == 0, found["refused"]
    scored = {(row["set"], row["scored_on"]): row for row in found["figures"]}
    assert scored["cumcm_default", "unseen, newest invoices"]["rows"] == 20
    folds = [row for row in found["figures"] if row["scored_on"] == "10 x 5 folds by hash"]
    assert [row["model"] for row in folds] == ["champion", "mix by fold", "signs by fold", "challenger"]
    assert [bool(row["goal"]) for row in folds] == [False, True, False, False]
    assert {(row["rows"], row["auc_spread"]) for row in folds} == {(40, 0.0)}  # one repeat has no spread
    assert folds[0]["auc_low"] < folds[0]["auc"] - 0.02  # and yet so few firms leave a wide interval
    assert scored["cumcm_default", "own split, 30 % by hash"]["bads"] == 3
    assert scored["cumcm_default", "unseen, training day"]["auc"] > 0.7
    assert ("cumcm_no_sale_6_months", "own split, walk forward") in scored
    assert any(on.startswith("unseen, ") and "months" in on for _, on in scored)
    assert any("REFUSES rating" in text for text in found["said"])
