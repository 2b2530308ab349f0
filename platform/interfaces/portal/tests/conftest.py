"""Two scenes with a team each: what one of them sees, the other must not."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client

from interfaces import call_log
from interfaces.tests.portal import of_scene
from tenants.teams.roles import Role
from testkit.scenes import SceneAccess, open_scene
from testkit.teams import add_person


@dataclass(frozen=True, slots=True)
class Sides:
    """A scene, another one, and people of both who ask for JSON."""

    own: SceneAccess
    other: SceneAccess
    owner: Client
    stranger: Client


@pytest.fixture
def _nothing_left() -> Iterator[None]:
    cache.clear()
    call_log.forget()
    yield
    call_log.forget()


@pytest.fixture
def sides(banks: tuple[str, str], _nothing_left: None) -> Sides:
    own = open_scene("own", banks=["qinglan"])
    other = open_scene("other", banks=["qinglan"])
    add_person(own.scene_id, Role.OWNER, scene="own")
    add_person(other.scene_id, Role.OWNER, scene="other")
    return Sides(own, other, of_scene("own", "owner", json=True), of_scene("other", "owner", json=True))
