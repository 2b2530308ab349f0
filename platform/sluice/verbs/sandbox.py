"""sandbox up, sandbox down: a scene's own Sluice, offline, for its CI and its developers."""

import argparse
import contextlib
import json
import sys
import time
from typing import Any, Final

from sluice.stack import application, schema, servers
from sluice.stack.places import sandbox_places
from sluice.stack.processes import free_port
from sluice.stack.supervisor import Stack, Stopped, say
from sluice.stack.trouble import Trouble
from sluice.verbs.run import DEFAULT_PORT, stop_what_runs

CREDENTIALS: Final = "sandbox.json"
MIGRATED: Final = "sandbox.migrated"  # made by the world's process when the schemas are there
WORLD: Final = [sys.executable, "-m", "sluice.within_django", "sluice.sandbox_world"]


def sandbox(arguments: list[str]) -> int:
    """Start a sandbox and serve it, or stop the one that runs."""
    acts = {"up": up, "down": down}
    name = arguments[0] if arguments else ""
    if name not in acts:
        raise Trouble(f"sandbox what? one of: {', '.join(acts)}")
    return acts[name](arguments[1:])


def up(arguments: list[str]) -> int:
    """Start everything, make one bank and one scene, say how to call, and serve until stopped.

    With `--json` standard output is one JSON object, written once everything answers; all other words go to
    standard error. The data is kept between two starts, and with it the client.
    """
    options = parsed(arguments)
    port = options.port or free_port()
    application.check_port(port)
    begun = time.monotonic()
    with contextlib.redirect_stdout(sys.stderr), servers.stack(sandbox_places(), fresh=options.fresh) as held:
        started(held, port)
        told(credentials(held, begun), as_json=options.json)
        try:
            held.serve()
        except Stopped:
            say("stopping")
    return 0


def down(_: list[str]) -> int:
    """Stop a running sandbox in good order, or what a killed one has left."""
    return stop_what_runs(sandbox_places())


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Read the options of `sandbox up`."""
    parser = argparse.ArgumentParser(prog="sluice sandbox up")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help=f"where to serve ({DEFAULT_PORT}); 0 takes a free one"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    parser.add_argument("--fresh", action="store_true", help="forget all data first")
    return parser.parse_args(arguments)


def started(held: Stack, port: int) -> None:
    """Start servers and processes; nothing of a sandbox has to survive a power cut.

    Loading the code costs more than anything that is done with it, so nothing is loaded for nothing: one
    process migrates and makes the world, the web server loads beside it, and the worker, which would ask the
    database at once, as soon as the schemas are there.
    """
    say("starting PostgreSQL and Valkey")
    servers.start_database(held, passing=True)
    servers.start_queue(held)
    held.env.setdefault("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")  # the scene's receiver runs on this machine
    file, ready = held.places.state / CREDENTIALS, held.places.state / MIGRATED
    ready.unlink(missing_ok=True)
    to_migrate = schema.due(held)
    say("starting the web server; loading")
    application.launch_web(held, port)

    def worker_once_migrated() -> None:
        if ready.exists() and all(server.name != "worker" for server in held.servers):
            application.launch_worker(held)

    if to_migrate is not None or not file.exists():
        if held.run([*WORLD, str(file), str(ready)], meanwhile=worker_once_migrated) != 0:
            raise Trouble("the sandbox could not be made: try again with --fresh")
        if to_migrate is not None:
            schema.note(held, to_migrate)
    ready.touch()
    worker_once_migrated()
    say("waiting for the web server")
    application.await_answer(held, port)


def credentials(held: Stack, begun: float) -> dict[str, Any]:
    """Return what a caller needs."""
    made = json.loads((held.places.state / CREDENTIALS).read_text(encoding="utf-8"))
    base = f"http://127.0.0.1:{held.env['SLUICE_PORT']}"
    return {
        "base_url": base,
        "api_url": f"{base}/v1",
        "token_url": f"{base}/oauth/token",
        "docs_url": f"{base}/docs",
        "client_id": made["client_id"],
        "client_secret": made["client_secret"],
        "resource": f"{base}/banks/{made['bank']}",
        "bank": made["bank"],
        "scene": made["scene"],
        "test_clock": made["test_clock"],
        "ready_in_seconds": round(time.monotonic() - begun, 1),
    }


def told(how: dict[str, Any], *, as_json: bool) -> None:
    """Say how to call: on the terminal for a person, as one line of JSON for a program."""
    lines = [f"  {name:<16} {value}" for name, value in how.items()]
    text = json.dumps(how) if as_json else "\n".join([*lines, "", "Ctrl-C stops"])
    sys.__stdout__.write(text + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]
