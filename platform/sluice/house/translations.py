"""Every text a person reads is there in Chinese: nothing missing, nothing fuzzy, every placeholder kept."""

import re
import sys
from pathlib import Path

import polib

from sluice.stack.places import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%[sd]")


def incomplete(locale: Path) -> list[str]:
    """Return what is missing in the catalogues under `locale`, a line each."""
    found = []
    for path in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        for entry in polib.pofile(str(path)):
            where = f"{path.name}: {entry.msgid[:70]!r}"
            if entry.obsolete:
                continue
            if not entry.translated():
                found.append(f"{where} is not translated")
            elif not entry.msgid_plural and placeholders(entry.msgid) != placeholders(entry.msgstr):
                found.append(f"{where} loses a placeholder")
    return found


def placeholders(text: str) -> set[str]:
    """Return the places of a text that facts are put into."""
    return set(PLACEHOLDER.findall(text))


if __name__ == "__main__":
    problems = incomplete(ROOT / "platform" / "interfaces" / "locale")
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    sys.exit(1 if problems else 0)
