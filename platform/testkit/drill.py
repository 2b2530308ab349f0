"""The failure drill: `python -m testkit.drill --kills 20` kills a running story's processes, then proves.

The demo runs as people run it, in a folder and on a port of its own. The web server, the worker or PostgreSQL
is killed with SIGKILL, whole or in part, in the middle of a day-end or of a disbursement: the drill watches
the tables (`drill_aim`), and when a step runs or a draw is between its acceptance and its outcome it strikes
after a random delay. `--anywhere` kills at random moments of the whole story instead. The launcher starts
what was killed again. The demo must still end well (it proves the books), and `drill_proof` looks for
anything lost or done twice. The seed decides victims and delays; which step they meet is up to the machine.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sluice.stack import record as records
from sluice.stack.places import ROOT, Places
from sluice.stack.processes import PROC, Mark, free_port, started
from testkit import drill_proof
from testkit.drill_aim import DAY_END, DISBURSEMENT, Lookout, Target, pause
from testkit.story.__main__ import DIARY

STORY_SECONDS: Final = 1800
START_SECONDS: Final = 300
GIVEN_UP_SECONDS: Final = 120
ACTS: Final = (1, 2, 2, 2, 3)  # how many kills of ten fall into each act but the last
PAUSE_SECONDS: Final = (0.5, 8.0)
BREATH_SECONDS: Final = (0.1, 1.0)  # between two aimed kills
DELAY_SECONDS: Final = {DAY_END: 0.15, DISBURSEMENT: 0.1}  # how long after the sighting, at most


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: when in the story, what, what the story was telling, and what was under way.

    `aimed_at` is empty for a kill at a random moment; `in_the_middle` says whether the thing aimed at was
    still under way when the blow fell.
    """

    second: float
    victim: str
    part: str
    pid: int
    act: str
    aimed_at: str = ""
    in_the_middle: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a drill did and found."""

    seed: int
    seconds: float
    kills: tuple[Kill, ...]
    wanted: int
    status: int | None
    restarts: int
    findings: tuple[drill_proof.Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was killed as wanted and nothing was lost or doubled."""
        proven = bool(self.findings) and all(finding.ok for finding in self.findings)
        return self.status == 0 and len(self.kills) == self.wanted and proven


class Demo:
    """The demo under drill, as a subprocess with a state folder of its own."""

    def __init__(self, state: Path, merchants: int, days: int) -> None:
        self.places = Places(state)
        self.out = state / "drill.out"
        self.diary = state / "story" / DIARY
        sized = ["--merchants", str(merchants), "--days", str(days)]
        command = [str(ROOT / "sluice"), "demo", "--exit", "--fresh", "--port", str(free_port()), *sized]
        env = {name: text for name, text in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(  # noqa: S603 - our own launcher
                command, env={**env, "SLUICE_STATE_DIR": str(state)}, stdout=out, stderr=out, cwd=ROOT
            )

    def said(self) -> str:
        """Return what the demo has written so far."""
        return self.out.read_text(encoding="utf-8", errors="replace")

    def headings(self) -> list[str]:
        """Return the headings of the acts that have begun."""
        return [line.partition("] ")[2] for line in self.said().splitlines() if line.startswith("[")]

    def acts(self) -> int:
        """Return how many acts have begun."""
        return len(self.headings())

    def act(self) -> str:
        """Return the heading of the act that is being told."""
        return (self.headings() or [""])[-1]

    def telling(self) -> records.Record | None:
        """Return the stack's record while the story itself runs in it."""
        record = records.read(self.places)
        story = record.children.get("command") if record else None
        if record is None or story is None or not story.alive() or self.process.poll() is not None:
            return None
        return record if b"testkit.story" in words_of(story.pid) else None

    def address(self) -> str:
        """Return where the stack's own PostgreSQL is."""
        record = records.read(self.places)
        return record.addresses.get("DATABASE_URL", "") if record else ""

    def wait_for_story(self) -> bool:
        """Return once the story is being told; False when the demo ended or hung before."""
        until = time.monotonic() + START_SECONDS
        while self.telling() is None:
            if self.process.poll() is not None or time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def end(self) -> int | None:
        """Return the demo's status once it has ended; None when it hangs."""
        try:
            return self.process.wait(timeout=STORY_SECONDS)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Stop the demo in good order if it still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=GIVEN_UP_SECONDS)


