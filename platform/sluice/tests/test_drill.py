"""The failure drill: web, worker and PostgreSQL are killed in the middle of the story.

Nothing is lost or doubled. The demo itself judges: it ends with status 0 only if the story was told to
its end and every bank's books prove.
"""

import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.stack import record as records
from sluice.stack.places import ROOT, Places
from sluice.stack.processes import free_port

KILLS = 10
VICTIMS = ("web", "worker", "postgres")
PAUSE_SECONDS = (2.0, 9.0)
STORY_SECONDS = 1800

pytestmark = pytest.mark.drill


@pytest.fixture
def state() -> Iterator[Path]:
    """Return a folder for a stack of its own, that servers can reach."""
    with tempfile.TemporaryDirectory(prefix="sluice-drill-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_the_story_survives_ten_kills(state: Path) -> None:
    chance = random.Random(20260803)
    out = state / "demo.out"
    command = [str(ROOT / "sluice"), "demo", "--exit", "--port", str(free_port())]
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    with out.open("wb") as stream:
        demo = subprocess.Popen(
            command, env={**env, "SLUICE_STATE_DIR": str(state)}, stdout=stream, stderr=stream, cwd=ROOT
        )
    try:
        killed = kill_now_and_then(demo, Places(state), out, chance)
        status = demo.wait(timeout=STORY_SECONDS)
    finally:
        if demo.poll() is None:
            demo.send_signal(signal.SIGTERM)
            demo.wait(timeout=120)
    told = out.read_text(encoding="utf-8", errors="replace")
    assert killed == KILLS, told[-2000:]
    assert status == 0, told[-4000:]
    assert told.count("starting it again") >= KILLS


def kill_now_and_then(demo: subprocess.Popen[bytes], places: Places, out: Path, chance: random.Random) -> int:
    """Kill a process of the stack at random moments of the story; return how many were killed."""
    until = time.monotonic() + STORY_SECONDS
    while b"telling the story" not in out.read_bytes():
        assert demo.poll() is None, out.read_text(encoding="utf-8", errors="replace")[-2000:]
        assert time.monotonic() < until
        time.sleep(0.2)
    killed = 0
    while killed < KILLS and demo.poll() is None:
        time.sleep(chance.uniform(*PAUSE_SECONDS))
        record = records.read(places)
        mark = record.children.get(chance.choice(VICTIMS)) if record else None
        if mark is not None and mark.alive() and demo.poll() is None:
            os.kill(mark.pid, signal.SIGKILL)
            killed += 1
    return killed
