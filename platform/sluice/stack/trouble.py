"""What goes wrong on a machine, said in one line."""

import errno
from pathlib import Path

DISK_SIGNS = ("No space left on device", "could not extend file")


class Trouble(Exception):
    """Something the person at the terminal has to know, in one clear line; the command ends with status 1."""


def disk_full(path: object) -> Trouble:
    """Return the one line for a disk that has no room left."""
    return Trouble(f"the disk is full: nothing more can be written to {path}")


def from_os(problem: OSError) -> Trouble:
    """Return the one line for what the operating system refused."""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(problem.filename or "the state folder")
    return Trouble(f"{problem.strerror or problem}: {problem.filename or ''}".rstrip(": "))


def last_words(log: Path, since: int = 0) -> str:
    """Return the last line that a process wrote to its log after byte `since`."""
    try:
        with log.open("rb") as stream:
            stream.seek(since)
            lines = stream.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
