"""What a launcher writes down about the processes it started, and what the next one does with it."""

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from sluice.stack.places import Places
from sluice.stack.processes import Mark, marked, started, stop
from sluice.stack.trouble import Trouble


@dataclass(slots=True)
class Record:
    """The processes and addresses of one running stack."""

    token: str
    launcher: Mark
    children: dict[str, Mark] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def write(self, places: Places) -> None:
        """Write the record down, whole or not at all."""
        partial = places.record.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        partial.replace(places.record)


def begin(token: str) -> Record:
    """Return the record of a stack whose launcher is this process."""
    return Record(token, Mark(os.getpid(), started(os.getpid())))


def read(places: Places) -> Record | None:
    """Return what the last launcher wrote down, if it can be read."""
    try:
        raw = json.loads(places.record.read_text(encoding="utf-8"))
        children = {name: Mark(**mark) for name, mark in raw["children"].items()}
        return Record(raw["token"], Mark(**raw["launcher"]), children, raw["addresses"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def running(places: Places) -> Record | None:
    """Return the record of a stack that is up now, its launcher alive."""
    record = read(places)
    return record if record is not None and record.launcher.alive() else None


@contextlib.contextmanager
def alone(places: Places) -> Iterator[None]:
    """Hold this stack's lock; the operating system lets go of it however the launcher ends."""
    with places.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record = read(places)
            where = record.addresses.get("SLUICE_BASE_URL", "") if record else ""
            at = f" at {where}" if where else ""
            raise Trouble(
                f"already running{at}: stop it with ./sluice stop (or Ctrl-C in its terminal)"
            ) from None
        yield


def sweep(places: Places) -> list[str]:
    """Stop what a launcher that was killed has left running; return the names of what was found."""
    record = read(places)
    if record is None or record.launcher.alive():
        return []
    left = [name for name, mark in record.children.items() if mark.alive()]
    for name in reversed(left):
        fast_shutdown = name == "postgres"
        first = signal.SIGINT if fast_shutdown else signal.SIGTERM
        stop(record.children[name], first=first, patience_seconds=20 if fast_shutdown else 5)
    for mark in marked(record.token):
        stop(mark, patience_seconds=1)
    places.record.unlink(missing_ok=True)
    return left
