"""test: the suite in stages, cheapest first, each with its heading, its time and pytest's closing lines."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sluice.stack import postgres, servers
from sluice.stack.places import ROOT, test_places
from sluice.stack.supervisor import Stack
from sluice.stack.trouble import Trouble

NOTHING_COLLECTED = 5
NOWHERE = "postgres://nobody@127.0.0.1:1/none"  # a test that needs no database must not find one
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = "not drill"
PARTS = ("ledger", "platform", "risk", "tenants")
TESTED = (*PARTS, "api_docs")


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the suite."""

    key: str
    title: str
    marks: str
    database: bool = True
    share: str = ""  # how its tests are dealt out to the processes; one process where nothing is named
    processes: int = 2  # more where they wait for something else than the processor
    mark: str = ""  # of a stage whose files bear its mark or lie in a folder of that name: no other is read


STAGES = (
    Stage(
        "rules",
        "rules, without a database",
        f"not db and not journey and not browser and {ELSEWHERE}",
        database=False,
        share="loadfile",
    ),
    Stage(
        "rooms",
        "rooms, on PostgreSQL",
        f"db and not journey and not browser and {ELSEWHERE}",
        share="loadfile",
    ),
    Stage(
        "journeys",
        "journeys, through the doors",
        f"journey and not browser and {ELSEWHERE}",
        share="loadfile",
        processes=3,
        mark="journey",
    ),
    Stage("browser", "browser", f"browser and {ELSEWHERE}", share="worksteal", processes=4, mark="browser"),
)
DRILL = Stage("drill", "failure drills", "drill")


def test(arguments: list[str]) -> int:
    """Run the stages; arguments that are not ours go to pytest."""
    parser = argparse.ArgumentParser(prog="./sluice test")
    parser.add_argument(
        "--postgres", choices=("embedded", "system"), default="embedded", help="which PostgreSQL"
    )
    parser.add_argument("--drill", action="store_true", help="only the long failure drills")
    parser.add_argument("--stage", choices=[stage.key for stage in STAGES], help="only this stage")
    options, rest = parser.parse_known_args(arguments)
    chosen = [DRILL] if options.drill else [s for s in STAGES if options.stage in {None, s.key}]
    binaries = None
    if options.postgres == "system":
        binaries = postgres.distribution()
        if binaries is None:
            raise Trouble(
                "no PostgreSQL 15 or newer of the distribution is installed under /usr/lib/postgresql"
            )
        chosen = [stage for stage in chosen if stage.key == "rooms"] or chosen
    with servers.stack(test_places()) as held:
        return Run(held, binaries, rest).all(chosen)


@dataclass(slots=True)
class Run:
    """One run of the suite: which servers it uses and how its stages ended."""

    held: Stack
    binaries: postgres.Binaries | None
    rest: list[str]
    started: bool = False

    def all(self, chosen: list[Stage]) -> int:
        """Run the stages in order, all of them, and say how each ended."""
        ended: list[tuple[Stage, str, float]] = []
        for stage in chosen:
            begun = time.monotonic()
            word = self.one(stage)
            ended.append((stage, word, time.monotonic() - begun))
        heading("result")
        for stage, word, seconds in ended:
            write(f"{word:<8} {seconds:6.1f} s  {stage.title}")
        words = [word for _, word, _ in ended]
        if "FAILED" in words:
            return 1
        if "passed" not in words:
            write("no test was found")
            return NOTHING_COLLECTED
        return 0

    def one(self, stage: Stage) -> str:
        """Run one stage and return how it ended: passed, FAILED, nothing, absent."""
        heading(stage.title)
        if stage.key == "browser" and browser() is None:
            if os.environ.get("CI") == "true":
                write("there is no Chromium: in CI that is a failure (apt install chromium fonts-noto-cjk)")
                return "FAILED"
            write("there is no Chromium on this machine: the pages were not opened (apt install chromium)")
            return "absent"
        status = self.pytest(stage)
        if status == NOTHING_COLLECTED:
            return "nothing"
        return "passed" if status == 0 else "FAILED"

    def pytest(self, stage: Stage) -> int:
        """Run pytest over one stage and return its status."""
        env = dict(self.held.env)
        if stage.database:
            self.servers()
            env = dict(self.held.env)
        else:
            env.update(DATABASE_URL=NOWHERE, REDIS_URL="redis://127.0.0.1:1/0")
        env["SLUICE_CHROMIUM"] = browser() or ""
        command = [sys.executable, "-m", "pytest", "-m", stage.marks, "-q"]
        if self.binaries is not None:
            command += rooms_with_sql()
        elif stage.mark and not any((ROOT / word.split("::")[0]).exists() for word in self.rest):
            command += files_with(stage.mark)
        if stage.share and not any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in self.rest):
            command += ["-n", str(stage.processes), "--dist", stage.share, "--no-loadscope-reorder"]
        return subprocess.run([*command, *self.rest], env=env, cwd=ROOT, check=False).returncode

    def servers(self) -> None:
        """Start the servers when the first stage needs them."""
        if self.started:
            return
        servers.start_database(self.held, passing=True, binaries=self.binaries)
        servers.start_queue(self.held)
        self.started = True


def rooms_with_sql() -> list[str]:
    """Return the rooms that keep SQL of their own: what may differ between two servers is written there."""
    folders = {file.parent.parent for part in PARTS for file in (ROOT / part).glob("**/sql/*.sql")}
    return sorted(str(folder.relative_to(ROOT)) for folder in folders if (folder / "tests").is_dir())


def files_with(mark: str) -> list[str]:
    """Return the test files that bear a mark or lie in the folder of such tests.

    Reading all tests costs each process ten seconds. `conftest.py` refuses a test that this would miss.
    """
    files = (file for part in TESTED for file in (ROOT / part).glob("**/tests/**/test_*.py"))
    return sorted(str(file.relative_to(ROOT)) for file in files if bears(file, mark))


def bears(file: Path, mark: str) -> bool:
    """Tell whether a test file bears a mark or lies in the folder of such tests."""
    return f"{mark}s" in file.parts or f"mark.{mark}" in file.read_text(encoding="utf-8")


def browser() -> str | None:
    """Return the path of a Chromium, if this machine has one."""
    named = os.environ.get("SLUICE_CHROMIUM")
    return named or next((path for path in map(shutil.which, BROWSERS) if path), None)


def heading(text: str) -> None:
    """Write a heading that stands out between two runs of pytest."""
    write(f"\n== {text} " + "=" * max(4, 92 - len(text)))


def write(text: str) -> None:
    """Write a line at once, so that it stands before what pytest writes next."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
