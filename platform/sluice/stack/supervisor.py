"""Keeps processes running: starts them in order, again when they die, and stops them all in the end."""

import contextlib
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from sluice.stack import record as records
from sluice.stack.places import ROOT, Places
from sluice.stack.processes import TOKEN_NAME, Child, Mark, kill_group, started, stop
from sluice.stack.trouble import Trouble, last_words

TICK_SECONDS = 0.1
SHORT_LIFE_SECONDS = 10
SHORT_LIVES = 5  # so many in a row and starting again is no help


class Stopped(Exception):
    """Somebody asked the launcher to stop (Ctrl-C, SIGTERM)."""


@dataclass(slots=True)
class Server:
    """A process that has to run as long as the stack does."""

    name: str
    launch: Callable[[], Child]
    wait: Callable[[Child], None] | None = None
    first_signal: signal.Signals = signal.SIGTERM
    patience_seconds: float = 10
    child: Child | None = None
    short_lives: int = 0


@dataclass(slots=True)
class Stack:
    """The processes of one launcher, in the order they were started."""

    places: Places
    env: dict[str, str]
    record: records.Record = field(init=False)
    servers: list[Server] = field(default_factory=list)
    stopping: bool = False

    def __post_init__(self) -> None:
        """Give the stack its token, by which whatever it starts is known again."""
        token = secrets.token_hex(12)
        self.env = {**self.env, TOKEN_NAME: token}
        self.record = records.begin(token)
        self.record.write(self.places)

    def addresses(self, **addresses: str) -> None:
        """Add addresses to what every later process is told, and write them down."""
        self.env.update(addresses)
        self.record.addresses.update(addresses)
        self.record.write(self.places)

    def listen(self) -> None:
        """Stop in good order on Ctrl-C and on SIGTERM; a second one makes it quick."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked)

    def _asked(self, number: int, _: FrameType | None) -> None:
        if self.stopping:
            raise KeyboardInterrupt
        self.stopping = True

    def adopt(self, server: Server, child: Child | None = None) -> None:
        """Start a server (unless it is started already) and keep it running from now on."""
        server.child = child or server.launch()
        self.servers.append(server)
        self._write_down(server)

    def _write_down(self, server: Server) -> None:
        if server.child is not None:
            self.record.children[server.name] = server.child.mark
            self.record.write(self.places)

    def look(self) -> None:
        """Start again whatever has died; raise `Stopped` when asked to stop."""
        if self.stopping:
            raise Stopped
        for server in self.servers:
            child = server.child
            if child is None or child.finished() is None:
                continue
            kill_group(child.process.pid)
            self._count(server, child)
            say(f"{server.name} ended ({ended(child)}); starting it again")
            server.child = server.launch()
            self._write_down(server)
            if server.wait is not None:
                server.wait(server.child)

    def _count(self, server: Server, child: Child) -> None:
        short = time.monotonic() - child.born < SHORT_LIFE_SECONDS
        server.short_lives = server.short_lives + 1 if short else 0
        if server.short_lives >= SHORT_LIVES:
            words = last_words(child.log, child.log_start)
            raise Trouble(f"{server.name} does not stay up: {words[:200]} (see {child.log})")

    def until(self, ready: Callable[[], bool], what: str, patience_seconds: float) -> None:
        """Keep everything running until `ready`."""
        end = time.monotonic() + patience_seconds
        while not ready():
            if time.monotonic() > end:
                raise Trouble(
                    f"{what} was not ready within {patience_seconds:.0f} s (see {self.places.logs})"
                )
            self.look()
            time.sleep(TICK_SECONDS)

    def serve(self) -> None:
        """Keep everything running until somebody stops it."""
        while True:
            self.look()
            time.sleep(TICK_SECONDS)

    def run(self, command: list[str], *, meanwhile: Callable[[], None] = lambda: None) -> int:
        """Run a command beside the servers, its words on our terminal; return its status.

        `meanwhile` is called again and again until it ends.
        """
        process = subprocess.Popen(command, env=self.env, cwd=ROOT, start_new_session=True)
        mark = Mark(process.pid, started(process.pid))
        self.record.children["command"] = mark
        self.record.write(self.places)
        try:
            while process.poll() is None:
                self.look()
                meanwhile()
                time.sleep(TICK_SECONDS)
        finally:
            if process.poll() is None:
                stop(mark, patience_seconds=5)
                process.wait()
            kill_group(process.pid)
            self.record.children.pop("command", None)
        return process.returncode

    def close(self) -> None:
        """Stop everything, last started first, and leave no orphan."""
        try:
            for server in reversed(self.servers):
                if server.child is not None:
                    self._end(server, server.child)
        finally:
            for server in self.servers:
                if server.child is not None and server.child.finished() is None:
                    kill_group(server.child.process.pid)
            with contextlib.suppress(OSError):
                self.places.record.unlink(missing_ok=True)

    def _end(self, server: Server, child: Child) -> None:
        if child.finished() is None:
            stop(child.mark, first=server.first_signal, patience_seconds=server.patience_seconds)
        else:
            kill_group(child.process.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(timeout=5)


def ended(child: Child) -> str:
    """Say how a process ended."""
    code = child.process.returncode
    return f"signal {-code}" if code < 0 else f"status {code}"


def say(text: str) -> None:
    """Tell the person at the terminal what happens."""
    sys.stdout.write(f"sluice: {text}\n")
    sys.stdout.flush()
