"""Processes told apart for certain: by their id and the moment they started, never by name."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from sluice.stack.places import Account

PROC = Path("/proc")
TOKEN_NAME = "SLUICE_STACK_TOKEN"  # noqa: S105 - the name of a variable
TICK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Mark:
    """One process for certain: an id is used again, an id with its start time is not."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        return started(self.pid) == self.started != ""


@dataclass(slots=True)
class Child:
    """A process that the launcher started, the leader of its own group."""

    name: str
    process: subprocess.Popen[bytes]
    mark: Mark
    log: Path
    log_start: int
    born: float = field(default_factory=time.monotonic)

    def finished(self) -> int | None:
        """Return the exit status, or None while the process runs."""
        return self.process.poll()


def spawn(
    name: str,
    command: list[str],
    *,
    env: dict[str, str],
    log: Path,
    account: Account | None = None,
    cwd: Path,
) -> Child:
    """Start a process in a group of its own, with its words in `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    turn_over(log)
    user: dict[str, object] = {}
    if account is not None:
        user = {"user": account.uid, "group": account.gid, "extra_groups": []}
    with log.open("ab") as out:
        start = out.tell()
        process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            **user,
        )
    return Child(name, process, Mark(process.pid, started(process.pid)), log, start)


def turn_over(log: Path, limit_bytes: int = 20_000_000) -> None:
    """Keep one older log when the current one has grown long."""
    if log.exists() and log.stat().st_size > limit_bytes:
        log.replace(log.with_suffix(".old.log"))


def started(pid: int) -> str:
    """Return when the process started, as the system says it; empty for none, and for a dead one."""
    if PROC.joinpath("self").exists():
        try:
            fields = (
                (PROC / str(pid) / "stat")
                .read_text(encoding="utf-8", errors="replace")
                .rpartition(")")[2]
                .split()
            )
        except OSError:
            return ""
        return "" if fields[0] == "Z" else fields[19]
    shown = subprocess.run(
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def stop(mark: Mark, *, first: signal.Signals = signal.SIGTERM, patience_seconds: float = 10) -> None:
    """Stop a process and its group: asked first, then killed; returns when it is gone."""
    if not mark.alive():
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(mark.pid, first)
    until = time.monotonic() + patience_seconds
    while mark.alive() and time.monotonic() < until:
        time.sleep(TICK_SECONDS)
    kill_group(mark.pid)


def kill_group(pid: int) -> None:
    """Kill what is left of the group that `pid` led; the caller knows that it was ours."""
    if pid > 1 and pid != os.getpgid(0):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def marked(token: str) -> list[Mark]:
    """Return the processes that were started by the launcher which wrote `token` into their environment."""
    wanted = f"{TOKEN_NAME}={token}".encode()
    found = []
    for entry in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            pid = int(entry.name)
            if pid != os.getpid() and wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(Mark(pid, started(pid)))
    return found


def working_in(folder: Path) -> list[Mark]:
    """Return the processes whose working folder is `folder`: what a killed PostgreSQL leaves behind."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").resolve(strict=True) == folder:
                found.append(Mark(int(entry.name), started(int(entry.name))))
    return found


def free_port(preferred: int = 0) -> int:
    """Return a loopback port that nothing listens on, the preferred one if it is free."""
    if preferred and not port_taken(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_taken(port: int) -> bool:
    """Tell whether something listens on the loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def listening(port: int) -> bool:
    """Tell whether a server answers on the loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
