"""Sorts every test into its stage by what it uses, so that nobody has to remember a mark."""

import os
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings

DATABASE_FIXTURES = frozenset(
    {
        "db",
        "transactional_db",
        "django_db_setup",
        "template_database",
        "fresh_database",
        "live_server",
        "banks",
        "qinglan",
        "lian",
        "committed_qinglan",
        "empty_cache",
    }
)


def own_cache() -> None:
    """Give each worker of pytest-xdist a cache of its own: emptying it must not empty another's."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker.isdigit() and "REDIS_URL" in os.environ:
        server = urlsplit(os.environ["REDIS_URL"])
        os.environ["REDIS_CACHE_URL"] = server._replace(path=f"/{2 + int(worker) % 14}").geturl()


LONG_AS = 40  # so many ordinary tests take as long as one that is marked `long`


def take_time() -> None:
    """Let no property fail because the machine is busy: the time it takes is never what is asked."""
    settings.register_profile(
        "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("unhurried")


take_time()
own_cache()  # as early as a plugin is read: before Django reads its settings


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line("markers", "db: needs PostgreSQL (set by what the test uses)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a database, and what lies among the journeys."""
    for item in items:
        if needs_database(item):
            item.add_marker("db")
        if "journeys" in Path(item.path).parts:
            item.add_marker("journey")
    if "PYTEST_XDIST_WORKER" in os.environ:
        longest_first(items)


def longest_first(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: one begun last would leave the other processes idle."""
    weights: Counter[Path] = Counter()
    for item in items:
        weights[item.path] += LONG_AS if item.get_closest_marker("long") else 1
    items.sort(key=lambda item: (-weights[item.path], str(item.path)))


def needs_database(item: pytest.Item) -> bool:
    """Tell whether a test reaches PostgreSQL: by its fixtures, its mark, or its class."""
    if item.get_closest_marker("django_db") is not None:
        return True
    if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    owner = getattr(item, "cls", None)
    return owner is not None and any(base.__name__ == "TransactionTestCase" for base in owner.__mro__)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what tests measured and recorded as `told`, also when all is well and in another process."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "told":
                terminalreporter.write_line(f"measured: {value}")