def words_of(pid: int) -> bytes:
    """Return a process's command line."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""


def children_of(parent: Mark) -> list[Mark]:
    """Return the living children of a process that is certainly the one meant."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent.pid:
            found.append(Mark(int(entry.name), started(int(entry.name))))
    return [child for child in found if child.started] if parent.alive() else []


def kill_one(mark: Mark) -> bool:
    """Kill exactly this process: the handle is opened first, and then it is checked whose it is."""
    try:
        handle = os.pidfd_open(mark.pid)
    except ProcessLookupError:
        return False
    try:
        if not mark.alive():
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
    return True


def kill_all(mark: Mark) -> bool:
    """Kill a process and everything it started."""
    below = children_of(mark)
    done = kill_one(mark)
    return done and all([True, *(kill_one(child) or True for child in below)])


def kill_child(named: bytes) -> Callable[[Mark, random.Random], Mark | None]:
    """Return what kills one child whose command line has a word in it, and says which."""

    def kill(mark: Mark, chance: random.Random) -> Mark | None:
        below = [child for child in children_of(mark) if named in words_of(child.pid)]
        chosen = chance.choice(below) if below else None
        return chosen if chosen is not None and kill_one(chosen) else None

    return kill


def kill_whole(mark: Mark, _: random.Random) -> Mark | None:
    """Kill a server and its children."""
    return mark if kill_all(mark) else None


def kill_leader(mark: Mark, _: random.Random) -> Mark | None:
    """Kill only the process that leads the others."""
    return mark if kill_one(mark) else None


WAYS: Final = (
    ("web", "whole", kill_whole),
    ("web", "its worker", kill_child(b"granian")),
    ("worker", "whole", kill_whole),
    ("worker", "a child", kill_child(b"celery")),
    ("postgres", "postmaster", kill_leader),
    ("postgres", "a backend", kill_child(b"127.0.0.1")),
)


