"""Reading folders of CSV files, plain or gzipped, whatever their names. Columns stay text until asked."""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

import numpy as np
from numpy.typing import NDArray

from kernel.refusals import Kind, Refusal

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]
BLANK: Final = frozenset({"", "NA", "N/A", "NaN", "nan", "None", "null", "?"})
_DATES: Final = ("%m/%d/%Y", "%Y-%m-%d", "%d-%b-%y", "%d-%b-%Y", "%Y/%m/%d")
_GZIP: Final = b"\x1f\x8b"


class TableUnreadable(Refusal):
    """A file that is recognised by its header cannot be read to its end."""

    code = "quality.table_unreadable"
    kind = Kind.INVALID
    message = "{file} cannot be read: {problem}"


@dataclass(frozen=True, slots=True)
class Table:
    """One or more files of the same columns, row by row; every cell is the text of the file."""

    name: str
    columns: Mapping[str, Texts]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Table":
        """Return the chosen rows."""
        return Table(self.name, {name: column[rows] for name, column in self.columns.items()})

    def numbers(self, name: str) -> Floats:
        """Return a column as numbers; blanks are NaN, and so is text that is not a finite number."""
        return as_numbers(self.columns[name])


def as_numbers(column: Texts) -> Floats:
    """Return text as numbers, NaN where it is none."""
    found = np.array([_number(cell) for cell in column], dtype=np.float64)
    found[~np.isfinite(found)] = np.nan
    return found


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def as_days(column: Texts) -> Floats:
    """Return dates of the usual ways of writing as day numbers, NaN where there is none."""
    known = {cell: _day(cell) for cell in set(column)}
    return np.array([known[cell] for cell in column], dtype=np.float64)


def _day(cell: str) -> float:
    for shape in _DATES:
        try:
            return float(datetime.strptime(cell[:10], shape).toordinal())  # noqa: DTZ007  a date, no clock
        except ValueError:
            continue
    return float("nan")


def is_numeric(column: Texts) -> bool:
    """Tell whether every cell that is not blank is a number."""
    known = [cell for cell in column if cell not in BLANK]
    return bool(known) and not np.isnan([_number(cell) for cell in known]).any()


def files_in(folder: Path) -> list[Path]:
    """Return every file under a folder, in order; hidden files are left alone."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.parts)
    )


def header_of(path: Path) -> list[str]:
    """Return a file's first line as names of columns; nothing when it is no CSV text."""
    try:
        with _lines(path) as lines:
            return [name.strip() for name in next(csv.reader(lines), [])]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error):
        return []


def read_table(path: Path) -> Table:
    """Return a whole file; refuses one that breaks off or whose lines have too few or too many cells."""
    try:
        with _lines(path) as lines:
            reader = csv.reader(lines)
            names = [name.strip() for name in next(reader)]
            rows = [row for row in reader if row]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as problem:
        raise TableUnreadable(file=path.name, problem=type(problem).__name__) from problem
    odd = next((at for at, row in enumerate(rows) if len(row) != len(names)), None)
    if odd is not None:
        raise TableUnreadable(file=path.name, problem=f"line {odd + 2} has {len(rows[odd])} cells")
    cells = np.array(rows, dtype=object).reshape(len(rows), len(names))
    return Table(path.name, {name: cells[:, at] for at, name in enumerate(names)})


def joined(tables: Sequence[Table]) -> Table:
    """Return tables one after another, with the columns that all of them have."""
    shared = [name for name in tables[0].columns if all(name in table.columns for table in tables)]
    name = " + ".join(table.name for table in tables)
    return Table(name, {key: np.concatenate([table.columns[key] for table in tables]) for key in shared})


def fingerprints(table: Table, names: Sequence[str]) -> list[int]:
    """Return one number a row, equal for equal rows: how a row trained on is known again."""
    return [hash(row) for row in zip(*(table.columns[name] for name in names), strict=True)]


@contextmanager
def _lines(path: Path) -> Iterator[TextIO]:
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    opener = gzip.open if packed else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
        yield lines
