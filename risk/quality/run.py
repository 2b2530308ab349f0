"""The command: `python -m risk.quality.run --data DIR [--unseen DIR] [--json FILE] [--set NAME]`.

Trains on the files of one folder and reports on rows that the models have not seen: by each set's own
split, and, given a second folder, on that one's files. Nothing of the second folder reaches training.
"""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from kernel.refusals import Refusal
from risk.quality.invoices import NEEDS as INVOICE_COLUMNS
from risk.quality.report import CHALLENGER, CHAMPION, Line, chart, folded, line, rank_only, table
from risk.quality.sets import SETS, DataSet, Goal, recognise
from risk.quality.small_firms import (
    FIRST_DAY,
    MIX,
    Firms,
    default_model,
    firms_of,
    moments,
    months_on,
    one_split,
    repeated,
    walk,
    warned,
)
from risk.quality.tables import Table, files_in, fingerprints, header_of, joined, read_table
from risk.quality.trial import Material, Models, inspected, material_of, own_split, variant_name
from risk.quality.variants import nearest
from risk.scoring.leak import suspicions_of_values

FIRMS: Final = "cumcm"
_FIRM_COLUMNS: Final = ("enterprise", "default")
_STALE_DAYS: Final = 31
_DEFAULT_GOAL: Final = Goal(0.88)
_WARNING_GOAL: Final = Goal(0.88)
_YEAR_GOALS: Final = {"polish_year1": Goal(0.966), "polish_year5": Goal(0.950)}


