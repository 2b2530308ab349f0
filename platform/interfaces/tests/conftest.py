"""A caller at the doors, and the probe's addresses."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from interfaces.middleware import BankFromHostMiddleware


@pytest.fixture
def probe(settings: Any, empty_cache: None) -> Iterator[None]:
    """Serve the probe on every host."""
    settings.ROOT_URLCONF = settings.PUBLIC_SCHEMA_URLCONF = "interfaces.tests.probe"
    BankFromHostMiddleware.forget_hosts()
    cache.clear()
    yield
    BankFromHostMiddleware.forget_hosts()
    cache.clear()


@pytest.fixture
def at() -> Any:
    """Return a browser at a host."""

    def browser(host: str) -> Client:
        return Client(headers={"host": host}, raise_request_exception=False)

    return browser
