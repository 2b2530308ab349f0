"""audit: the books of every bank, proved."""

import subprocess
import sys

from sluice.stack.places import ROOT, places
from sluice.stack.servers import surroundings


def audit(arguments: list[str]) -> int:
    """Prove the books of every bank; the status is not zero when one invariant is broken."""
    with surroundings(places()) as env:
        command = [sys.executable, "-m", "sluice.within_django", "sluice.audit", *arguments]
        return subprocess.run(command, env=env, cwd=ROOT, check=False).returncode
