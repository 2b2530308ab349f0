"""Where the stack keeps things: everything under one state folder, and nothing outside it without need."""

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from sluice.stack.trouble import Trouble

CODE = Path(__file__).resolve().parents[2]  # `platform` of a clone, or site-packages
INSTALLED = not (CODE.parent / "pyproject.toml").is_file()  # from a wheel: there is no clone around the code
ROOT = CODE if INSTALLED else CODE.parent
ROOM_MB = 300  # a database, its log and a queue fit in less


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system that servers run as."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one stack; `state` is the only one a person ever names."""

    state: Path

    @property
    def logs(self) -> Path:
        """Return the folder of the logs, one file per process."""
        return self.state / "logs"

    @property
    def record(self) -> Path:
        """Return the file that names the running processes and their addresses."""
        return self.state / "stack.json"

    @property
    def lock(self) -> Path:
        """Return the file that the launcher of this stack holds locked."""
        return self.state / "stack.lock"

    @property
    def servers(self) -> Path:
        """Return the folder for the servers' data: one that the account they run as can reach."""
        if server_account() is None or others_can_enter(self.state):
            return self.state / "servers"
        digest = hashlib.sha256(str(self.state).encode()).hexdigest()[:12]
        return Path("/var/lib/sluice") / digest

    def prepare(self) -> None:
        """Make the folders, and refuse early when the disk has no room."""
        for folder in (self.state, self.logs, self.servers):
            folder.mkdir(parents=True, exist_ok=True)
        if server_account() is not None:
            self.servers.chmod(0o755)
            self.servers.parent.chmod(0o755)
        free_mb = shutil.disk_usage(self.servers).free // 1_000_000
        if free_mb < ROOM_MB:
            raise Trouble(
                f"the disk is full: {self.servers} has {free_mb} MB free, the stack needs {ROOM_MB} MB"
            )

    def forget(self) -> None:
        """Remove the data of the stack; logs and the environment stay."""
        shutil.rmtree(self.servers, ignore_errors=True)
        for kept in self.state.iterdir() if self.state.exists() else ():
            if kept.name in {"story", "static", "files"}:
                shutil.rmtree(kept, ignore_errors=True)
            elif kept.suffix == ".json":
                kept.unlink()


def places() -> Places:
    """Return the places of the stack that serves people."""
    return Places(Path(os.environ.get("SLUICE_STATE_DIR") or (at_home() if INSTALLED else ROOT / ".sluice")))


def at_home() -> Path:
    """Return the folder for what an installed wheel keeps: nothing is written beside the code."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "sluice"


def sandbox_places() -> Places:
    """Return the places of a scene's sandbox, whose data is apart from what `demo` and `serve` keep."""
    return Places(places().state / "sandbox")


def test_places() -> Places:
    """Return the places of the stack that tests run on; nothing of it is precious."""
    return Places(places().state / "test")


def server_account() -> Account | None:
    """Return the account for servers that refuse to run as root, or None when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble("PostgreSQL does not run as root and this machine has no user 'nobody'") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def others_can_enter(path: Path) -> bool:
    """Tell whether any user may walk down to `path`."""
    steps = [path, *path.parents]
    return all(step.stat().st_mode & stat.S_IXOTH for step in steps if step.exists())


def own(path: Path, account: Account | None) -> Path:
    """Make a folder that belongs to the account servers run as, closed to others."""
    path.mkdir(parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
    return path


def copy_for_others(source: Path, target: Path) -> None:
    """Copy a folder to a place that every user can read, whole or not at all."""
    if target.exists():
        return
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial, symlinks=True)
    for folder, _, files in os.walk(partial):
        Path(folder).chmod(0o755)
        for name in files:
            item = Path(folder) / name
            if not item.is_symlink():
                item.chmod(0o755 if os.access(item, os.X_OK) else 0o644)
    partial.rename(target)
