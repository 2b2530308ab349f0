"""The processes that run our own code: web server, worker, clock."""

import http.client
import os
import sys
from collections.abc import Callable

from sluice.stack.catalogues import compile_catalogues
from sluice.stack.places import ROOT
from sluice.stack.processes import Child, port_taken, spawn
from sluice.stack.supervisor import Server, Stack
from sluice.stack.trouble import Trouble

WEB_THREADS = 8
WORKERS = 2
WEB_SECONDS = 60


def check_port(port: int) -> None:
    """Refuse a port that somebody else listens on."""
    if not 0 < port < 65536:
        raise Trouble(f"{port} is not a port")
    if port < 1024 and os.geteuid() != 0:
        raise Trouble(f"port {port} is only for root: choose one from 1024 on with --port")
    if port_taken(port):
        raise Trouble(f"port {port} is busy: stop what listens there, or choose another with --port")


def start(held: Stack, port: int) -> None:
    """Start web server, worker and clock, and return when the web server answers."""
    launch(held, port)
    await_answer(held, port)


def launch(held: Stack, port: int) -> None:
    """Start web server, worker and clock, and return at once."""
    launch_web(held, port)
    adopt(held, "worker", worker())
    adopt(held, "clock", clock(held))


def launch_web(held: Stack, port: int) -> None:
    """Start the web server alone; it asks nothing of the database before it is asked."""
    compile_catalogues()
    held.addresses(SLUICE_PORT=str(port), SLUICE_BASE_URL=f"http://127.0.0.1:{port}")
    adopt(held, "web", web(port))


def launch_worker(held: Stack) -> None:
    """Start a worker with the clock inside: one process less to load, for a stack that has one worker."""
    adopt(held, "worker", [*worker(), "--beat", *scheduled(held)])


def adopt(held: Stack, name: str, command: list[str]) -> None:
    """Start a process of ours and keep it running."""
    held.adopt(Server(name, launcher(held, name, command)))


def await_answer(held: Stack, port: int) -> None:
    """Return when the web server answers."""
    held.until(lambda: answers(port), "the web server", WEB_SECONDS)


def launcher(held: Stack, name: str, command: list[str]) -> Callable[[], Child]:
    """Return the function that starts a process of ours, again and again if need be."""

    def launch() -> Child:
        return spawn(name, command, env=held.env, log=held.places.logs / f"{name}.log", cwd=ROOT)

    return launch


def web(port: int) -> list[str]:
    """Return the web server's command."""
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    options += ["--workers", "1", "--blocking-threads", str(WEB_THREADS), "--respawn-failed-workers"]
    return [sys.executable, "-m", "granian", *options, "sluice.wsgi:application"]


def worker() -> list[str]:
    """Return the worker's command."""
    options = ["--loglevel", "INFO", "--concurrency", str(WORKERS), "--without-mingle", "--without-gossip"]
    return [sys.executable, "-m", "celery", "-A", "sluice.celery_app", "worker", *options]


def clock(held: Stack) -> list[str]:
    """Return the command of the process that sends the scheduled tasks."""
    options = ["--loglevel", "INFO", "--pidfile=", *scheduled(held)]
    return [sys.executable, "-m", "celery", "-A", "sluice.celery_app", "beat", *options]


def scheduled(held: Stack) -> list[str]:
    """Return the option that says where a clock remembers what it sent."""
    schedule = held.places.state / "clock"
    schedule.mkdir(exist_ok=True)
    return ["--schedule", str(schedule / "schedule")]


def answers(port: int) -> bool:
    """Tell whether the web server answers HTTP, whatever it says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
