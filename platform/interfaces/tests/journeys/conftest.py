"""The stage of the journeys: a scene with contracts at both banks, real commits, and a bank that looks on."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from interfaces.middleware import BankFromHostMiddleware
from interfaces.scene.tests.caller import Caller
from interfaces.tests.journeys.people import rows_of
from sluice.celery_app import app
from testkit.scenes import SceneAccess, open_scene


@pytest.fixture(scope="session", autouse=True)
def _queue_in_memory() -> None:
    """Let doors enqueue without a broker; the journeys do the jobs themselves, as a worker would."""
    app.set_default()
    app.conf.update(broker_url="memory://localhost", result_backend="cache+memory://")


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    yield
    BankFromHostMiddleware.forget_hosts()


@pytest.fixture
def access(fresh_database: str) -> SceneAccess:
    return open_scene("xianlian", banks=["qinglan", "lian"])


@pytest.fixture
def caller(access: SceneAccess) -> Iterator[Caller]:
    """The scene at 青澜; whatever happens, not a row changes at 漓岸."""
    before = rows_of("lian")
    yield Caller(access)
    assert rows_of("lian") == before


@pytest.fixture
def caller_at_lian(access: SceneAccess) -> Iterator[Caller]:
    """The scene at 漓岸, which lends at 7.2 %; whatever happens, not a row changes at 青澜."""
    before = rows_of("qinglan")
    yield Caller(access, bank="lian")
    assert rows_of("qinglan") == before
