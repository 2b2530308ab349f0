"""The servers below Django: embedded ones, or those that DATABASE_URL and REDIS_URL name."""

import contextlib
import os
import signal
from collections.abc import Iterator

from sluice.stack import postgres, valkey
from sluice.stack import record as records
from sluice.stack.places import Places
from sluice.stack.postgres import LASTING, PASSING, Postgres
from sluice.stack.supervisor import Server, Stack
from sluice.stack.trouble import Trouble
from sluice.stack.valkey import Valkey


@contextlib.contextmanager
def stack(places: Places, *, fresh: bool = False) -> Iterator[Stack]:
    """Hold an empty stack: nobody else's, nothing left of an earlier one; stop what was started in it."""
    places.state.mkdir(parents=True, exist_ok=True)
    with records.alone(places):
        records.sweep(places)
        if fresh:
            forget(places)
        places.prepare()
        named = {"SLUICE_STATE_DIR": str(places.state), "DJANGO_SETTINGS_MODULE": "sluice.settings"}
        held = Stack(places, {**os.environ, **named})
        held.listen()
        try:
            yield held
        finally:
            held.close()


def forget(places: Places) -> None:
    """Remove the stack's data, after its servers (left by a killed launcher) are stopped."""
    if os.environ.get("DATABASE_URL"):
        raise Trouble(
            "--fresh does not empty the server of DATABASE_URL: drop and create that database yourself"
        )
    home = places.servers / "postgres"
    if home.exists():
        Postgres(home, postgres.embedded(places.servers), places.logs / "postgres.log", LASTING).sweep()
    places.forget()


def start_database(held: Stack, *, passing: bool = False, binaries: postgres.Binaries | None = None) -> None:
    """Start PostgreSQL, or check the one DATABASE_URL names; every later process is told its address.

    `passing` is for tests: nothing written has to survive a power cut. `binaries` names another PostgreSQL
    than the embedded one; it gets a folder of its own.
    """
    outside = os.environ.get("DATABASE_URL", "")
    if outside and binaries is None:
        postgres.check_server(outside)
        held.addresses(DATABASE_URL=outside)
        return
    home = held.places.servers / (f"postgres-{binaries.major}" if binaries else "postgres")
    programs = binaries or postgres.embedded(held.places.servers)
    server = Postgres(home, programs, held.places.logs / "postgres.log", PASSING if passing else LASTING)
    child = server.start(held.env)
    held.adopt(
        Server("postgres", lambda: server.launch(held.env), server.wait, signal.SIGINT, patience_seconds=30),
        child,
    )
    held.addresses(DATABASE_URL=server.url)


def start_queue(held: Stack) -> None:
    """Start Valkey, or check the server REDIS_URL names; every later process is told its address."""
    outside = os.environ.get("REDIS_URL", "")
    if outside:
        valkey.check_server(outside)
        held.addresses(REDIS_URL=outside)
        return
    server = Valkey(held.places.servers / "valkey", held.places.logs / "valkey.log")
    child = server.start(held.env)
    held.adopt(Server("valkey", lambda: server.launch(held.env), server.wait), child)
    held.addresses(REDIS_URL=server.url)


@contextlib.contextmanager
def surroundings(places: Places) -> Iterator[dict[str, str]]:
    """Return the environment for a command that needs the servers: those running now, or started for it."""
    up = records.running(places)
    if up is not None and "REDIS_URL" in up.addresses:
        yield {**os.environ, **up.addresses}
        return
    with stack(places) as held:
        start_database(held)
        start_queue(held)
        yield held.env