def sequence(kills: int, chance: random.Random) -> list[tuple[str, str, Any]]:
    """Return what to kill in turn: every server equally often, in random order and random ways."""
    servers = ["web", "worker", "postgres"] * (kills // 3 + 1)
    chosen = servers[: kills - kills % 3] + chance.sample(["web", "worker", "postgres"], kills % 3)
    chance.shuffle(chosen)
    return [chance.choice([way for way in WAYS if way[0] == server]) for server in chosen]


def moments(kills: int, chance: random.Random) -> list[int]:
    """Return in which act each kill happens: longer acts get more of them."""
    return sorted(chance.choices(range(1, len(ACTS) + 1), weights=ACTS, k=kills))


def kill_through(demo: Demo, kills: int, chance: random.Random) -> list[Kill]:
    """Kill in every part of the story, at random moments, so many as fall into it."""
    begun, done = time.monotonic(), []
    for act, (victim, part, kill) in zip(moments(kills, chance), sequence(kills, chance), strict=True):
        while demo.acts() < act and demo.telling() is not None:
            time.sleep(0.1)
        time.sleep(chance.uniform(*PAUSE_SECONDS))
        while (record := demo.telling()) is not None:
            mark = record.children.get(victim)
            hit = kill(mark, chance) if mark is not None and mark.alive() else None
            if hit is not None:
                second = round(time.monotonic() - begun, 1)
                done.append(Kill(second, victim, part, hit.pid, demo.act()))
                break
            time.sleep(0.1)  # it is just being started again
        else:
            break
    return done


def kill_in_the_middle(demo: Demo, kills: int, chance: random.Random) -> list[Kill]:
    """Kill while something is under way: half of the kills in disbursements, the others in day-ends."""
    begun = time.monotonic()
    done: list[Kill] = []
    lookout = Lookout(demo.address())
    try:
        for victim, part, kill in sequence(kills, chance):
            time.sleep(chance.uniform(*BREATH_SECONDS))
            drawn = sum(one.aimed_at.startswith(DISBURSEMENT) for one in done)
            kinds = (DISBURSEMENT, DAY_END) if drawn < kills // 2 else (DAY_END,)
            struck = strike(demo, lookout, kinds, victim=victim, kill=kill, chance=chance)
            if struck is None:
                break
            target, hit, middle = struck
            second = round(time.monotonic() - begun, 1)
            aimed = f"{target.kind} {target.bank} {target.name}"
            done.append(Kill(second, victim, part, hit.pid, demo.act(), aimed, middle))
    finally:
        lookout.close()
    return done


def strike(
    demo: Demo, lookout: Lookout, kinds: Sequence[str], *, victim: str, kill: Any, chance: random.Random
) -> tuple[Target, Mark, bool] | None:
    """Wait for something under way, then a random while, then kill; None when the story has ended."""
    while (record := demo.telling()) is not None:
        target = lookout.see(kinds)
        if target is None:
            pause()
            continue
        time.sleep(chance.uniform(0, DELAY_SECONDS[target.kind]))
        middle = lookout.still(target)
        mark = record.children.get(victim)
        hit = kill(mark, chance) if middle and mark is not None and mark.alive() else None
        if hit is not None:
            return target, hit, middle
    return None


def drill(state: Path, *, kills: int, merchants: int, days: int, seed: int, aimed: bool = True) -> Report:
    """Run one drill from start to proof."""
    begun, chance = time.monotonic(), random.Random(seed)
    demo = Demo(state, merchants, days)
    done: list[Kill] = []
    status: int | None = None
    try:
        if demo.wait_for_story():
            done = (kill_in_the_middle if aimed else kill_through)(demo, kills, chance)
            status = demo.end()
    finally:
        demo.stop()
    findings = drill_proof.prove(demo.places) if done and demo.diary.exists() else ()
    return Report(
        seed=seed,
        seconds=round(time.monotonic() - begun, 1),
        kills=tuple(done),
        wanted=kills,
        status=status,
        restarts=demo.said().count("starting it again"),
        findings=tuple(findings),
    )


def show(report: Report, said: str) -> str:
    """Return the report for people."""
    lines = [
        f"seed {report.seed}, {report.seconds:.0f} s",
        "",
        "   at      killed                  in the middle of",
    ]
    lines += [
        f"  {kill.second:6.1f} s   {kill.victim:<9} {kill.part:<13} {(kill.aimed_at or kill.act)[:60]}"
        for kill in report.kills
    ]
    lines += ["", f"  the demo ended with status {report.status}; {report.restarts} restarts by the launcher"]
    for finding in report.findings:
        lines.append(f"  {finding.line()}")
    if len(report.kills) < report.wanted:
        lines.append(
            f"  only {len(report.kills)} of {report.wanted} kills met something: more --merchants or --days"
        )
    if not report.passed:
        lines += ["", "the demo's last words:", *said.splitlines()[-30:]]
    lines += ["", "PASSED" if report.passed else "FAILED"]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a drill and return 0 when nothing was lost and nothing done twice."""
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--merchants", type=int, default=100)
    parser.add_argument("--days", type=int, default=80)
    parser.add_argument("--anywhere", action="store_true", help="kill at random moments of the whole story")
    parser.add_argument("--seed", type=int, help="the same seed kills the same servers after the same gaps")
    parser.add_argument("--state-dir", type=Path, help="keep the state here instead of throwing it away")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    for name in ("DATABASE_URL", "REDIS_URL"):  # a drill kills servers: only those it starts itself
        os.environ.pop(name, None)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory(prefix="sluice-drill-") as folder:
        state = options.state_dir or Path(folder)
        state.mkdir(parents=True, exist_ok=True)
        state.chmod(0o755)
        sized = {"kills": options.kills, "merchants": options.merchants, "days": options.days}
        report = drill(state, **sized, seed=seed, aimed=not options.anywhere)
        said = (state / "drill.out").read_text(encoding="utf-8", errors="replace")
    shown = json.dumps({**asdict(report), "passed": report.passed}, ensure_ascii=False, indent=1)
    sys.stdout.write((shown if options.json else show(report, said)) + "\n")
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
