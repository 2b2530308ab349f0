"""What a bank is handed to prove its books without us: its sealed journal, the verifier, the daily roots."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ledger.seals import queries as seals
from ledger.verifier import verify_journal

JOURNAL: Final = "journal.ndjson"
VERIFIER: Final = "verify_journal.py"
_README: Final = """\
The sealed journal of {name} ({schema}) / 封存账簿

  {journal:<18} every posting line under its seals: {lines} lines, {seals} seals
  {verifier:<18} checks it offline; needs Python 3.11 and nothing else

    python {verifier} {journal} --root ROOT

ROOT is the daily root that was handed over for the last day, kept where nobody who can write to the books
can reach it. The one below is no proof by itself: whoever altered the journal could have altered this file.

Daily roots / 每日根值:
{roots}
"""


def hand_over(folder: Path, *, schema: str, name: str) -> str:
    """Write the journal of the bank whose schema is entered, with all that checks it, to a folder of its own.

    Returns a line that says what was written, and the last daily root. What is not sealed yet is not in it.
    """
    own = folder / schema
    own.mkdir(parents=True, exist_ok=True)
    found = seals.seals()
    roots = {seal.business_date: seal.root.hex() for seal in found}
    line_count = 0
    first, last = (min(roots), max(roots)) if roots else (date.min, date.min)
    with (own / JOURNAL).open("w", encoding="utf-8", newline="") as out:
        for row in seals.export(from_date=first, to_date=last + timedelta(days=1)):
            line_count += row.startswith('{"record":"line"')
            out.write(row)
    shutil.copyfile(verify_journal.__file__, own / VERIFIER)
    told = "\n".join(f"  {day}  {root}" for day, root in roots.items()) or "  nothing has been sealed yet"
    facts = {"name": name, "schema": schema, "journal": JOURNAL, "verifier": VERIFIER}
    text = _README.format(**facts, lines=f"{line_count:,}", seals=len(found), roots=told)
    (own / "README.txt").write_text(text, encoding="utf-8")
    newest = f"root of {last}: {roots[last]}" if roots else "nothing has been sealed yet"
    return f"{own / JOURNAL}: {line_count:,} lines under {len(found)} seals; {newest}"