@dataclass(slots=True)
class Report:
    """What is found while the command runs."""

    began: float = field(default_factory=time.monotonic)
    lines: list[Line] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Show progress at once, with the time since the start."""
        self.said.append(text)
        sys.stderr.write(f"[{time.monotonic() - self.began:6.1f} s] {text}\n")
        sys.stderr.flush()

    def teller(self, name: str) -> Callable[[str], None]:
        """Return how one set speaks."""
        return lambda text: self.say(f"{name}: {text}")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder's tables by set, and the small firms' two kinds of file."""

    sets: Mapping[str, tuple[Table, ...]]
    enterprises: tuple[Table, ...]
    invoices: tuple[Table, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials; return 0 when every file that was meant for a set could be used."""
    options = _options(arguments)
    report = Report()
    seen = _folder(options.data, report, options.set)
    unseen = _folder(options.unseen, report, options.set) if options.unseen else None
    for item in SETS:
        _guarded(report, item.name, lambda item=item: _trial(item, seen, unseen, report))  # type: ignore[misc]
    if seen.enterprises and seen.invoices:
        _guarded(report, FIRMS, lambda: _small_firms(seen, unseen, report))
    _shown(report, options.json)
    return 1 if report.refused or not report.lines else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = [*(item.name for item in SETS), FIRMS]
    parser = argparse.ArgumentParser(
        prog="quality", description="Train on real files; report on rows the models have never seen."
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of files to train on")
    parser.add_argument("--unseen", type=Path, help="a folder of files of the same columns, to score only")
    parser.add_argument("--json", type=Path, help="where to write every figure")
    parser.add_argument("--set", choices=names, action="append", help="only this set; may be repeated")
    options = parser.parse_args(arguments)
    for folder in (options.data, options.unseen):
        if folder is not None and not folder.is_dir():
            parser.error(f"there is no folder {folder}")
    return options


def _folder(folder: Path, report: Report, only: Sequence[str] | None) -> Folder:
    """Return a folder's tables; what belongs to no set is listed, what lacks a column is refused."""
    found: dict[str, list[Table]] = {}
    firms: list[Table] = []
    invoices: list[Table] = []
    for path in files_in(folder):
        header = header_of(path)
        kind, item, missing = _kind(header)
        wanted = not only or (item.name if item else FIRMS) in only
        if kind == "unknown":
            report.skipped.append(str(path.relative_to(folder)))
            continue
        if not wanted:
            continue
        if missing:
            named = f"the set {item.name}" if item else f"{kind} of the set {FIRMS}"
            report.refused.append(f"{path.name} looks like {named} and lacks: {', '.join(missing)}")
            report.say(f"REFUSED {report.refused[-1]}")
            continue
        try:
            read = read_table(path)
        except Refusal as refusal:
            report.refused.append(str(refusal))
            report.say(f"REFUSED {refusal}")
            continue
        report.say(f"read {path.relative_to(folder)}: {len(read)} rows, {item.name if item else FIRMS}")
        place = found.setdefault(item.name, []) if item else (firms if kind == "firms" else invoices)
        place.append(read)
    for name in report.skipped:
        report.say(f"skipped, no set has its columns: {name}")
    return Folder({name: tuple(tables) for name, tables in found.items()}, tuple(firms), tuple(invoices))


def _kind(header: list[str]) -> tuple[str, DataSet | None, list[str]]:
    have = set(header)
    if set(INVOICE_COLUMNS) <= have:
        return "invoices", None, []
    if set(_FIRM_COLUMNS) <= have:
        return "firms", None, []
    item, missing = recognise(header)
    if item is None and len(have & set(INVOICE_COLUMNS)) * 2 > len(INVOICE_COLUMNS):
        return "invoices", None, sorted(set(INVOICE_COLUMNS) - have)
    return ("set" if item else "unknown"), item, missing


def _guarded(report: Report, name: str, act: Callable[[], None]) -> None:
    """Run one set's trial; a refusal, or an error of ours, ends that set alone and is shown."""
    try:
        act()
    except Refusal as refusal:
        report.refused.append(f"{name}: {refusal}")
        report.say(f"REFUSED {name}: {refusal}")
    except Exception as problem:  # hours of other sets' figures stand beside it
        report.refused.append(f"{name}: {type(problem).__name__}: {problem}")
        report.say(f"BROKE OFF {name}:\n{traceback.format_exc()}")


def _trial(item: DataSet, seen: Folder, unseen: Folder | None, report: Report) -> None:
    tables = seen.sets.get(item.name, ())
    if not tables:
        return
    groups = {variant_name(item, one): one for one in tables} if item.parted else {item.name: joined(tables)}
    later = list(unseen.sets.get(item.name, ())) if unseen else []
    for name, known in groups.items():
        mine = [one for one in later if not item.parted or nearest(item, groups, one, report.say) == name]
        _one_trial(item, name, known, mine, report)


def _one_trial(item: DataSet, name: str, known: Table, later: Sequence[Table], report: Report) -> None:
    tell = report.teller(name)
    columns = inspected(item, known, tell)
    goal = _YEAR_GOALS.get(name, item.goal)
    material = material_of(item, known, columns)
    tell(f"{len(material.frame)} rows, {int(material.frame.bad.sum())} bad; training on its own split")
    report.lines += own_split(item, name, material, columns, goal=goal, tell=tell)
    _told_lines(report.lines[-2:], tell)
    if not later:
        tell("no unseen rows were given")
        return
    whole = Material(material.frame, material.days, np.zeros(len(material.frame), dtype=bool))
    tell("training on all of it for the unseen rows")
    models = Models(item, whole, columns.silent)
    for one in later:
        fresh = _never_seen(item, one, known, tell)
        asked = material_of(item, fresh, columns)
        report.lines += models.lines(name, f"unseen {one.name}", asked.frame, goal)
        _told_lines(report.lines[-2:], tell)


def _never_seen(item: DataSet, table: Table, known: Table, tell: Callable[[str], None]) -> Table:
    """Return an unseen table without rows that were trained on, to the last cell."""
    shared = [name for name in table.columns if name in known.columns]
    before = set(fingerprints(known, shared))
    fresh = np.array([row not in before for row in fingerprints(table, shared)], dtype=bool)
    if not fresh.all():
        tell(f"{int((~fresh).sum())} rows of {table.name} are in the training files: left out")
    return table.take(fresh)


def _told_lines(lines: Sequence[Line], tell: Callable[[str], None]) -> None:
    for one in lines:
        f = one.figures
        tell(
            f"{one.scored_on}, {one.model}: AUC {f.auc:.4f}, KS {f.ks:.3f}, "
            f"ECE {f.ece:.3f}, slope {f.slope:.2f}"
        )


def _small_firms(seen: Folder, unseen: Folder | None, report: Report) -> None:
    tell = report.teller(FIRMS)
    firms = firms_of(seen.enterprises, seen.invoices)
    _rating_refused(firms, tell)
    tell(f"{len(firms.names)} firms, {int((~np.isnan(firms.default)).sum())} labelled; default, 10 x 5 folds")
    _guarded(report, FIRMS, lambda: _folded_firms(firms, "10 x 5 folds by hash", report, tell))
    _guarded(report, FIRMS, lambda: _split_firms(firms, report, tell))
    _guarded(report, FIRMS, lambda: _walked(firms, report))
    if unseen and (unseen.enterprises or unseen.invoices):
        _unseen_firms(seen, unseen, firms, report)


def _folded_firms(firms: Firms, on: str, report: Report, tell: Callable[[str], None]) -> None:
    """Cross-validate default as of the newest invoices; the goal is for what the folds chose themselves."""
    name = f"{FIRMS}_default"
    for model, folds in repeated(firms, firms.end, tell).items():
        report.lines.append(folded(name, on, model, folds, _DEFAULT_GOAL if model == MIX else None))
        _told_lines(report.lines[-1:], tell)


def _split_firms(firms: Firms, report: Report, tell: Callable[[str], None]) -> None:
    """Show one split beside the folds: so few held firms prove nothing, and their interval says so."""
    found = one_split(firms, firms.end)
    if found is None:
        tell("too few labels of a kind to hold three tenths out")
        return
    chances, bad = found
    for model in (CHAMPION, CHALLENGER):
        report.lines.append(line(f"{FIRMS}_default", "own split, 30 % by hash", model, chances[model], bad))
    _told_lines(report.lines[-2:], tell)


def _walked(firms: Firms, report: Report) -> None:
    """Warn of each of the last months by what was complete before it."""
    tell = report.teller(FIRMS)
    tell("no sale within six months: walking forward through the months")
    days = moments(firms, FIRST_DAY, firms.end)
    first, second, asked, since = walk(days)
    name, on = f"{FIRMS}_no_sale_6_months", "own split, walk forward"
    report.lines.append(line(name, on, CHAMPION, first, asked.bad, goal=_WARNING_GOAL))
    report.lines.append(line(name, on, CHALLENGER, second, asked.bad))
    tell(f"the naive rule, days since the last sale: AUC {rank_only(since, asked.bad):.4f}")
    _told_lines(report.lines[-2:], tell)


def _rating_refused(firms: Firms, tell: Callable[[str], None]) -> None:
    rows = np.flatnonzero(~np.isnan(firms.default))
    ratings = [firms.rating[row] for row in rows]
    for one in suspicions_of_values("rating", ratings, firms.default[rows]):
        tell(f"leak check REFUSES {one.line()}")


def _unseen_firms(seen: Folder, unseen: Folder, firms: Firms, report: Report) -> None:
    """Score the firms whose label nobody had, and the months after the training invoices end."""
    tell = report.teller(FIRMS)
    enterprises = (*seen.enterprises, *unseen.enterprises)
    both = firms_of(enterprises, (*seen.invoices, *unseen.invoices))
    ends = [side.day[-1] + 1 for side in (both.sales, both.purchases) if len(side.day)]
    if min(ends) + _STALE_DAYS < both.end:
        tell("sales and purchases end on different days: the newest day knows only one of them")
    _guarded(report, FIRMS, lambda: _unseen_defaults(firms, both, report, tell))
    _guarded(report, FIRMS, lambda: _unseen_months(firms, both, report, tell))


def _unseen_defaults(firms: Firms, both: Firms, report: Report, tell: Callable[[str], None]) -> None:
    had = {name for name, known in zip(firms.names, firms.default, strict=True) if not np.isnan(known)}
    new = np.array([n not in had and not np.isnan(d) for n, d in zip(both.names, both.default, strict=True)])
    if not 0 < both.default[new].sum() < new.sum():
        tell("the unseen folder has no new labels of both kinds: default is not scored on it")
        return
    model, name = default_model(firms, firms.end), f"{FIRMS}_default"
    for on, day in (("unseen, newest invoices", both.end), ("unseen, training day", firms.end)):
        first, second = model(both.as_of(day))
        goal = _DEFAULT_GOAL if day == both.end else None
        report.lines.append(line(name, on, CHAMPION, first[new], both.default[new], goal=goal))
        report.lines.append(line(name, on, CHALLENGER, second[new], both.default[new]))
        _told_lines(report.lines[-2:], tell)
        if day == firms.end:
            break  # no newer invoices: the two days are one
    _folded_firms(both, "10 x 5 folds, all labels", report, lambda _: None)


def _unseen_months(firms: Firms, both: Firms, report: Report, tell: Callable[[str], None]) -> None:
    start = date.fromordinal(int(firms.end))
    start = start if start.day == 1 else months_on(start, 1)
    later = moments(both, start, both.end)
    if not later or not 0 < sum(one.frame.bad.sum() for one in later) < sum(len(one.frame) for one in later):
        tell(
            "the unseen invoices do not reach six months beyond the training ones: no early warning to score"
        )
        return
    first, second = warned(moments(firms, FIRST_DAY, firms.end), later)
    bad = np.concatenate([one.frame.bad for one in later])
    since = np.concatenate([one.days_since for one in later])
    name, on = f"{FIRMS}_no_sale_6_months", f"unseen, {len(later)} months"
    report.lines.append(line(name, on, CHAMPION, first, bad, goal=_WARNING_GOAL))
    report.lines.append(line(name, on, CHALLENGER, second, bad))
    tell(f"the naive rule, days since the last sale: AUC {rank_only(since, bad):.4f}")
    _told_lines(report.lines[-2:], tell)


def _shown(report: Report, target: Path | None) -> None:
    sys.stdout.write(table(report.lines) + "\n\n" + chart(report.lines) + "\n")
    for text in report.refused:
        sys.stdout.write(f"REFUSED {text}\n")
    seconds = round(time.monotonic() - report.began, 1)
    sys.stdout.write(f"{len(report.lines)} lines in {seconds} s\n")
    if target is not None:
        found: dict[str, Any] = {
            "figures": [one.row() for one in report.lines],
            "refused": report.refused,
            "skipped": report.skipped,
            "said": report.said,
            "seconds": seconds,
        }
        target.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
