"""Scenes at the API's door."""

from collections.abc import Iterator

import pytest

from interfaces.middleware import BankFromHostMiddleware
from interfaces.sandbox_values import forget_banks
from interfaces.scene.tests.caller import Caller
from sluice.celery_app import app
from testkit.scenes import SceneAccess, open_scene


@pytest.fixture(scope="session", autouse=True)
def _queue_in_memory() -> None:
    """Let doors enqueue without a broker; what is enqueued is done by `caller.work`."""
    app.set_default()
    app.conf.update(broker_url="memory://localhost", result_backend="cache+memory://")


@pytest.fixture(autouse=True)
def _no_memory(empty_cache: None) -> Iterator[None]:
    BankFromHostMiddleware.forget_hosts()
    forget_banks()
    yield
    BankFromHostMiddleware.forget_hosts()


@pytest.fixture
def access(banks: tuple[str, str]) -> SceneAccess:
    """A scene with contracts at both banks, in a transaction that is rolled back."""
    return open_scene("xianlian", banks=["qinglan", "lian"])


@pytest.fixture
def caller(access: SceneAccess) -> Caller:
    return Caller(access)


@pytest.fixture
def committed(fresh_database: str) -> Caller:
    """A scene that commits for real: for threads, workers and the rail."""
    return Caller(open_scene("xianlian", banks=["qinglan", "lian"]))
