"""demo, serve, stop: the whole stack, with and without the story."""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from sluice.stack import application, schema, servers
from sluice.stack import record as records
from sluice.stack.places import ROOT, Places, places
from sluice.stack.processes import stop as stop_process
from sluice.stack.supervisor import Stack, say

DEFAULT_PORT = 8000
STOP_SECONDS = 60
TOLD = "told.json"
SIGN_INS = "sign-ins.txt"
AUDIT = [sys.executable, "-m", "sluice.within_django", "sluice.audit"]


def demo(arguments: list[str]) -> int:
    """Start everything, tell the story through the real doors, prove the books, keep serving."""
    options = parsed("demo", arguments, story=True)
    with servers.stack(places(), fresh=options.fresh) as held:
        begun = time.monotonic()
        start(held, options.port)
        status = tell(held, story_of(options)) or held.run(AUDIT)
        if options.exit:
            say(f"ended with status {status} after {time.monotonic() - begun:.0f} s")
            return status
        if status != 0:
            say(f"the story or the proof of the books failed with status {status}; still serving")
        show(held, begun)
        held.serve()
    return 0


def serve(arguments: list[str]) -> int:
    """Start everything without the story and keep serving."""
    options = parsed("serve", arguments, story=False)
    with servers.stack(places(), fresh=options.fresh) as held:
        begun = time.monotonic()
        start(held, options.port)
        show(held, begun)
        held.serve()
    return 0


def stop(_: list[str]) -> int:
    """Stop a running stack in good order, or what a killed launcher has left."""
    return stop_what_runs(places())


def stop_what_runs(here: Places) -> int:
    """Stop the stack of these places, or what is left of it, and say which."""
    up = records.running(here)
    if up is not None:
        stop_process(up.launcher, patience_seconds=STOP_SECONDS)
        say("stopped")
    left = records.sweep(here)
    if left:
        say(f"stopped what an earlier launcher had left: {', '.join(left)}")
    if up is None and not left:
        say("nothing was running")
    return 0


def parsed(verb: str, arguments: list[str], *, story: bool) -> argparse.Namespace:
    """Read the options of demo and serve."""
    parser = argparse.ArgumentParser(prog=f"./sluice {verb}")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="where to serve (8000)")
    parser.add_argument("--fresh", action="store_true", help="forget all data first")
    if story:
        parser.add_argument(
            "--exit", action="store_true", help="end after the story; status 0 if the books balance"
        )
        parser.add_argument("--merchants", type=int, help="how many merchants the story has (200)")
        parser.add_argument("--days", type=int, help="how many business days it lasts (90)")
    return parser.parse_args(arguments)


def story_of(options: argparse.Namespace) -> list[str]:
    """Return what of demo's options is for the story itself."""
    chosen = {"--merchants": options.merchants, "--days": options.days}
    return [word for name, value in chosen.items() if value is not None for word in (name, str(value))]


def start(held: Stack, port: int) -> None:
    """Start the servers, bring the schemas up to date, start our own processes."""
    application.check_port(port)
    say("starting PostgreSQL and Valkey")
    servers.start_database(held)
    servers.start_queue(held)
    schema.migrate(held)
    say("starting web server, worker and clock")
    application.start(held, port)


def tell(held: Stack, options: list[str]) -> int:
    """Let the story be told once; the data stays, so a second start only says so."""
    told = held.places.state / TOLD
    if told.exists():
        when = json.loads(told.read_text(encoding="utf-8"))["at"]
        say(f"the story was told on {when}; ./sluice demo --fresh tells it again")
        return 0
    folder = held.places.state / "story"
    folder.mkdir(exist_ok=True)
    say("creating the two banks of the story")
    world = [sys.executable, "-m", "sluice.within_django", "sluice.demo_world", str(folder / SIGN_INS)]
    status = held.run(world)
    if status != 0:
        return status
    say("telling the story")
    command = [sys.executable, "-m", "testkit.story", "--base-url", held.env["SLUICE_BASE_URL"]]
    status = held.run([*command, "--state-dir", str(folder), *options])
    if status == 0:
        told.write_text(json.dumps({"at": time.strftime("%Y-%m-%d %H:%M")}), encoding="utf-8")
    return status


def show(held: Stack, begun: float) -> None:
    """Say where everything is."""
    port = held.env["SLUICE_PORT"]
    sign_ins = held.places.state / "story" / SIGN_INS
    if sign_ins.exists():
        sys.stdout.write("\n" + sign_ins.read_text(encoding="utf-8").replace("{port}", port) + "\n")
    say(f"serving at http://localhost:{port}/ after {time.monotonic() - begun:.1f} s; Ctrl-C stops")
    say(f"logs: {short(held.places.logs)}")


def short(path: Path) -> str:
    """Return a path as short as it can be said from where the person stands."""
    for base in (Path(os.getcwd()), ROOT):  # noqa: PTH109
        if path.is_relative_to(base):
            return str(path.relative_to(base))
    return str(path)
