"""The launcher's promises, kept on real processes: restarted, stopped, swept up, told apart for certain."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sluice.stack import processes, servers
from sluice.stack import record as records
from sluice.stack.places import Places
from sluice.stack.postgres import Binaries, Postgres
from sluice.stack.processes import Mark, spawn
from sluice.stack.supervisor import Server, Stack, Stopped
from sluice.stack.trouble import Trouble

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
PATIENCE_SECONDS = 30

pytestmark = pytest.mark.db


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """Return the places of a stack of this test's own, in a folder that servers can reach."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        Path(folder).chmod(0o755)
        yield Places(Path(folder))
    for number, handler in handlers.items():
        signal.signal(number, handler)


def eventually(ready: Callable[[], bool]) -> None:
    """Wait for another process, not for time to pass."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.02)


def sleeper(held: Stack, name: str = "sleeper") -> Server:
    """Return a server that does nothing for a long time."""
    log = held.places.logs / f"{name}.log"
    return Server(name, lambda: spawn(name, SLEEPER, env=held.env, log=log, cwd=held.places.state))


def mark_of(server: Server) -> Mark:
    """Return the process of a server that was started."""
    assert server.child is not None
    return server.child.mark


def test_what_dies_is_started_again_and_written_down(places: Places) -> None:
    with servers.stack(places) as held:
        server = sleeper(held)
        held.adopt(server)
        first = mark_of(server)
        os.kill(first.pid, signal.SIGKILL)
        eventually(lambda: not first.alive())

        held.look()

        second = mark_of(server)
        assert second.alive()
        assert second != first
        assert json.loads(places.record.read_text())["children"]["sleeper"]["pid"] == second.pid


def test_what_does_not_stay_up_is_said_in_one_line(places: Places) -> None:
    dying = [sys.executable, "-c", "raise SystemExit('no such table')"]
    with servers.stack(places) as held:
        log = places.logs / "dying.log"
        held.adopt(Server("dying", lambda: spawn("dying", dying, env=held.env, log=log, cwd=places.state)))
        with pytest.raises(Trouble, match="dying does not stay up: no such table"):
            held.until(lambda: False, "nothing", PATIENCE_SECONDS)


def test_nothing_is_left_when_the_stack_closes(places: Places) -> None:
    with servers.stack(places) as held:
        server = sleeper(held)
        held.adopt(server)
        mark = mark_of(server)
    assert not mark.alive()
    assert not places.record.exists()


def test_a_request_to_stop_ends_a_command_and_everything_else(places: Places) -> None:
    with servers.stack(places) as held:
        server = sleeper(held)
        held.adopt(server)
        mark = mark_of(server)
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            held.run(SLEEPER)
        assert processes.marked(held.record.token) == [mark]
    assert not mark.alive()


def test_the_next_launcher_sweeps_up_what_a_killed_one_left(places: Places) -> None:
    places.logs.mkdir(parents=True)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    env = {**os.environ, processes.TOKEN_NAME: "of-the-dead"}
    known = spawn("web", SLEEPER, env=env, log=places.logs / "web.log", cwd=places.state)
    unknown = spawn("web", SLEEPER, env=env, log=places.logs / "web.log", cwd=places.state)
    records.Record("of-the-dead", Mark(dead.pid, "1"), {"web": known.mark}).write(places)
    eventually(lambda: len(processes.marked("of-the-dead")) == 2)

    with servers.stack(places):
        assert known.finished() is not None
        assert unknown.finished() is not None


def test_a_process_that_got_a_recorded_number_later_is_left_alone(places: Places) -> None:
    places.logs.mkdir(parents=True)
    stranger = spawn("stranger", SLEEPER, env=dict(os.environ), log=places.logs / "x.log", cwd=places.state)
    gone = Mark(stranger.mark.pid, "long before")
    records.Record("a-token", gone, {"web": gone}).write(places)

    with servers.stack(places):
        assert stranger.finished() is None

    processes.stop(stranger.mark)
    assert stranger.finished() is not None


def test_two_launchers_do_not_share_a_stack(places: Places) -> None:
    with servers.stack(places), pytest.raises(Trouble, match="already running"), records.alone(places):
        pass


def test_embedded_postgresql_survives_a_kill_with_its_data_and_its_address(places: Places) -> None:
    with servers.stack(places) as held:
        servers.start_database(held)
        url = held.env["DATABASE_URL"].replace("postgres://", "postgresql://")
        with psycopg.connect(url) as connection:
            connection.execute("create table kept as select 1 as one")
            lasting = connection.execute("show fsync").fetchone()
        database = held.servers[0]
        mark = mark_of(database)
        os.kill(mark.pid, signal.SIGKILL)
        eventually(lambda: not mark.alive())

        held.look()

        with psycopg.connect(url) as connection:
            assert connection.execute("select one from kept").fetchone() == (1,)
        assert lasting == ("on",)
    assert not mark_of(database).alive()


def test_postgresql_is_reached_by_its_socket_unless_its_path_is_too_long_for_one() -> None:
    def url(home: str) -> str:
        return Postgres(Path(home), Binaries(Path("/bin"), 18), Path("/log"), {}, port=5433).url

    assert url("/srv/a b") == "postgres://postgres@/sluice?host=%2Fsrv%2Fa%20b&port=5433"
    assert psycopg.conninfo.conninfo_to_dict(url("/srv/a b"))["host"] == "/srv/a b"
    assert url("/srv/" + "a" * 90) == "postgres://postgres@/sluice?host=127.0.0.1&port=5433"


def test_a_lock_file_that_names_a_stranger_does_not_keep_postgresql_from_starting(places: Places) -> None:
    with servers.stack(places) as held:
        servers.start_database(held)
    lock = places.servers / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n", encoding="utf-8")

    with servers.stack(places) as held:
        servers.start_database(held)
        with psycopg.connect(held.env["DATABASE_URL"].replace("postgres://", "postgresql://")) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_the_queue_keeps_its_messages_over_a_kill(places: Places) -> None:
    with servers.stack(places) as held:
        servers.start_queue(held)
        port = int(held.env["REDIS_URL"].rpartition(":")[2].partition("/")[0])
        assert processes.listening(port)
        queue = held.servers[0]
        mark = mark_of(queue)
        os.kill(mark.pid, signal.SIGKILL)
        eventually(lambda: not mark.alive())
        held.look()
        assert processes.listening(port)
