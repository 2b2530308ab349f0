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
    """Start servers and processes; nothing of a sandbox has to survive a power cut."""
    say("starting PostgreSQL and Valkey")
    servers.start_database(held, passing=True)
    servers.start_queue(held)
    held.env.setdefault("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")  # the scene's receiver runs on this machine
    schema.migrate(held)
    say("starting web server, worker and clock; making a bank and a scene")
    application.launch(held, port)
    if held.run([*WORLD, str(held.places.state / CREDENTIALS)]) != 0:
        raise Trouble("the sandbox could not be made: try again with --fresh")
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
