"""check: everything that can be known without a database, in under a minute."""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sluice.stack.places import ROOT
from sluice.verbs.stages import NOWHERE, heading, write

BIN = Path(sys.executable).parent
HOUSE = "platform/sluice/tests/test_house.py"


@dataclass(frozen=True, slots=True)
class Guard:
    """One command that says yes or no."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a guard ended."""

    guard: Guard
    status: int
    seconds: float
    words: str

    @property
    def word(self) -> str:
        """Return how it ended, in a word."""
        return "passed" if self.status == 0 else "FAILED"


def guards(*, fix: bool) -> list[Guard]:
    """Return the guards, the slow one first because they run side by side."""
    ruff = str(BIN / "ruff")
    return [
        Guard("types", (str(BIN / "mypy"),)),
        Guard("format", (ruff, "format", *(() if fix else ("--check",)), ".")),
        Guard("lint", (ruff, "check", *(("--fix",) if fix else ()), ".")),
        Guard("imports", (str(BIN / "lint-imports"), "--no-cache")),
        Guard("house rules", (sys.executable, "-m", "pytest", "-q", HOUSE)),
        Guard("translations", (sys.executable, "-m", "sluice.house.translations")),
    ]


def check(arguments: list[str]) -> int:
    """Run every guard, two at a time, and say how each ended; `--fix` formats first."""
    unknown = [argument for argument in arguments if argument != "--fix"]
    if unknown:
        write(f"check knows only --fix, not {shlex.join(unknown)}")
        return 2
    env = {**os.environ, "DATABASE_URL": NOWHERE, "REDIS_URL": "redis://127.0.0.1:1/0"}
    with ThreadPoolExecutor(max_workers=2) as pool:
        verdicts = list(pool.map(lambda guard: run(guard, env), guards(fix="--fix" in arguments)))
    for verdict in verdicts:
        if verdict.status != 0 or "passed" in verdict.words:
            heading(verdict.guard.name)
            write(verdict.words.strip())
    heading("result")
    for verdict in verdicts:
        write(f"{verdict.word:<8} {verdict.seconds:6.1f} s  {verdict.guard.name}")
    return 0 if all(verdict.status == 0 for verdict in verdicts) else 1


def run(guard: Guard, env: dict[str, str]) -> Verdict:
    """Run one guard and keep its words."""
    begun = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        done = subprocess.run(
            guard.command, env=env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, check=False
        )
        out.seek(0)
        words = out.read()
    return Verdict(guard, done.returncode, time.monotonic() - begun, words)
