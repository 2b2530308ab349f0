"""The bank's loans and lines as exposures: the SELECTs that `risk` works over."""

from pathlib import Path
from typing import Final

_SQL: Final = Path(__file__).parent / "sql"


def _select(name: str) -> str:
    lines = (_SQL / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))


LOANS: Final = _select("loans.sql")
LOANS_AND_LINES: Final = f"{LOANS}\nUNION ALL\n{_select('lines.sql')}"
BOOK: Final = _select("book.sql").format(exposures=LOANS_AND_LINES)
BAD: Final = _select("bad.sql")
FREEZE: Final = (_SQL / "freeze.sql").read_text(encoding="utf-8")
