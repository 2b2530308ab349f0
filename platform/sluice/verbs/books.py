"""audit: the books of every bank, proved, and handed over for whoever wants to prove them offline."""

import argparse
import subprocess
import sys
from pathlib import Path

from sluice.stack.places import ROOT, places
from sluice.stack.servers import surroundings


def audit(arguments: list[str]) -> int:
    """Prove the books of every bank; the status is not zero when one invariant is broken.

    `--export DIR` writes each bank's sealed journal with the offline verifier and the daily roots.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--export", type=Path)
    asked, rest = parser.parse_known_args(arguments)
    if asked.export is not None:  # where the caller stands, not where the program does
        rest += ["--export", str(asked.export.absolute())]
    with surroundings(places()) as env:
        command = [sys.executable, "-m", "sluice.within_django", "sluice.audit", *rest]
        return subprocess.run(command, env=env, cwd=ROOT, check=False).returncode
