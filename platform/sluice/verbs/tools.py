"""The verbs that hand over to a tool: setup, bench, bank, train, quality, generate, mcp, manage."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sluice.stack.places import ROOT, places
from sluice.stack.servers import surroundings
from sluice.stack.trouble import Trouble

BENCHES = {
    "money": "testkit.bench_money",
    "ledger": "testkit.bench_ledger",
    "day-end": "testkit.bench_day_end",
    "risk": "testkit.bench_risk",
    "banks": "testkit.bench_banks",
    "ingest": "testkit.bench_ingest",
    "api": "testkit.bench_api",
}
LOCK = ROOT / "requirements.lock"
PEER_LOCK = (
    ROOT / "requirements-bench.lock"
)  # what `bench money` measures beside ours, outside the environment


def setup(_: list[str]) -> int:
    """Say that the environment is ready: the launcher has just made it so."""
    sys.stdout.write(f"ready: {sys.prefix}\n")
    return 0


def bench(arguments: list[str]) -> int:
    """Run one measurement: `bench NAME` is the module `testkit.bench_NAME`."""
    name = arguments[0] if arguments else ""
    module = BENCHES.get(name) or f"testkit.bench_{name.replace('-', '_')}"
    if not re.fullmatch(r"[a-z-]+", name):
        raise Trouble(f"bench what? one of: {', '.join(BENCHES)}")
    if importlib.util.find_spec(module) is None:
        raise Trouble(f"there is no measurement {name!r} (it would be the module {module})")
    if name in ("money", "ledger"):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), *peers()]))
    return with_servers([sys.executable, "-m", module, *arguments[1:]])


def peers() -> list[str]:
    """Return where the packages to measure against lie, installed now; nothing without a network."""
    folder = places().state / "bench"
    if not (folder / "hordak").exists():
        command = [uv(), "pip", "install", "-q", "--require-hashes", "--no-deps", "--target", str(folder)]
        done = subprocess.run([*command, "-r", str(PEER_LOCK)], cwd=ROOT, check=False)
        if done.returncode != 0:
            sys.stdout.write("django-hordak could not be installed: it is left out of the comparison\n")
            return []
    return [str(folder)]


def uv() -> str:
    """Return the path of uv, which the launcher brought."""
    found = shutil.which("uv") or str(places().state / "uv" / "bin" / "uv")
    if not Path(found).exists():
        raise Trouble("there is no uv on the PATH: ./sluice setup --again brings one")
    return found


def bank(arguments: list[str]) -> int:
    """Create a bank (or finish one that stopped), migrate every bank's schema, or end a bank's days."""
    commands = {"create": "create_bank", "migrate": "migrate_banks", "day-end": "end_days"}
    name = arguments[0] if arguments else ""
    if name not in commands:
        raise Trouble(f"bank what? one of: {', '.join(commands)}")
    return manage([commands[name], *arguments[1:]])


def train(arguments: list[str]) -> int:
    """Train the points card anew; no server is needed."""
    command = [sys.executable, "-m", "risk.scoring.train", *arguments]
    return subprocess.run(command, env={**os.environ, **settings()}, cwd=ROOT, check=False).returncode


def quality(arguments: list[str]) -> int:
    """Train on a folder of real files and report on rows never seen; no server is needed."""
    named = ("--data", "--unseen", "--json")
    words = [
        str(Path(word).resolve()) if before in named else word
        for before, word in zip(["", *arguments], arguments, strict=False)
    ]
    env = {"OMP_WAIT_POLICY": "passive", **os.environ, **settings()}  # threads that wait must not burn a core
    command = [sys.executable, "-m", "risk.quality.run", *words]
    return subprocess.run(command, env=env, cwd=ROOT, check=False).returncode


def generate(arguments: list[str]) -> int:
    """Write one of the committed files that come from something else: `generate openapi`, `generate lock`."""
    writers = {"openapi": openapi, "lock": lock}
    name = arguments[0] if arguments else ""
    if name not in writers:
        raise Trouble(f"generate what? one of: {', '.join(writers)}")
    return writers[name](arguments[1:])


def openapi(arguments: list[str]) -> int:
    """Write the API descriptions under api_docs/openapi, or compare them with --check."""
    command = [sys.executable, str(ROOT / "manage.py"), "write_openapi", *arguments]
    return subprocess.run(command, env=dict(os.environ), cwd=ROOT, check=False).returncode


def mcp(arguments: list[str]) -> int:
    """Become the server for assistants: standard output belongs to its protocol alone."""
    os.execv(sys.executable, [sys.executable, "-m", "interfaces.assistants", *arguments])  # noqa: S606


def manage(arguments: list[str]) -> int:
    """Run one of Django's commands with the servers it needs."""
    return with_servers([sys.executable, str(ROOT / "manage.py"), *arguments])


def lock(arguments: list[str]) -> int:
    """Resolve the dependencies anew; the results name versions and hashes, and no host."""
    for chosen, target in (
        (["--all-groups", "--no-group", "bench"], LOCK),
        (["--only-group", "bench"], PEER_LOCK),
    ):
        command = [uv(), "export", "-q", "--no-emit-project", *chosen, *arguments, "-o", target.name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            raise Trouble(f"the dependencies do not resolve: {lines[-1][:300] if lines else done.returncode}")
        named = re.findall(r"https?://\S+", target.read_text(encoding="utf-8"))
        if named:
            raise Trouble(
                f"{target.name} names a host ({named[0]}): unset the index variables and lock again"
            )
        sys.stdout.write(f"{target.name} written\n")
    return 0


def with_servers(command: list[str]) -> int:
    """Run a command with the servers that run now, or with servers started for it."""
    with surroundings(places()) as env:
        return subprocess.run(command, env=env, cwd=ROOT, check=False).returncode


def settings() -> dict[str, str]:
    """Return what a command outside `manage.py` needs to find Django's settings."""
    return {"DJANGO_SETTINGS_MODULE": "sluice.settings"}
