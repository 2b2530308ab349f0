"""Schemathesis against a running server that holds a real world: every check, a fixed seed, calls in chains.

Run by hand with more examples: `./sluice test --drill -k schemathesis`.
"""

import importlib.util
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from interfaces.door import now
from interfaces.ops.sandbox_template import prepare_template
from interfaces.scene.document import COMMITTED
from interfaces.scene.tests.caller import Caller
from interfaces.scene.tests.one_of_each import one_of_each
from interfaces.scene.tests.server import running

HERE = Path(__file__).parent
# Clocks need the bank that sandboxes are made from, which takes longer to make than the examples.
APART = ("--exclude-path-regex", "^/v1/test_clocks")

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("schemathesis") is None and os.environ.get("CI") != "true",
    reason="schemathesis is not installed",
)


def run(caller: Caller, folder: Path, *options: str, **things: str) -> str:
    """Serve one of each thing, let Schemathesis loose on it, return what it said; it must find nothing.

    `things` are further ids by prefix. While it runs, `said.txt` in the folder tells how far it is.
    """
    ids = one_of_each(caller) | things
    late = now() + timedelta(hours=1)  # the token outlives the run
    with running() as address:
        world = {
            "ids": ids,
            "token": caller.access.token(caller.bank, now=late),
            "base_url": address,
            "client_id": caller.access.client_id,
            "secret": caller.access.secret,
        }
        (folder / "world.json").write_text(json.dumps(world), encoding="utf-8")
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")]
        command += ["run", str(COMMITTED), "--url", address, "--checks", "all", "--no-color", *options]
        said = folder / "said.txt"
        with said.open("w", encoding="utf-8") as out:
            done = subprocess.run(
                [*command, "--suppress-health-check", "all", "--continue-on-failure"],
                env={
                    "PATH": os.environ["PATH"],
                    "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py"),
                    "SLUICE_WORLD": str(folder / "world.json"),
                },
                cwd=folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=3000,
                check=False,
            )
    assert done.returncode == 0, said.read_text(encoding="utf-8")
    return said.read_text(encoding="utf-8")


@pytest.mark.journey
@pytest.mark.long
def test_the_examples_of_every_call(committed: Caller, tmp_path: Path) -> None:
    assert "Examples" in run(committed, tmp_path, "--phases", "examples", *APART)


@pytest.mark.drill
def test_many_examples_of_every_call_and_of_chains_of_calls(committed: Caller, tmp_path: Path) -> None:
    prepare_template()
    clock = committed.post("/test_clocks", {"name": "story", "frozen_date": "2026-11-02"})
    said = run(committed, tmp_path, "-n", "60", clk=clock["id"])
    assert "Stateful (in" in said
